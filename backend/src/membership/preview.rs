//! What a set would do, for whoever asks before it's made: also who writes where, of which nothing is kept.

use std::collections::{HashMap, HashSet};

use common::permissions::{Action, InClass, Role, Roles, allows};
use common::{AccountId, ChatId, ClassId, SchoolId};
use diesel_async::AsyncPgConnection;

use super::change::ClassPlace;
use super::effects::Effects;
use super::queries::{self, Reader};
use crate::access;
use crate::error::Result;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub effects: Effects,
    /// Who wrote in which chats of classes that are archived, stays there, and writes no more.
    pub closes: Vec<(ChatId, AccountId)>,
    /// Who is in which chats of classes that come back, stays there, and writes by what they are after
    /// the set.
    pub opens: Vec<(ChatId, AccountId)>,
}

impl Preview {
    /// Asked before the effects are written.
    pub(super) async fn of(
        conn: &mut AsyncPgConnection,
        school: SchoolId,
        effects: Effects,
    ) -> Result<Self> {
        let mut preview = Self {
            effects,
            closes: Vec::new(),
            opens: Vec::new(),
        };
        let effects = &preview.effects;
        if effects.archives.is_empty() {
            return Ok(preview);
        }
        let classes: Vec<ClassId> = effects.archives.items().copied().collect();
        let readers = queries::readers(conn, &classes).await?;
        let mut people: Vec<AccountId> = readers.iter().map(|one| one.account).collect();
        people.sort_unstable();
        people.dedup();
        let roles = queries::roles(conn, school, &people).await?;
        let (places, _) = queries::class_places(conn, school, &people).await?;
        let before = Standing::of(roles.iter(), places.iter());
        let after = Standing::of(effects.roles.after(&roles), effects.classes.after(&places));
        let leaves: HashSet<_> = effects.leaves.iter().copied().collect();
        let stays = |one: &&Reader| !leaves.contains(&(one.chat, one.account));
        for reader in readers.iter().filter(stays) {
            let (standing, moves) = if effects.archives.begin.contains_key(&reader.class) {
                (&before, &mut preview.closes)
            } else {
                (&after, &mut preview.opens)
            };
            if standing.writes(school, reader) {
                moves.push((reader.chat, reader.account));
            }
        }
        Ok(preview)
    }
}

/// What people are, in the school and in classes.
#[derive(Default)]
struct Standing {
    roles: HashMap<AccountId, Roles>,
    in_classes: HashMap<(AccountId, ClassId), InClass>,
}

impl Standing {
    fn of<'a>(
        roles: impl Iterator<Item = &'a (AccountId, Role)>,
        places: impl Iterator<Item = &'a ClassPlace>,
    ) -> Self {
        let mut standing = Self::default();
        for (account, role) in roles {
            let roles = standing.roles.entry(*account).or_insert(Roles::NONE);
            *roles = roles.with(*role);
        }
        for place in places {
            let key = (place.account, place.class);
            let in_class = standing.in_classes.entry(key).or_insert(InClass::NOTHING);
            *in_class = in_class.with(place.role);
        }
        standing
    }

    /// As long as the class isn't archived.
    fn writes(&self, school: SchoolId, reader: &Reader) -> bool {
        let Reader {
            class,
            kind,
            account,
            ..
        } = *reader;
        let in_class = self.in_classes.get(&(account, class)).copied();
        let facts = access::reader_in_class(
            account,
            (school, class, kind),
            self.roles.get(&account).copied().unwrap_or(Roles::NONE),
            in_class.unwrap_or(InClass::NOTHING),
        );
        allows(&facts, Action::WriteChat).is_ok()
    }
}
