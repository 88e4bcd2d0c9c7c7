//! English. `Plural::two(one, other)` where Russian has a plural.

use super::{Plural, ru::*};

pub static COMMON: Common = Common {
    product: "Zvonok",
    back: "Back",
    cancel: "Cancel",
    close: "Close",
    save: "Save",
    delete: "Delete",
    edit: "Edit",
    add: "Add",
    done: "Done",
    retry: "Try again",
    undo: "Undo",
    search: "Search",
    more: "More",
    copy: "Copy",
    copied: "Copied",
    yes: "Yes",
    no: "No",
    optional: "optional",
    loading: "Loading…",
    skip_to_content: "Skip to content",
    not_found: "There is no such page",
    not_found_hint: "The link may be out of date or mistyped.",
    to_home: "Home",
    people: Plural::two("{n} person", "{n} people"),
};

pub static UI: Ui = Ui {
    show_password: "Show password",
    hide_password: "Hide password",
    phone_hint: "For example, +7 912 345-67-89",
    choose_file: "Choose a file",
    no_file: "No file chosen",
    choose: "Choose",
    fix_fields: "Check the marked fields",
    notifications: "Notifications",
    resize_list: "Width of the list",
    unread: Plural::two("{n} unread", "{n} unread"),
    today: "Today",
    yesterday: "Yesterday",
    offline: "No connection. What you write will be sent once it is back.",
    reconnecting: "The connection was lost, reconnecting…",
    error_title: "This could not be loaded",
    error_hint: "Check your connection and try again.",
    student: "Student",
    parent: "Parent",
    teacher: "Teacher",
    administrator: "Administrator",
};

pub static NAV: Nav = Nav {
    main: "Sections",
    today: "Today",
    chats: "Chats",
    channels: "Channels",
    school: "School",
    people: "People",
    profile: "Profile",
    admin: "Administration",
    structure: "Classes",
    invites: "Invites",
    requests: "Requests",
    information: "Information",
    applications: "Schools",
    to_app: "To messages",
};

pub static ERRORS: Errors = Errors {
    network: "The server cannot be reached. Check your connection and try again.",
    required: "Fill in this field",
    sign_in: "Your session has ended. Sign in again.",
    wrong_credentials: "The phone (or login) and the password do not match. Check the keyboard layout and capitals.",
    not_found: "This is gone, or you have no access to it.",
    malformed: "This page is out of date. Reload it and try again.",
    too_large: "The file or text is too large: at most {kb} KB.",
    wait_seconds: Plural::two(
        "Too many attempts. Try again in {n} second.",
        "Too many attempts. Try again in {n} seconds.",
    ),
    wait_minutes: Plural::two(
        "Too many attempts. Try again in {n} minute.",
        "Too many attempts. Try again in {n} minutes.",
    ),
    internal: "Something went wrong on the server. Try again later; if it stays, report the code {id}.",
    unavailable: "The server is not available right now. Try again in a minute.",
    too_long: Plural::two("At most {n} character", "At most {n} characters"),
    too_short: Plural::two("At least {n} character", "At least {n} characters"),
    phone: "This does not look like a phone number. Example: +7 912 345-67-89",
    email: "This does not look like an e-mail address. Example: school@mail.ru",
    name: "Only letters, hyphens and spaces",
    date: "Check the date",
    login: "3 to 32 characters: Latin letters, digits, dots, hyphens; a letter first",
    inn: "Check the INN: its check digit does not fit",
    kpp: "A KPP has nine characters. Check it",
    choice: "Choose one of the options",
    out_of_range: "A number from {min} to {max}",
    file_type: "A PDF or a photo is needed (JPEG, PNG, WebP)",
    wrong_password: "This is not your current password",
    link: "The address begins with https://",
    administrator_only: "Only the school's administrator can do this.",
    class_teacher_only: "The class teacher or an administrator can do this.",
    staff_only: "Only the school's staff can see this.",
    readers_only: "Administrators write here, and in a class's channel its class teacher too.",
    no_contact: "You cannot write to this person now: you have no class in common.",
    archived: "The class is archived: you can read the conversation, but not continue it.",
    parent_only: "Only a confirmed parent can do this.",
    other_phone: "The administrator’s rights belong to the phone number in the application. Sign in with that number.",
    invite_used_up: "Everyone this invite was for has joined. Ask whoever sent it for a new one.",
    invite_revoked: "This invite was revoked. Ask whoever sent it for a new one.",
    invite_expired: "This invite expired on {day}. Ask whoever sent it for a new one.",
    invite_class_archived: "The class is archived and cannot be joined. Ask the school for a new invite.",
    class_name_taken: "There is a class of this name this year already. Choose another name.",
    organisation_known: "There is an application with this INN and KPP already. Open it by its private link or contact the operator.",
    phone_taken: "This number is registered already. Sign in with it.",
    login_taken: "This login is taken. Choose another.",
    member_already: "This person has this role here already.",
    request_waits: "Your request is waiting for a decision already.",
    last_administrator: "A school keeps at least one administrator. Appoint another first.",
    decided_already: "Somebody has decided this already. Reload the list.",
    class_not_empty: "There are still people in the class. Move them first.",
};

pub static ACCOUNTS: Accounts = Accounts {
    sign_in: "Sign in",
    sign_in_title: "Sign in",
    sign_in_lead: "Your school's conversations in one place.",
    login: "Phone or login",
    password: "Password",
    no_account: "New here? Open the invite from your school or",
    by_code: "enter the school code",
    register_school: "Connect a school",
    sign_out: "Sign out",
    profile_title: "Profile",
    language: "Language",
    theme: "Appearance",
    theme_auto: "As on the device",
    theme_light: "Light",
    theme_dark: "Dark",
};

pub static INVITES: Invites = Invites {
    title: "Invite",
    join_title: "Join with a school code",
};

pub static APPLICATIONS: Applications = Applications {
    title: "Application to connect a school",
    state_title: "Your application",
};

pub static SCHOOLS: Schools = Schools { title: "School" };

pub static CLASSES: Classes = Classes { title: "Class" };

pub static PEOPLE: People = People {
    title: "Who to write to",
};

pub static CHATS: Chats = Chats {
    title: "Chats",
    choose: "Choose a chat",
    choose_hint: "Your classes and direct chats are on the left.",
};

pub static CHANNELS: Channels = Channels {
    title: "Channels",
    choose: "Choose a channel",
    choose_hint: "The school shares its news here.",
};

pub static PARENTS: Parents = Parents {
    title: "Today",
    children: "Children",
};

pub static ADMIN: Admin = Admin {
    structure_title: "Classes",
    people_title: "People of the school",
    invites_title: "Invites",
    requests_title: "Join requests",
    information_title: "School information",
    applications_title: "School applications",
};
