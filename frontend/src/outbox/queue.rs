//! Which message goes next, and what a failure means to it: pure, so that it can be tested. Within a chat
//! the order stays; chats don't wait for each other.

use std::time::Duration;

use common::{ChatId, ClientId, Error, Timestamp};

use super::stored::{Pending, Refused};
use crate::delay::delay;

/// So often a message isn't taken, by a server that is there, until its writer is told.
const TRIES: i32 = 4;

/// The same where no answer came: a weak network does that, too.
const UNANSWERED: i32 = 8;

/// After so many hours what was written may be true no longer («завтра не приду»): its writer is asked.
const FRESH: i64 = 12;

pub(super) enum Next {
    Send(Pending),
    /// All that waits belongs to chats that are tried again later.
    Wait(Duration),
    Nothing,
}

/// The chats whose first message wasn't taken.
pub(super) struct Queue(Vec<Stuck>);

struct Stuck {
    chat: ChatId,
    client_id: ClientId,
    tries: i32,
    until: i64,
}

impl Queue {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub fn next(&self, all: &[Pending], now: Timestamp) -> Next {
        let mut wait: Option<i64> = None;
        for it in all.iter().filter(|it| it.refused.is_none()) {
            // What another tab has taken back or sent holds nothing up.
            let waits = |stuck: &Stuck| all.iter().any(|it| it.client_id == stuck.client_id);
            let left =
                |stuck: &&Stuck| stuck.chat == it.chat && stuck.until > now.0 && waits(stuck);
            match self.0.iter().find(left).map(|stuck| stuck.until - now.0) {
                Some(left) => wait = Some(wait.map_or(left, |wait| wait.min(left))),
                None => return Next::Send(it.clone()),
            }
        }
        wait.map_or(Next::Nothing, |wait| {
            Next::Wait(Duration::from_millis(wait as u64))
        })
    }

    /// A message wasn't taken, and may be later: whether its writer is told instead of trying again.
    /// `there`: whether the server is, as its socket says; `chance`: between 0 and 1.
    pub fn failed(
        &mut self,
        (chat, client_id): (ChatId, ClientId),
        error: &Error,
        there: bool,
        now: Timestamp,
        chance: f64,
    ) -> bool {
        let unanswered = *error == Error::Offline;
        if unanswered && !there {
            return false;
        }
        let tries = self.forget(client_id) + 1;
        if there && tries >= if unanswered { UNANSWERED } else { TRIES } {
            return true;
        }
        // A connection that is back sends at once what the lost one didn't.
        let wait = if unanswered && tries < 3 {
            0
        } else {
            delay(tries + 2, chance).as_millis() as i64
        };
        self.0.push(Stuck {
            chat,
            client_id,
            tries,
            until: now.0 + wait,
        });
        false
    }

    /// It was taken, or its writer has decided: how often it was tried in vain.
    pub fn forget(&mut self, client_id: ClientId) -> i32 {
        let at = self.0.iter().position(|it| it.client_id == client_id);
        at.map_or(0, |at| self.0.swap_remove(at).tries)
    }
}

/// Why the server will not take a message, however often it is asked.
pub(super) const fn refusal(error: &Error) -> Option<Refused> {
    match error {
        Error::NotFound => Some(Refused::Gone),
        Error::Invalid(_) | Error::TooLarge { .. } => Some(Refused::TooLong),
        Error::Denied(_) => Some(Refused::Denied),
        _ => None,
    }
}

/// Whether its writer must be asked before it is sent.
pub(super) fn stale(it: &Pending, now: Timestamp) -> bool {
    it.refused.is_none() && now.0 - it.at.0 > FRESH * 60 * 60 * 1000
}

#[cfg(test)]
mod tests {
    use super::super::stored::FORM;
    use super::*;

    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn message(chat: i64, id: u128) -> Pending {
        Pending {
            chat: ChatId(chat),
            client_id: ClientId(id),
            body: "Да".to_owned(),
            at: NOW,
            refused: None,
            form: FORM,
            tried: false,
            loose: false,
        }
    }

