//! What those are told who have asked to join.

use common::invites::InviteEvent;
use common::realtime::Event;
use common::{AccountId, JoinRequestId};

use super::queries;
use crate::error::Result;
use crate::live::Recipients;
use crate::write::Tx;

/// Tells these people how what they asked for stands, and what school and class are called now; all of
/// it, or only some.
pub async fn tell_askers(
    tx: &mut Tx,
    people: &[AccountId],
    only: Option<&[JoinRequestId]>,
) -> Result<()> {
    for (account, mine) in queries::mine(tx, people, only).await? {
        let event = Event::Invite(InviteEvent::Request(mine));
        tx.publish(Recipients::Account(account), event);
    }
    Ok(())
}
