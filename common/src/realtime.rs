//! What the server tells a connected person, and the one reducer.
//!
//! `State::apply` is pure and idempotent; answers, socket frames and optimistic local events go
//! through it, and nothing else writes the state. Reconnecting is starting up again.

mod rights;
mod touched;

use serde::{Deserialize, Serialize};

use crate::accounts::{AccountEvent, Me};
use crate::chats::{ChatEvent, Chats, Missing, Threads};
use crate::endpoint;
use crate::id::{AccountId, ChatId, SchoolId};
use crate::invites::{InviteEvent, MyRequest};
use crate::parents::{Child, ParentEvent};
use crate::permissions::{Action, Scope};
use crate::schools::{MySchool, SchoolEvent};

pub use touched::Touched;

/// All that a signed-in client keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub me: Me,
    pub schools: Vec<MySchool>,
    pub requests: Vec<MyRequest>,
    pub children: Vec<Child>,
    pub chats: Chats,
    /// What is loaded of conversations. A fresh state has nothing of them: see [`State::resume`].
    #[serde(skip)]
    pub threads: Threads,
    /// Who of the person's schools is online, where the person may see it (staff). In ascending order.
    pub online: Vec<AccountId>,
}

endpoint! {
    /// Start-up and reconnection: everything that the first screen needs, in one answer.
    GetState {}
    GET "/api/state" => State,
    needs |request| Action::UseAccount, in Scope::Installation
}

endpoint! {
    /// On which the server says [`ServerFrame`]s and hears [`ClientFrame`]s.
    OpenSocket {}
    GET "/socket" => socket,
    needs |request| Action::UseAccount, in Scope::Installation
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Account(AccountEvent),
    School(SchoolEvent),
    Invite(InviteEvent),
    Parent(ParentEvent),
    Chat(ChatEvent),
    Online {
        account: AccountId,
        online: bool,
    },
    /// What screens fetched for themselves is another now. Not of the state.
    Touched(Touched),
}

impl State {
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Account(AccountEvent::Changed(me)) => self.me = me.clone(),
            Event::School(event) => self.apply_school(event),
            Event::Invite(event) => self.apply_invite(event),
            Event::Parent(event) => self.apply_parent(event),
            Event::Chat(event) => {
                let event = self.threads.right(self.me.id, event);
                self.chats.apply(self.me.id, &event);
                self.threads.apply(&self.chats, &event);
            }
            Event::Online { account, online } => {
                match (self.online.binary_search(account), *online) {
                    (Err(place), true) => self.online.insert(place, *account),
                    (Ok(place), false) => drop(self.online.remove(place)),
                    _ => {}
                }
            }
            Event::Touched(_) => {}
        }
    }

    fn apply_school(&mut self, event: &SchoolEvent) {
        match event {
            SchoolEvent::Mine(school) => {
                put(&mut self.schools, school, |school| school.id);
            }
            SchoolEvent::Left(school) => {
                self.schools.retain(|mine| mine.id != *school);
                self.children.retain(|child| child.school != *school);
                self.chats.0.retain(|_, chat| chat.school != *school);
                let chats = &self.chats.0;
                self.threads.keep(|chat| chats.contains_key(&chat));
            }
            SchoolEvent::Changed {
                school,
                short_name,
                time_zone,
            } => {
                for mine in self.schools.iter_mut().filter(|mine| mine.id == *school) {
                    mine.short_name.clone_from(short_name);
                    mine.time_zone.clone_from(time_zone);
                }
                let children = self.children.iter_mut();
                for child in children.filter(|child| child.school == *school) {
                    child.school_name.clone_from(short_name);
                }
            }
        }
    }

    fn apply_invite(&mut self, event: &InviteEvent) {
        match event {
            InviteEvent::Request(request) => put(&mut self.requests, request, |request| request.id),
            InviteEvent::RequestAccepted(id) | InviteEvent::RequestClosed(id) => {
                self.requests.retain(|request| request.id != *id);
            }
        }
    }

    fn apply_parent(&mut self, event: &ParentEvent) {
        match event {
            ParentEvent::Child(child) => put(&mut self.children, child, |child| child.link),
            ParentEvent::ChildRemoved(link) => self.children.retain(|child| child.link != *link),
        }
    }

    /// Whether a person is online, as far as one may see it.
    #[must_use]
    pub fn sees_online(&self, account: AccountId) -> bool {
        self.online.binary_search(&account).is_ok()
    }

    /// True of an event after which the client starts up again: who just joined a school, left it or
    /// changed roles in it sees more or less than any event could carry.
    #[must_use]
    pub fn outgrown_by(&self, event: &Event) -> bool {
        match event {
            Event::School(SchoolEvent::Mine(school)) => self
                .school(school.id)
                .is_none_or(|mine| mine.roles != school.roles),
            Event::School(SchoolEvent::Left(school)) => self.school(*school).is_some(),
            _ => false,
        }
    }

    /// What was loaded of conversations before a start-up goes on in the state that it brought:
    /// [`State::missing`] says what came meanwhile.
    pub fn resume(&mut self, before: Self) {
        if before.me.id != self.me.id {
            return;
        }
        self.threads = before.threads;
        self.threads.resumed();
        let chats = &self.chats.0;
        self.threads.keep(|chat| chats.contains_key(&chat));
    }

    /// What the loaded part of a chat lacks, to be asked for; None: nothing, or nothing is loaded.
    #[must_use]
    pub fn missing(&self, chat: ChatId) -> Option<Missing> {
        self.threads.missing(&self.chats, chat)
    }

    #[must_use]
    pub fn school(&self, id: SchoolId) -> Option<&MySchool> {
        self.schools.iter().find(|school| school.id == id)
    }
}

