//! How people stand in a school.

use std::collections::HashMap;

use common::realtime::Event;
use common::schools::SchoolEvent;
use common::{AccountId, SchoolId};

use super::queries;
use crate::error::Result;
use crate::live::Recipients;
use crate::write::Tx;

/// Tells each of these people how they stand in the school now: after roles, led classes or what
/// waits for them have changed. Who has no role left is told that they left.
pub async fn tell_standing(tx: &mut Tx, school: SchoolId, people: &[AccountId]) -> Result<()> {
    tx.has_turn(school)?;
    let standing: HashMap<_, _> = queries::mine(tx, people, Some(school))
        .await?
        .into_iter()
        .collect();
    for account in people {
        let mine = standing.get(account).cloned();
        let event = mine.map_or(SchoolEvent::Left(school), SchoolEvent::Mine);
        tx.publish(Recipients::Account(*account), Event::School(event));
    }
    Ok(())
}
