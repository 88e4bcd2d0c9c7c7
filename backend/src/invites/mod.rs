//! Invites and join requests: how people come in.

mod accept;
mod handlers;
mod qr;
pub mod queries;
pub mod requests;

use common::{ClassId, SchoolId};

use crate::error::Result;
use crate::schools::tell_standing;
use crate::serve::Registry;
use crate::write::Tx;

pub fn mount(registry: &mut Registry) {
    registry.on(handlers::create_invites);
    registry.on(handlers::get_invites);
    registry.on(handlers::revoke_invites);
    registry.on(accept::open_invite);
    registry.on(accept::register_by_invite);
    registry.on(accept::accept_invite);
    requests::mount(registry);
}

/// Tells those who decide about these classes (their class teachers, the administrators), or without
/// any about the school as a whole (the administrators), how much waits for them now: after every join request
/// and guardian link that was made or decided.
pub async fn tell_deciders(tx: &mut Tx, school: SchoolId, classes: &[ClassId]) -> Result<()> {
    let deciders = queries::deciders(tx, school, classes).await?;
    tell_standing(tx, school, &deciders).await
}
