//! The list of those whom a person may write to, with what they are to them.

use common::AccountId;
use common::classes::ClassRole;
use common::error::Error;
use common::people::{Contact, GetContacts};
use common::permissions::{Action, Role};

use super::super::search::Search;
use super::queries::{self, Place};
use crate::access;
use crate::app::Ctx;
use crate::error::Result;

/// Contacts in one answer, at most: who doesn't find someone among them types more of the name.
const MOST: i64 = 50;
/// Classes or children in a note, at most.
const NOTED: usize = 3;

pub async fn get_contacts(ctx: Ctx, request: GetContacts) -> Result<Vec<Contact>> {
    let (me, school) = (ctx.me()?, request.school);
    let here = *ctx.facts.place().ok_or(Error::NotFound)?;
    // Who sees all classes may write to all members.
    let all = ctx.may(Action::SeeStructure);
    let search = Search::parse(&request.search);
    // Phones are for administrators: whoever types digits here finds nobody by them.
    if search.names.is_empty() && !search.phones.is_empty() {
        return Ok(Vec::new());
    }
    let mut conn = ctx.conn().await?;
    let candidates = queries::candidates(&mut conn, school, me, all, &search, MOST).await?;
    let ids: Vec<AccountId> = candidates.iter().map(|candidate| candidate.id).collect();
    let writable = access::writable(&mut conn, me, here, &ids).await?;
    let places = queries::places(&mut conn, school, me, all, &ids).await?;
    Ok(candidates
        .into_iter()
        .filter(|candidate| writable.contains(&candidate.id))
        .filter_map(|candidate| {
            let role = candidate.roles.shown()?;
            Some(Contact {
                id: candidate.id,
                name: candidate.name.shown(role),
                role,
                note: note(role, candidate.id, &places),
            })
        })
        .collect())
}

/// «7А, 8Б» of teachers and students, «Иванов Пётр (7А)» of parents.
fn note(role: Role, account: AccountId, places: &[Place]) -> String {
    let mine: Vec<&Place> = places
        .iter()
        .filter(|place| place.account_id == account)
        .collect();
    let fits = |place: &&&Place| match role {
        Role::Administrator | Role::Teacher => {
            matches!(place.role, ClassRole::ClassTeacher | ClassRole::Teacher)
        }
        Role::Student => place.role == ClassRole::Student,
        Role::Parent => place.role == ClassRole::Parent,
    };
    let fitting: Vec<&Place> = mine.iter().filter(fits).copied().collect();
    // A teacher whom a parent knows as another parent of the class.
    let chosen = if fitting.is_empty() { mine } else { fitting };
    let mut words: Vec<String> = Vec::new();
    for place in chosen {
        let word = match &place.child {
            Some(child) => format!("{child} ({})", place.class),
            None => place.class.clone(),
        };
        if words.len() < NOTED && !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(", ")
}
