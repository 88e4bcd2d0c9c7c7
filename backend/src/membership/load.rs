//! Loads what a set may touch.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;

use super::change::{ClassPlace, Set};
use super::known::{Asked, Known, Link};
use super::queries;
use crate::classes;
use crate::error::Result;

pub async fn load(conn: &mut AsyncPgConnection, set: &Set<'_>) -> Result<Known> {
    let mut asked = Asked::of(set.changes);
    let school = set.school;
    let kept_out = if asked.restored.is_empty() {
        Vec::new()
    } else {
        queries::kept_out(conn, school, &asked.restored).await?
    };
    for ClassPlace { account, child, .. } in &kept_out {
        asked.people.push(*account);
        asked.people.extend(child);
    }
    let people = queries::near(conn, school, &asked).await?;
    let links = queries::links(conn, school, &people).await?;
    let nameless = |link: &Link| link.child.is_none();
    let names = if links.iter().any(nameless) && !asked.students.is_empty() {
        queries::names(conn, &asked.students).await?
    } else {
        HashMap::new()
    };
    let (places, mut archived) = queries::class_places(conn, school, &people).await?;
    if !asked.archives.is_empty() {
        archived.extend(queries::archived(conn, &asked.archives).await?);
    }
    Ok(Known {
        staff_room: classes::queries::staff_room(conn, school).await?,
        roles: queries::roles(conn, school, &people).await?,
        classes: places,
        archived,
        kept_out,
        links,
        names,
    })
}
