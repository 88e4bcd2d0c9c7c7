//! What the server answers: the only file that names all features.

use common::realtime::OpenSocket;

use crate::schools::applications;
use crate::serve::Registry;
use crate::{
    accounts, channels, chats, classes, invites, monitoring, parents, people, realtime, schools,
};

/// The handlers of all endpoints.
#[must_use]
pub fn registry() -> Registry {
    let mut all = Registry::default();
    all.on(realtime::handlers::get_state);
    all.on_socket::<OpenSocket>();

    all.on(accounts::handlers::sign_in);
    all.on_form(accounts::handlers::sign_in_by_form);
    all.on(accounts::handlers::sign_out);
    all.on(accounts::handlers::get_sessions);
    all.on(accounts::handlers::end_session);
    all.on(accounts::handlers::end_other_sessions);
    all.on(accounts::handlers::change_password);
    all.on(accounts::handlers::change_name);

    all.on(applications::handlers::apply);
    all.on(applications::handlers::get_application);
    all.on(applications::handlers::resubmit);
    all.on_upload(applications::order::expected, applications::order::upload);
    all.on_download(applications::order::download);
    all.on(applications::handlers::register_administrator);
    all.on(applications::handlers::get_applications);
    all.on(applications::handlers::open_application);
    all.on(applications::handlers::decide);
    all.on(schools::handlers::get_school);
    all.on(schools::handlers::edit_school);

    all.on(classes::handlers::get_structure);
    all.on(classes::handlers::get_class);
    all.on(classes::handlers::create_classes);
    all.on(classes::handlers::edit_class);
    all.on(classes::handlers::archive_class);
    all.on(classes::handlers::restore_class);
    all.on(classes::members::handlers::set_class_teacher);
    all.on(classes::members::handlers::add_to_class);
    all.on(classes::members::handlers::move_to_class);
    all.on(classes::members::handlers::remove_from_class);

    all.on(invites::handlers::create_invites);
    all.on(invites::handlers::get_invites);
    all.on(invites::handlers::revoke_invites);
    all.on(invites::accept::open_invite);
    all.on(invites::accept::register_by_invite);
    all.on(invites::accept::accept_invite);
    all.on(invites::requests::handlers::find_school);
    all.on(invites::requests::handlers::ask_to_join);
    all.on(invites::requests::handlers::get_join_requests);
    all.on(invites::requests::handlers::decide_join_request);

    all.on(people::handlers::get_people);
    all.on(people::contacts::handlers::get_contacts);
    all.on(people::handlers::grant_role);
    all.on(people::handlers::end_role);
    all.on(people::handlers::reset_password);

    all.on(parents::lists::handlers::get_children);
    all.on(parents::lists::handlers::get_guardian_links);
    all.on(parents::handlers::decide_guardian_link);
    all.on(parents::handlers::register_child);
    all.on(parents::handlers::confirm_child);

    all.on(chats::handlers::open_direct_chat);
    all.on_compared(chats::handlers::get_messages);
    all.on(chats::handlers::get_changes);
    all.on_compared(chats::handlers::send_message);
    all.on(chats::handlers::delete_message);
    all.on_by_row(chats::handlers::mark_read);

    all.on(channels::handlers::create_channel);
    all.on(channels::handlers::rename_channel);
    all.on(channels::handlers::get_views);

    all.on_machine(monitoring::get_health);
    all.on_machine(monitoring::get_metrics);
    all
}