    fn fails(queue: &mut Queue, it: &Pending, error: &Error, there: bool) -> bool {
        queue.failed((it.chat, it.client_id), error, there, NOW, 1.0)
    }

    fn next(queue: &Queue, all: &[Pending], later: i64) -> Option<u128> {
        match queue.next(all, Timestamp(NOW.0 + later)) {
            Next::Send(it) => Some(it.client_id.0),
            Next::Wait(_) | Next::Nothing => None,
        }
    }

    #[test]
    fn chats_do_not_wait_for_each_other_and_the_order_within_one_stays() {
        let all = [message(1, 10), message(1, 11), message(2, 20)];
        let mut queue = Queue::new();
        assert_eq!(next(&queue, &all, 0), Some(10));
        assert!(!fails(&mut queue, &all[0], &Error::Unavailable, true));
        assert_eq!(next(&queue, &all, 0), Some(20));
        assert_eq!(next(&queue, &all[..2], 0), None);
        let Next::Wait(wait) = queue.next(&all[..2], NOW) else {
            panic!("the first message isn't tried again");
        };
        assert_eq!(next(&queue, &all, wait.as_millis() as i64), Some(10));
        // Its writer took it back, in another tab or here: what stood behind it goes at once.
        assert_eq!(next(&queue, &all[1..], 0), Some(11));
        queue.forget(ClientId(10));
        assert_eq!(next(&queue, &all[1..], 0), Some(11));
        assert!(matches!(queue.next(&[], NOW), Next::Nothing));
    }

    #[test]
    fn what_is_shown_as_not_sent_holds_nothing_up() {
        let mut all = [message(1, 10), message(1, 11)];
        all[0].refused = Some(Refused::Blocked);
        assert_eq!(next(&Queue::new(), &all, 0), Some(11));
    }

    #[test]
    fn its_writer_is_told_when_the_server_is_there_and_does_not_take_it() {
        let it = message(1, 10);
        let foreign = [
            Error::Unavailable,
            Error::Malformed,
            Error::Internal { id: "1".into() },
        ];
        for error in foreign {
            let mut queue = Queue::new();
            let told = [1, 2, 3, 4].map(|_| fails(&mut queue, &it, &error, true));
            assert_eq!(told, [false, false, false, true], "{error:?}");
        }
        // Whoever answers, it isn't the server.
        let mut queue = Queue::new();
        assert!((0..50).all(|_| !fails(&mut queue, &it, &Error::Unavailable, false)));
        assert!(fails(&mut queue, &it, &Error::Unavailable, true));
    }

    #[test]
    fn a_lost_connection_is_no_refusal_and_holds_up_nothing_when_it_is_back() {
        let it = message(1, 10);
        let mut queue = Queue::new();
        assert!((0..50).all(|_| !fails(&mut queue, &it, &Error::Offline, false)));
        assert!(!fails(&mut queue, &it, &Error::Offline, true));
        assert_eq!(next(&queue, std::slice::from_ref(&it), 0), Some(10));
        // Cut off again and again by what doesn't like the text.
        let told = [2, 3, 4, 5, 6, 7, 8].map(|_| fails(&mut queue, &it, &Error::Offline, true));
        assert_eq!(told, [false, false, false, false, false, false, true]);
    }

    #[test]
    fn only_the_servers_own_word_is_a_refusal() {
        let reason = common::permissions::Reason::Archived;
        assert_eq!(refusal(&Error::Denied(reason)), Some(Refused::Denied));
        assert_eq!(refusal(&Error::NotFound), Some(Refused::Gone));
        assert_eq!(refusal(&Error::Invalid(vec![])), Some(Refused::TooLong));
        for other in [Error::Unavailable, Error::Malformed, Error::Offline] {
            assert_eq!(refusal(&other), None);
        }
    }

    #[test]
    fn what_waited_for_half_a_day_is_asked_about_once() {
        let mut it = message(1, 10);
        let after = |hours: i64| Timestamp(NOW.0 + hours * 60 * 60 * 1000 + 1);
        assert!(!stale(&it, after(11)));
        assert!(stale(&it, after(12)));
        it.refused = Some(Refused::Stale);
        assert!(!stale(&it, after(12)));
    }
}
