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

use super::lock;
use super::outgoing::{Outgoing, Recipients, What};

/// So many are kept, at most; then it begins anew.
const MOST: usize = 50_000;

#[derive(Default)]
pub struct Authors(Mutex<Known>);

#[derive(Default)]
struct Known {
    authors: HashMap<(SchoolId, AccountId), Author>,
    /// Counts what was forgotten: an answer from before isn't believed afterwards.
    forgotten: u64,
}

/// When it was looked up.
#[derive(Clone, Copy)]
pub struct Moment(u64);

impl Authors {
    /// Those of the people who are known. Who isn't is read from the database and learnt with the moment.
    pub fn of(
        &self,
        school: SchoolId,
        people: impl Iterator<Item = AccountId>,
    ) -> (HashMap<AccountId, Author>, Moment) {
        let known = lock(&self.0);
        let author = |person| known.authors.get(&(school, person)).cloned();
        let found = people.filter_map(|person| Some((person, author(person)?)));
        (found.collect(), Moment(known.forgotten))
    }

    pub fn learn(&self, read: &HashMap<(SchoolId, AccountId), Author>, moment: Moment) {
        let mut known = lock(&self.0);
        if known.forgotten != moment.0 {
            return;
        }
        if known.authors.len() + read.len() > MOST {
            known.authors.clear();
        }
        let read = read.iter().map(|(place, one)| (*place, one.clone()));
        known.authors.extend(read);
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
                known.authors.retain(|(_, person), _| *person != account);
            }
            Recipients::School(school) | Recipients::Staff(school) => {
                known.authors.retain(|(place, _), _| *place != school);
            }
            Recipients::Chat(_) | Recipients::Operators => return,
        }
        known.forgotten += 1;
    }

    fn hear(&self, account: AccountId, event: &Event) {
        let mut known = lock(&self.0);
        match event {
            Event::Account(AccountEvent::Changed(_)) => {
                known.authors.retain(|(_, person), _| *person != account);
            }
            Event::School(SchoolEvent::Mine(school)) => {
                known.authors.remove(&(school.id, account));
            }
            Event::School(SchoolEvent::Left(school)) => {
                known.authors.remove(&(*school, account));
            }
            _ => return,
        }
        known.forgotten += 1;
    }
}
