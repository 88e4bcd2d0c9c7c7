//! A child as its parent sees it.

use common::AccountId;
use common::parents::{Child, ChildPage};

use super::queries;
use crate::database::Connection;
use crate::error::Result;

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
