//! The children of a parent; the guardian links that wait, each with the students who may be meant.

use std::cmp::Reverse;

use common::parents::{ChildPage, GetChildren, GetGuardianLinks, GuardianLink};

use super::super::matching::{self, Fit};
use super::super::queries::children;
use super::pages::pages;
use super::queries;
use crate::app::Ctx;
use crate::error::Result;

pub async fn get_children(ctx: Ctx, _: GetChildren) -> Result<Vec<ChildPage>> {
    let me = ctx.me()?;
    let mut conn = ctx.conn().await?;
    let children = children(&mut conn, &[me], None).await?;
    pages(&mut conn, children).await
}

pub async fn get_guardian_links(ctx: Ctx, request: GetGuardianLinks) -> Result<Vec<GuardianLink>> {
    let mut conn = ctx.conn().await?;
    let mut links = queries::open_links(&mut conn, ctx.school()?, request.class).await?;
    let mut classes: Vec<_> = links.iter().map(|link| link.class.id).collect();
    classes.sort_unstable();
    classes.dedup();
    let students = queries::students(&mut conn, &classes).await?;
    for link in &mut links {
        let mut ranked: Vec<_> = students
            .iter()
            .filter(|student| student.class == link.class.id && student.person.id != link.parent.id)
            .map(|student| {
                let fit = matching::fit(&link.child_name, &student.name);
                (fit, &student.person)
            })
            .collect();
        // The best first; stable, so by name among equals.
        ranked.sort_by_key(|(fit, _)| Reverse(*fit));
        let fitting = ranked.partition_point(|(fit, _)| *fit != Fit::None);
        let whole = ranked.partition_point(|(fit, _)| *fit == Fit::Both);
        link.exact = ranked
            .first()
            .filter(|_| whole == 1)
            .map(|(_, person)| person.id);
        let mut people = ranked.into_iter().map(|(_, person)| person.clone());
        link.suggestions = people.by_ref().take(fitting).collect();
        link.others = people.collect();
    }
    Ok(links)
}
