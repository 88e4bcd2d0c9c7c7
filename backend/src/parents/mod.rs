//! Parents: links to children.

pub mod queries;

use common::parents::ParentEvent;
use common::realtime::Event;
use common::{AccountId, SchoolId};

use crate::error::Result;
use crate::hub::Audience;
use crate::write::Tx;

/// Tells the parents among these people, and the parents of the children among them, how each child
/// stands now: after links, classes or names have changed.
pub async fn tell_families(tx: &mut Tx, school: SchoolId, people: &[AccountId]) -> Result<()> {
    for (parent, link) in queries::links_of(tx, school, people).await? {
        for child in queries::children(tx, parent, Some(link)).await? {
            tx.publish(
                Audience::Account(parent),
                Event::Parent(ParentEvent::Child(child)),
            );
        }
    }
    Ok(())
}
