//! Who decides about those who want to come in.

use common::{ClassId, SchoolId};

use super::queries;
use crate::error::Result;
use crate::schools::standing;
use crate::write::Tx;

/// Tells those who decide about these classes (their class teachers, the administrators), or without
/// any about the school as a whole (the administrators), how much waits for them now: after every join request
/// and guardian link that was made or decided.
pub async fn tell_deciders(tx: &mut Tx, school: SchoolId, classes: &[ClassId]) -> Result<()> {
    let deciders = queries::deciders(tx, school, classes).await?;
    standing::tell_standing(tx, school, &deciders).await
}
