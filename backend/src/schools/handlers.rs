use common::SchoolId;
use common::realtime::Event;
use common::schools::{EditSchool, GetSchool, School, SchoolEvent};

use super::queries;
use super::zone::Zone;
use crate::app::Ctx;
use crate::error::Result;
use crate::invites::requests::askers;
use crate::live::Recipients;
use crate::write::Tx;

pub async fn get_school(ctx: Ctx, request: GetSchool) -> Result<School> {
    queries::school(&mut *ctx.conn().await?, request.school).await
}

pub async fn edit_school(ctx: Ctx, request: EditSchool) -> Result<School> {
    let mut request = request.checked()?;
    let zone = &mut request.after.time_zone;
    *zone = Zone::chosen(zone)?.name().to_owned();
    let id = request.school;
    // Under the turn nobody else edits.
    let mut tx = ctx.begin_turn().await?;
    let stored = queries::school(&mut tx, id).await?.information();
    let edited = request.onto(stored)?;
    let renamed = queries::edit(&mut tx, id, &edited).await?;
    let school = queries::school(&mut tx, id).await?;
    let changed = SchoolEvent::Changed {
        school: school.id,
        short_name: school.short_name.clone(),
        time_zone: school.time_zone.clone(),
    };
    tx.publish(Recipients::School(school.id), Event::School(changed));
    if renamed {
        tell_outsiders(&mut tx, school.id).await?;
    }
    tx.commit().await?;
    Ok(school)
}

/// Who waits at the door isn't told what the school's members are, but sees its name.
async fn tell_outsiders(tx: &mut Tx, school: SchoolId) -> Result<()> {
    let outsiders = queries::outsiders(tx, school).await?;
    askers::tell_askers(tx, &outsiders, None).await?;
    tx.tells(school)?.families(&outsiders);
    Ok(())
}
