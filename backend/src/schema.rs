//! The tables, as diesel sees them. The migrations are the truth; a test compares the two.

use diesel::sql_types::{Binary, Nullable, Text};
use diesel::{allow_tables_to_appear_in_same_query, define_sql_function, joinable, table};

table! {
    accounts (id) {
        id -> BigInt,
        phone -> Nullable<Text>,
        login -> Nullable<Text>,
        surname -> Text,
        given -> Text,
        patronymic -> Nullable<Text>,
        birth_date -> Nullable<Date>,
        password_hash -> Text,
        created_at -> Timestamptz,
        last_seen_at -> Nullable<Timestamptz>,
    }
}

table! {
    operators (account_id) {
        account_id -> BigInt,
        created_at -> Timestamptz,
    }
}

table! {
    sessions (id) {
        id -> BigInt,
        account_id -> BigInt,
        token_hash -> Binary,
        device -> Text,
        created_at -> Timestamptz,
        last_used_at -> Timestamptz,
    }
}

table! {
    schools (id) {
        id -> BigInt,
        kind -> Text,
        full_name -> Text,
        short_name -> Text,
        region -> Text,
        municipality -> Text,
        settlement -> Text,
        code -> Text,
        about -> Text,
        address -> Text,
        phone -> Text,
        email -> Text,
        site -> Text,
        hours -> Text,
        journal -> Text,
        created_at -> Timestamptz,
        turns -> BigInt,
        time_zone -> Text,
    }
}

table! {
    applications (id) {
        id -> BigInt,
        secret_hash -> Binary,
        kind -> Text,
        full_name -> Text,
        short_name -> Text,
        region -> Text,
        municipality -> Text,
        settlement -> Text,
        inn -> Text,
        kpp -> Text,
        surname -> Text,
        given -> Text,
        patronymic -> Nullable<Text>,
        phone -> Text,
        email -> Text,
        order_name -> Nullable<Text>,
        order_type -> Nullable<Text>,
        order_bytes -> Nullable<Binary>,
        state -> Text,
        remarks -> Nullable<Text>,
        school_id -> Nullable<BigInt>,
        claimed_by -> Nullable<BigInt>,
        submitted_at -> Timestamptz,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<BigInt>,
        time_zone -> Text,
        version -> Integer,
    }
}

table! {
    memberships (id) {
        id -> BigInt,
        school_id -> BigInt,
        account_id -> BigInt,
        role -> Text,
        started_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        began_with -> Nullable<BigInt>,
        ended_with -> Nullable<BigInt>,
    }
}

table! {
    membership_changes (id) {
        id -> BigInt,
        school_id -> BigInt,
        by_id -> Nullable<BigInt>,
        why -> Text,
        made_at -> Timestamptz,
    }
}

table! {
    classes (id) {
        id -> BigInt,
        school_id -> BigInt,
        kind -> Text,
        grade -> Nullable<SmallInt>,
        letter -> Nullable<Text>,
        name -> Text,
        year -> SmallInt,
        created_at -> Timestamptz,
        archived_at -> Nullable<Timestamptz>,
        archived_with -> Nullable<BigInt>,
        restored_with -> Nullable<BigInt>,
    }
}

table! {
    class_members (id) {
        id -> BigInt,
        school_id -> BigInt,
        class_id -> BigInt,
        account_id -> BigInt,
        role -> Text,
        child_id -> Nullable<BigInt>,
        started_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        began_with -> Nullable<BigInt>,
        ended_with -> Nullable<BigInt>,
    }
}

