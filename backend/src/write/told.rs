//! Whom a transaction tells how they stand, when it has done everything that it does.

use std::collections::{BTreeMap, BTreeSet};

use common::parents::ParentEvent;
use common::realtime::Event;
use common::schools::{MySchool, SchoolEvent};
use common::{AccountId, ClassId, SchoolId};
use diesel_async::AsyncPgConnection;

use crate::error::Result;
use crate::{invites, parents, schools};

/// In one school. What is told is what is so in the end, so each is told once, however many parts of a
/// transaction concern them.
#[derive(Default)]
pub struct Told {
    standing: BTreeSet<AccountId>,
    waits: Option<BTreeSet<ClassId>>,
    families: BTreeSet<AccountId>,
}

impl Told {
    /// These people, how they stand in the school: after roles, led classes or what waits for them have
    /// changed. Who has no role left is told that they left.
    pub fn standing(&mut self, people: &[AccountId]) {
        self.standing.extend(people);
    }

    /// Those who decide about these classes (their class teachers, the administrators), or without any
    /// about the school as a whole (the administrators), how much waits for them: after every join
    /// request and guardian link that was made or decided.
    pub fn deciders(&mut self, classes: &[ClassId]) {
        self.waits.get_or_insert_default().extend(classes);
    }

    /// The parents among these people, and the parents of the children among them, how each child
    /// stands: after links, classes or names have changed.
    pub fn families(&mut self, people: &[AccountId]) {
        self.families.extend(people);
    }

    pub(super) async fn events(
        mut self,
        conn: &mut AsyncPgConnection,
        school: SchoolId,
    ) -> Result<Vec<(AccountId, Event)>> {
        if let Some(classes) = self.waits.take() {
            let classes: Vec<ClassId> = classes.into_iter().collect();
            let deciders = invites::queries::deciders(conn, school, &classes).await?;
            self.standing.extend(deciders);
        }
        let mut events = Vec::new();
        if !self.standing.is_empty() {
            let people: Vec<AccountId> = self.standing.into_iter().collect();
            let mine = schools::queries::mine(conn, &people, Some(school)).await?;
            let mut mine: BTreeMap<AccountId, MySchool> = mine.into_iter().collect();
            events.extend(people.into_iter().map(|account| {
                let mine = mine.remove(&account);
                let event = mine.map_or(SchoolEvent::Left(school), SchoolEvent::Mine);
                (account, Event::School(event))
            }));
        }
        if !self.families.is_empty() {
            let people: Vec<AccountId> = self.families.into_iter().collect();
            let links = parents::queries::links_of(conn, school, &people).await?;
            let (parents, links): (Vec<_>, Vec<_>) = links.into_iter().unzip();
            let children = parents::queries::children(conn, &parents, Some(&links)).await?;
            let event = |child| Event::Parent(ParentEvent::Child(child));
            events.extend(children.into_iter().map(|(who, child)| (who, event(child))));
        }
        Ok(events)
    }
}
