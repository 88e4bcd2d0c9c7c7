//! What waits to be sent, or wasn't taken: how it's known again, and taken back.

use common::ClientId;
use leptos::prelude::*;

use crate::outbox::{self, Pending};
use crate::text;
use crate::ui::toast;

/// Gives a text back to the composer, if the chat has one: what was refused, to be changed. A context
/// of the log.
#[derive(Clone, Copy)]
pub struct Edit(pub Option<Callback<String>>);

/// Takes back what waits, into the composer if it's to be changed. Whoever can't be promised that nobody gets it is
/// told so: it's sent no more, and what has arrived can be deleted for all where it then stands.
pub fn take_back(client_id: ClientId, edit: Option<Callback<String>>) {
    let taken = outbox::take_back(client_id);
    if taken.as_ref().is_none_or(Pending::may_be_there) {
        toast::show(text!(outbox.may_be_there));
    }
    if let (Some(edit), Some(Pending { body, .. })) = (edit, taken) {
        edit.run(body);
    }
}

/// How the menu of messages knows one that waits.
pub fn waiting(client_id: &ClientId) -> String {
    format!("{:x}", client_id.0)
}