/// Replaces the entry with the same id, or adds it in the order of ids.
fn put<T: Clone, I: Ord>(list: &mut Vec<T>, entry: &T, id: impl Fn(&T) -> I) {
    match list.binary_search_by_key(&id(entry), &id) {
        Ok(place) => list[place] = entry.clone(),
        Err(place) => list.insert(place, entry.clone()),
    }
}

/// The version of what client and server say to each other. Raise it with every change that a client
/// of the version before would not understand or would do wrong: an event or an answer that has
/// another form or a new word in an enum, a request that needs a new field, an endpoint that is gone.
/// What an older client may leave alone (a new endpoint, a new field of an answer) needs no other one.
pub const PROTOCOL: u32 = 8;

/// What the server sends over the socket. A frame is one JSON text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every frame is an event, and lives for one match"
)]
pub enum ServerFrame {
    /// From here on nothing is missed. Whoever fetches [`GetState`] after it and applies the frames
    /// that follow has the truth; events before it are in that state already.
    Ready {
        /// The server's [`PROTOCOL`]: a client of another one loads its program again.
        version: u32,
    },
    Event(Event),
    /// The answer to [`ClientFrame::Alive`]: the connection still leads here.
    Alive,
}

/// What the client sends over the socket; everything that lasts goes through endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFrame {
    /// Still here; answered by [`ServerFrame::Alive`]. Every 30 seconds.
    Alive,
    Typing(ChatId),
}

/// The socket's close code for a client that may have missed something, or was too slow to be kept:
/// start up again.
pub const CLOSE_RESYNC: u16 = 4000;
/// The session was ended.
pub const CLOSE_SESSION_ENDED: u16 = 4001;
/// Too many sockets of the account are open, and this was the oldest. Whoever came back by itself would only
/// end the next one, which would come back: wait for the person.
pub const CLOSE_ELSEWHERE: u16 = 4002;
/// The server stops; come back in a moment.
pub const CLOSE_RESTART: u16 = 1012;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{from_str, to_string};

    /// Every later server says `Ready` so that this client reads the version in it.
    #[test]
    fn the_version_is_read_whatever_else_a_later_server_says() {
        let ready = ServerFrame::Ready { version: 1 };
        assert_eq!(to_string(&ready).unwrap(), r#"{"ready":{"version":1}}"#);
        let later = r#"{"ready":{"server":{"name":"b","load":[0.5]},"version":70000}}"#;
        let version = 70_000;
        assert_eq!(from_str(later), Ok(ServerFrame::Ready { version }));
    }

    #[test]
    fn what_a_later_server_tells_is_an_error_and_no_panic() {
        for later in [
            r#"{"event":{"weather":{"rain":0.5}}}"#,
            r#"{"event":{"chat":{"reaction":{"chat":1,"seq":2}}}}"#,
            r#"{"event":{"chat":"cleared"}}"#,
            r#"{"events":[{"online":{"account":1,"online":true}}]}"#,
            r#""restarting""#,
            "[1,2]",
            "",
        ] {
            assert!(from_str::<ServerFrame>(later).is_err(), "{later}");
        }
    }
}
