//! What goes out, and to which connections.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::accounts::AccountEvent;
use common::chats::ChatEvent;
use common::realtime::{Event, ServerFrame};
use common::schools::SchoolEvent;
use common::{AccountId, ChatId, SchoolId};

use super::connection::{Close, Connection, Subscriptions, remove, types};
use super::joining::Joining;
use super::outgoing::{Origin, Outgoing, Recipients, What};
use super::{frames, lock};

#[derive(Default)]
pub(super) struct Inner {
    pub(super) accounts: HashMap<AccountId, Vec<Arc<Connection>>>,
    pub(super) chats: HashMap<ChatId, Vec<Arc<Connection>>>,
    pub(super) schools: HashMap<SchoolId, Vec<Arc<Connection>>>,
    pub(super) operators: Vec<Arc<Connection>>,
    pub(super) joining: Joining,
    pub(super) stopping: bool,
}

impl Inner {
    /// Whether a connection of the account is subscribed, so that its staff was told of it.
    pub(super) fn present(&self, account: AccountId) -> bool {
        let mut connections = self.accounts.get(&account).into_iter().flatten();
        connections.any(|connection| connection.subscribed.load(Ordering::Acquire))
    }

    /// Ends what the connection is told of, and returns it.
    pub(super) fn detach(&mut self, connection: &Arc<Connection>) -> Subscriptions {
        let before = std::mem::take(&mut *lock(&connection.subscriptions));
        for chat in before.chats.keys() {
            remove(&mut self.chats, chat, connection);
        }
        for school in before.schools.keys() {
            remove(&mut self.schools, school, connection);
        }
        before
    }

    /// Of the staff: all of the school.
    fn connections(&self, recipients: Recipients) -> Option<&Vec<Arc<Connection>>> {
        match recipients {
            Recipients::Account(account) => self.accounts.get(&account),
            Recipients::Chat(chat) => self.chats.get(&chat),
            Recipients::School(school) | Recipients::Staff(school) => self.schools.get(&school),
            Recipients::Operators => Some(&self.operators),
        }
    }

    /// Whatever anybody is told passes here, under the lock, so that all hear it in the same order: the
    /// place for a journal, and for a bus between servers.
    pub(super) fn send(&mut self, outgoing: &Outgoing) {
        self.joining.follow(outgoing);
        let to = outgoing.to;
        match (&outgoing.what, to) {
            (What::Event(event), Recipients::Account(account)) => {
                self.tell(to, event);
                self.follow(account, event);
            }
            (What::Event(event), _) => self.tell(to, event),
            (What::Resync, _) => self.close(to, Close::Resync, |_| true),
            (What::SessionsEnded(ended), _) => {
                self.close(to, Close::SessionEnded, |one| ended.includes(one.session));
            }
        }
    }

    fn close(&self, whose: Recipients, why: Close, which: impl Fn(&Connection) -> bool) {
        let connections = self.connections(whose).into_iter().flatten();
        connections
            .filter(|connection| which(connection))
            .for_each(|connection| connection.close(why));
    }

    fn tell(&self, recipients: Recipients, event: &Event) {
        let connections = self.connections(recipients);
        let Some(connections) = connections.filter(|all| !all.is_empty()) else {
            return;
        };
        // Who writes knows it.
        let except = match (recipients, event) {
            (Recipients::Chat(_), Event::Chat(ChatEvent::Typing { account, .. })) => Some(*account),
            _ => None,
        };
        let staff_of = match recipients {
            Recipients::Staff(school) => Some(school),
            Recipients::Account(_)
            | Recipients::Chat(_)
            | Recipients::School(_)
            | Recipients::Operators => None,
        };
        let Ok(frame) = serde_json::to_string(&ServerFrame::Event(event.clone())) else {
            tracing::error!(?event, "an event that can't be serialised");
            return;
        };
        let frame = frames::text(&frame);
        for connection in connections {
            let told = except != Some(connection.account)
                && staff_of.is_none_or(|school| {
                    lock(&connection.subscriptions).schools.get(&school) == Some(&true)
                });
            if told {
                connection.push(frame.clone());
            }
        }
    }

    /// Tells the staff of these schools that a person has come or gone.
    pub(super) fn presence(&mut self, account: AccountId, schools: &[SchoolId], online: bool) {
        for school in schools {
            let from = Origin {
                school: Some(*school),
                by: Some(account),
            };
            let event = Event::Online { account, online };
            self.send(&Outgoing::event(Recipients::Staff(*school), event, from));
        }
    }

    fn follow(&mut self, account: AccountId, event: &Event) {
        let Some(connections) = self.accounts.get(&account).cloned() else {
            return;
        };
        let (mut came, mut gone, mut still) = (None, None, Vec::new());
        for connection in connections {
            let mut mine = lock(&connection.subscriptions);
            match event {
                Event::Chat(ChatEvent::Chat(chat)) => {
                    if mine
                        .chats
                        .insert(chat.id, types(chat.kind, chat.writes()))
                        .is_none()
                    {
                        self.chats
                            .entry(chat.id)
                            .or_default()
                            .push(Arc::clone(&connection));
                    }
                }
                Event::Chat(ChatEvent::Left(chat)) => {
                    mine.chats.remove(chat);
                    remove(&mut self.chats, chat, &connection);
                }
                Event::School(SchoolEvent::Mine(school)) => {
                    if mine
                        .schools
                        .insert(school.id, Recipients::staff(school.roles))
                        .is_none()
                    {
                        came = Some(school.id);
                        self.schools
                            .entry(school.id)
                            .or_default()
                            .push(Arc::clone(&connection));
                    }
                }
                Event::School(SchoolEvent::Left(school)) => {
                    mine.schools.remove(school);
                    gone = Some(*school);
                    still = mine.schools.keys().copied().collect();
                    remove(&mut self.schools, school, &connection);
                }
                Event::Account(AccountEvent::Changed(me)) => mine.name = me.name.short(),
                _ => continue,
            }
            connection.changes.fetch_add(1, Ordering::Release);
        }
        if let Some(school) = came {
            self.presence(account, &[school], true);
        }
        if let Some(school) = gone {
            self.presence(account, &[school], false);
            // Staff of both schools still see the person online.
            self.presence(account, &still, true);
        }
    }
}