table! {
    invites (id) {
        id -> BigInt,
        school_id -> BigInt,
        class_id -> BigInt,
        role -> Text,
        secret_hash -> Binary,
        child -> Nullable<Text>,
        created_by -> BigInt,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        max_uses -> Integer,
        uses -> Integer,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

table! {
    join_requests (id) {
        id -> BigInt,
        school_id -> BigInt,
        class_id -> Nullable<BigInt>,
        account_id -> BigInt,
        role -> Text,
        message -> Text,
        asked_at -> Timestamptz,
        state -> Text,
        reason -> Nullable<Text>,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<BigInt>,
    }
}

table! {
    guardian_links (id) {
        id -> BigInt,
        school_id -> BigInt,
        class_id -> BigInt,
        parent_id -> BigInt,
        child_id -> Nullable<BigInt>,
        child_name -> Text,
        message -> Text,
        asked_at -> Timestamptz,
        state -> Text,
        reason -> Nullable<Text>,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<BigInt>,
        registration_confirmed_at -> Nullable<Timestamptz>,
        began_with -> Nullable<BigInt>,
        ended_at -> Nullable<Timestamptz>,
        ended_with -> Nullable<BigInt>,
    }
}

table! {
    chats (id) {
        id -> BigInt,
        school_id -> BigInt,
        class_id -> Nullable<BigInt>,
        kind -> Text,
        name -> Nullable<Text>,
        audience -> Nullable<Text>,
        low_id -> Nullable<BigInt>,
        high_id -> Nullable<BigInt>,
        last_seq -> BigInt,
        created_at -> Timestamptz,
        last_change -> BigInt,
    }
}

table! {
    chat_members (chat_id, account_id) {
        chat_id -> BigInt,
        account_id -> BigInt,
        read_seq -> BigInt,
        joined_at -> Timestamptz,
        left_at -> Nullable<Timestamptz>,
        seen_seq -> BigInt,
    }
}

table! {
    messages (chat_id, seq) {
        chat_id -> BigInt,
        seq -> BigInt,
        author_id -> BigInt,
        client_id -> Uuid,
        body -> Text,
        sent_at -> Timestamptz,
        version -> BigInt,
        deleted_at -> Nullable<Timestamptz>,
    }
}

// Views of what is so now.

table! {
    current_roles (school_id, account_id, role) {
        school_id -> BigInt,
        account_id -> BigInt,
        role -> Text,
        started_at -> Timestamptz,
    }
}

table! {
    current_class_members (class_id, account_id, role, child_id) {
        school_id -> BigInt,
        class_id -> BigInt,
        account_id -> BigInt,
        role -> Text,
        child_id -> Nullable<BigInt>,
        started_at -> Timestamptz,
    }
}

table! {
    current_chat_members (chat_id, account_id) {
        chat_id -> BigInt,
        account_id -> BigInt,
        read_seq -> BigInt,
        joined_at -> Timestamptz,
        seen_seq -> BigInt,
    }
}

table! {
    current_guardians (school_id, parent_id, child_id) {
        school_id -> BigInt,
        parent_id -> BigInt,
        child_id -> BigInt,
        registration_confirmed_at -> Nullable<Timestamptz>,
    }
}

table! {
    rightful_chat_members (chat_id, account_id) {
        chat_id -> BigInt,
        school_id -> BigInt,
        account_id -> BigInt,
    }
}

joinable!(operators -> accounts (account_id));
joinable!(sessions -> accounts (account_id));
joinable!(classes -> schools (school_id));
joinable!(current_class_members -> classes (class_id));
joinable!(current_class_members -> accounts (account_id));
joinable!(current_chat_members -> chats (chat_id));
joinable!(rightful_chat_members -> chats (chat_id));
joinable!(chats -> schools (school_id));
joinable!(chats -> classes (class_id));
joinable!(chat_members -> chats (chat_id));
joinable!(invites -> classes (class_id));
joinable!(invites -> accounts (created_by));
joinable!(join_requests -> schools (school_id));
joinable!(join_requests -> classes (class_id));
joinable!(join_requests -> accounts (account_id));
joinable!(guardian_links -> classes (class_id));
joinable!(guardian_links -> accounts (parent_id));

allow_tables_to_appear_in_same_query!(
    accounts,
    applications,
    chat_members,
    chats,
    class_members,
    classes,
    current_chat_members,
    current_class_members,
    current_guardians,
    current_roles,
    guardian_links,
    invites,
    join_requests,
    membership_changes,
    memberships,
    messages,
    operators,
    rightful_chat_members,
    schools,
    sessions,
);

define_sql_function! {
    fn lower(text: Text) -> Text;
}

define_sql_function! {
    /// Each letter of `from` becomes the one of `to` in its place, or disappears.
    fn translate(text: Text, from: Text, to: Text) -> Text;
}

define_sql_function! {
    fn octet_length(bytes: Nullable<Binary>) -> Nullable<Integer>;
}

/// The columns of a [`Name`](common::Name).
#[diesel::dsl::auto_type]
pub fn name() -> _ {
    (accounts::surname, accounts::given, accounts::patronymic)
}
