//! The sessions that were used a moment ago: believed, because every request asks. Forgotten by what tells of
//! their end, or of another name.

use std::collections::HashSet;
use std::sync::Mutex;

use common::accounts::AccountEvent;
use common::realtime::Event;
use common::{AccountId, Timestamp};

use super::kept::{Kept, Moment};
use super::lock;
use super::outgoing::{Outgoing, Recipients, What};
use crate::actor::Actor;
use crate::secret::Hash;

/// How long a session is believed without asking the database. Ending it here forgets it at once;
/// ending it on another server takes this long. In milliseconds.
const BELIEVED_MS: i64 = 30_000;

#[derive(Default)]
pub struct Sessions(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Each with until when it's believed without asking.
    actors: Kept<Hash, (Actor, Timestamp)>,
    /// The first bytes of those that are somebody's, or were: as many as the database has had since the
    /// start. Who makes up a cookie hits none of them.
    somebodys: HashSet<u64>,
}

/// What is known of a session.
pub enum Shown {
    /// Whose it is, learnt a moment ago.
    Believed(Actor),
    /// It was somebody's when it was shown before.
    Before,
    /// Nobody has shown it yet, or for long, but it was somebody's when the server started, or has begun since.
    Expected,
    /// A made-up one, or of a session that began on another server.
    Never,
}

impl Sessions {
    pub fn believed(&self, token: &Hash, now: Timestamp) -> (Shown, Moment) {
        let known = lock(&self.0);
        let shown = match known.actors.get(token) {
            Some((actor, until)) if *until > now => Shown::Believed(actor.clone()),
            Some(_) => Shown::Before,
            None if known.somebodys.contains(&first(token)) => Shown::Expected,
            None => Shown::Never,
        };
        (shown, known.actors.moment())
    }

    /// These are somebody's: what the database has at the start, and those that begin.
    pub fn expect(&self, tokens: &[Hash]) {
        lock(&self.0).somebodys.extend(tokens.iter().map(first));
    }

    /// What the database has answered.
    pub fn learn(&self, token: Hash, read: Option<&Actor>, moment: Moment, now: Timestamp) {
        let mut known = lock(&self.0);
        let Some(actor) = read else {
            known.actors.drop(&token);
            known.somebodys.remove(&first(&token));
            return;
        };
        known.somebodys.insert(first(&token));
        let read = (token, (actor.clone(), now.plus_ms(BELIEVED_MS)));
        let believed = |(_, until): &(Actor, Timestamp)| *until > now;
        known.actors.learn(std::iter::once(read), moment, believed);
    }

    pub(super) fn follow(&self, outgoing: &Outgoing) {
        let Recipients::Account(account) = outgoing.to else {
            return;
        };
        match &outgoing.what {
            What::Event(Event::Account(AccountEvent::Changed(_))) | What::Resync => {
                self.forget(account, |_| true);
            }
            What::SessionsEnded(ended) => {
                self.forget(account, |actor| ended.includes(actor.session));
            }
            What::Event(_) => {}
        }
    }

    fn forget(&self, account: AccountId, which: impl Fn(&Actor) -> bool) {
        lock(&self.0).actors.forget_but(|_, (actor, until)| {
            if actor.account == account && which(actor) {
                *until = Timestamp(0);
            }
            true
        });
    }
}

/// What is kept of a session that isn't used: it only decides whether the database is asked.
fn first(token: &Hash) -> u64 {
    let (first, _) = token.split_first_chunk().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*first)
}
