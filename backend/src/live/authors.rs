//! How people are shown as authors, each in a school: kept, because every page of history shows them, and reading
//! them with each page takes longer than reading the page. Forgotten by the very events that tell a person of another
//! name or other roles.

use std::collections::HashMap;
use std::sync::Mutex;

use common::accounts::AccountEvent;
use common::chats::Author;
use common::realtime::Event;
use common::schools::SchoolEvent;
use common::{AccountId, SchoolId};

use super::kept::{Kept, Moment};
use super::lock;
use super::outgoing::{Outgoing, Recipients, What};

#[derive(Default)]
pub struct Authors(Mutex<Kept<(SchoolId, AccountId), Author>>);

impl Authors {
    /// Those of the people who are known. Who isn't is read from the database and learnt with the moment.
    pub fn of(
        &self,
        school: SchoolId,
        people: impl Iterator<Item = AccountId>,
    ) -> (HashMap<AccountId, Author>, Moment) {
        let known = lock(&self.0);
        let author = |person| known.get(&(school, person)).cloned();
        let found = people.filter_map(|person| Some((person, author(person)?)));
        (found.collect(), known.moment())
    }

    pub fn learn(&self, read: &HashMap<(SchoolId, AccountId), Author>, moment: Moment) {
        let read = read.iter().map(|(place, one)| (*place, one.clone()));
        // Then it begins anew.
        lock(&self.0).learn(read, moment, |_| false);
    }

    pub(super) fn follow(&self, outgoing: &Outgoing) {
        match (&outgoing.what, outgoing.to) {
            (What::Event(event), Recipients::Account(account)) => self.hear(account, event),
            // Nobody knows what these should have been told, or they are too many to be told.
            (What::Resync, recipients) => self.forget(recipients),
            (What::Event(_) | What::SessionsEnded(_), _) => {}
        }
    }

    fn forget(&self, recipients: Recipients) {
        let mut known = lock(&self.0);
        match recipients {
            Recipients::Account(account) => {
                known.forget_but(|(_, person), _| *person != account);
            }
            Recipients::School(school) | Recipients::Staff(school) => {
                known.forget_but(|(place, _), _| *place != school);
            }
            Recipients::Chat(_) | Recipients::Operators => {}
        }
    }

    fn hear(&self, account: AccountId, event: &Event) {
        let mut known = lock(&self.0);
        match event {
            Event::Account(AccountEvent::Changed(_)) => {
                known.forget_but(|(_, person), _| *person != account);
            }
            Event::School(SchoolEvent::Mine(school)) => known.forget(&(school.id, account)),
            Event::School(SchoolEvent::Left(school)) => known.forget(&(*school, account)),
            _ => {}
        }
    }
}
