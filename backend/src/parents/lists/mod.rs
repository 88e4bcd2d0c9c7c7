//! What parents see of their children, and class teachers of the parents who ask.

mod queries;

use std::cmp::Reverse;

use common::AccountId;
use common::parents::{Child, ChildPage, GetChildren, GetGuardianLinks, GuardianLink};

use super::matching::{self, Fit};
use super::queries::children;
use crate::app::Ctx;
use crate::database::Connection;
use crate::error::Result;

pub async fn get_children(ctx: Ctx, _: GetChildren) -> Result<Vec<ChildPage>> {
    let me = ctx.me()?;
    let mut conn = ctx.conn().await?;
    let children = children(&mut conn, &[me], None).await?;
    pages(&mut conn, children).await
}

/// The children with the people around them. Of a child without an account, or whose link isn't
/// confirmed, there is nothing to see yet.
pub async fn pages(
    conn: &mut Connection,
    children: Vec<(AccountId, Child)>,
) -> Result<Vec<ChildPage>> {
    let children: Vec<Child> = children.into_iter().map(|(_, child)| child).collect();
    let shown = || children.iter().filter(|child| child.account.is_some());
    let classes: Vec<_> = shown().map(|child| child.class.id).collect();
    let accounts: Vec<_> = shown().filter_map(|child| child.account).collect();
    let teachers = queries::teachers(conn, &classes).await?;
    let logins = queries::logins(conn, &accounts).await?;
    let page = |child: Child| {
        let known = child.account.is_some();
        let teachers = teachers
            .iter()
            .filter(|(class, _)| known && *class == child.class.id)
            .map(|(_, teacher)| teacher.clone())
            .collect();
        let login = logins
            .iter()
            .find(|(account, _)| Some(*account) == child.account)
            .map(|(_, login)| login.clone());
        ChildPage {
            child,
            teachers,
            login,
        }
    };
    Ok(children.into_iter().map(page).collect())
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
