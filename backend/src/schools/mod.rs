//! Schools: the tenant, its information page, and how it comes to be.

pub mod applications;
mod handlers;
pub mod queries;

use std::collections::HashMap;

use common::AccountId;
use common::SchoolId;
use common::realtime::Event;
use common::schools::SchoolEvent;

use crate::error::Result;
use crate::live::Recipients;
use crate::serve::Registry;
use crate::write::Tx;

pub fn mount(registry: &mut Registry) {
    registry.on(handlers::get_school);
    registry.on(handlers::edit_school);
    applications::mount(registry);
}

/// Tells each of these people how they stand in the school now: after roles, led classes or what
/// waits for them have changed. Who has no role left is told that they left.
pub async fn tell_standing(tx: &mut Tx, school: SchoolId, people: &[AccountId]) -> Result<()> {
    tx.turn(school).await?;
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
