//! What holds after everything that anybody does: old state + events = fresh state, loaded parts of
//! conversations included, and nobody has heard what isn't theirs.

use std::collections::{HashMap, HashSet};
use std::panic::Location;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use backend::live::{Origin, Outgoing, Recipients};
use common::accounts::AccountEvent;
use common::chats::{
    Chat, ChatEvent, GetChanges, GetMessages, History, KEPT, Message, Missing, Page,
};
use common::endpoint::Endpoint;
use common::invites::InviteEvent;
use common::parents::ParentEvent;
use common::realtime::{Event, GetState, State, Touched};
use common::schools::SchoolEvent;
use common::{AccountId, ChatId};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;
use futures_util::future::join_all;

use crate::actor::Browser;
use crate::difference::difference;
use crate::http;
use crate::school::World;
use crate::socket::marker;

impl World {
    /// The browsers with an open socket.
    pub(crate) async fn online(&self) -> Vec<Arc<Browser>> {
        let all: Vec<Arc<Browser>> = {
            let browsers = self.browsers.lock().unwrap();
            browsers.iter().filter_map(Weak::upgrade).collect()
        };
        let mut online = Vec::new();
        for browser in all {
            if browser.socket.lock().await.is_some() {
                online.push(browser);
            }
        }
        online
    }

    pub(crate) async fn check(&self, at: &Location<'_>) {
        self.hear_everything().await;
        let rights = Rights::load(self).await;
        let online = self.online().await;
        for browser in &online {
            let touched = browser.touched().into_iter().map(Event::Touched);
            for event in browser.heard().into_iter().chain(touched) {
                assert!(
                    rights.may_hear(browser.account(), &event),
                    "{at}: {} heard what isn't theirs: {event:?}",
                    browser.name
                );
            }
        }
        self.compare_members(at).await;
        let pages = Pages::default();
        join_all(
            online
                .iter()
                .map(|browser| self.compare(browser, &pages, at)),
        )
        .await;
    }

    /// Who reads a chat is written down (`chat_members`); it must be what the rule says.
    async fn compare_members(&self, at: &Location<'_>) {
        let wrong: Vec<RightRow> = sql_query(
            "WITH members AS (SELECT chat_id, account_id FROM chat_members WHERE left_at IS NULL),
                 rightful AS (SELECT chat_id, account_id FROM rightful_chat_members)
             SELECT 'in it without a right' AS kind, chat_id AS place, account_id AS account
             FROM (TABLE members EXCEPT TABLE rightful) AS more
             UNION ALL
             SELECT 'kept out', chat_id, account_id
             FROM (TABLE rightful EXCEPT TABLE members) AS fewer",
        )
        .load(&mut *self.conn().await)
        .await
        .unwrap();
        for row in &wrong {
            eprintln!(
                "chat {}: account {} is {}",
                row.place, row.account, row.kind
            );
        }
        assert!(wrong.is_empty(), "{at}: chats have the wrong members");
    }

    /// Everybody reads what waits for them; again, as long as closed sockets make others hear that
    /// someone has gone.
    async fn hear_everything(&self) {
        for browser in self
            .browsers
            .lock()
            .unwrap()
            .iter()
            .filter_map(Weak::upgrade)
        {
            browser.heard.lock().unwrap().clear();
            browser.touched.lock().unwrap().clear();
        }
        loop {
            let online = self.online().await;
            let marker = marker(1 + self.markers.fetch_add(1, Ordering::Relaxed));
            let accounts: HashSet<AccountId> = online.iter().map(|it| it.account()).collect();
            for account in accounts {
                let told = Recipients::Account(account);
                let marker = Outgoing::event(told, marker.clone(), Origin::default());
                self.app().hub.send(&marker);
            }
            let closed = join_all(online.iter().map(|browser| browser.hear(&marker))).await;
            if !closed.contains(&true) {
                break;
            }
        }
    }

    async fn compare(&self, browser: &Browser, pages: &Pages, at: &Location<'_>) {
        let mut socket = browser.socket.lock().await;
        let Some(socket) = socket.as_mut() else {
            return;
        };
        let fresh: State = self.ask(browser, &GetState {}).await;
        if socket.outgrown {
            // The client starts up again, and asks for what it may have missed.
            socket.outgrown = false;
            let before = std::mem::replace(&mut socket.state, fresh.clone());
            socket.state.resume(before);
            let kept: Vec<ChatId> = socket.state.threads.chats().collect();
            for chat in kept {
                let Some(Missing::Changes { after, first, last }) = socket.state.missing(chat)
                else {
                    continue;
                };
                let request = GetChanges {
                    chat,
                    after,
                    first,
                    last,
                };
                let changes = ChatEvent::Changes(chat, self.ask(browser, &request).await);
                socket.state.apply(&Event::Chat(changes));
            }
        }
        let threads = std::mem::take(&mut socket.state.threads);
        if socket.state != fresh {
            panic!(
                "{at}: by its events, {} doesn't know the truth:\n{}\nafter {:#?}",
                browser.name,
                difference(&socket.state, &fresh),
                browser.heard()
            );
        }
        socket.state.threads = threads;
        self.compare_threads(browser, &mut socket.state, pages, at)
            .await;
    }

    /// What is loaded of each chat is what the server has. Of chats of which nothing is, something is
    /// loaded for the next time.
    async fn compare_threads(
        &self,
        browser: &Browser,
        state: &mut State,
        pages: &Pages,
        at: &Location<'_>,
    ) {
        let chats: Vec<Chat> = state.chats.0.values().cloned().collect();
        for chat in chats {
            let page = self.newest(browser, &chat, pages).await;
            let Some(thread) = state.threads.get(chat.id) else {
                if state.threads.chats().count() < KEPT {
                    state.apply(&Event::Chat(ChatEvent::History(chat.id, page)));
                }
                continue;
            };
            let first = page
                .messages
                .iter()
                .map(|it| it.seq)
                .min()
                .unwrap_or_default();
            // The page was read by anybody, whose own messages alone have a client id in it.
            let bare = |message: Message| message.read_by(AccountId(0));
            let held: Vec<Message> = thread
                .messages()
                .filter(|message| message.seq >= first)
                .map(|message| bare(message.clone()))
                .collect();
            let page: Vec<Message> = page.messages.into_iter().map(bare).collect();
            assert_eq!(
                held, page,
                "{at}: {} holds other messages of chat {} than there are",
                browser.name, chat.id
            );
            assert_eq!(state.missing(chat.id), None, "{at}: {}", browser.name);
        }
    }

    /// The newest page of a chat, the same for all who read it.
    async fn newest(&self, browser: &Browser, chat: &Chat, pages: &Pages) -> History {
        if chat.last_seq == 0 {
            return History::default();
        }
        let mut pages = pages.lock().await;
        if let Some(page) = pages.get(&chat.id) {
            return page.clone();
        }
        let newest = GetMessages {
            chat: chat.id,
            from: Page::Newest,
        };
        let page = self.ask(browser, &newest).await;
        pages.insert(chat.id, page.clone());
        page
    }

    async fn ask<E: Endpoint>(&self, browser: &Browser, request: &E) -> E::Response {
        let request = http::request(self.address(), browser.cookie().as_deref(), request);
        let reply = http::send(self.address(), request).await;
        reply.read::<E>().unwrap()
    }
}

impl Browser {
    /// True if the server closed the socket instead.
    async fn hear(&self, marker: &Event) -> bool {
        let mut place = self.socket.lock().await;
        let Some(socket) = place.as_mut() else {
            return false;
        };
        let end = socket.hear_up_to(marker).await;
        for event in socket.heard.drain(..) {
            match event {
                Event::Touched(touched) => self.touched.lock().unwrap().push(touched),
                event => self.heard.lock().unwrap().push(event),
            }
        }
        if let Err(code) = end {
            *self.closed.lock().unwrap() = code;
            *place = None;
        }
        end.is_err()
    }
}

/// The newest pages that were fetched for one check.
type Pages = tokio::sync::Mutex<HashMap<ChatId, History>>;

/// Who belongs where, read from the tables and not by the server's own rules.
struct Rights(HashSet<(String, i64, i64)>);

#[derive(QueryableByName)]
struct RightRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = BigInt)]
    account: i64,
}

impl Rights {
    async fn load(world: &World) -> Self {
        let rows: Vec<RightRow> = sql_query(
            "SELECT 'chat' AS kind, chat_id AS place, account_id AS account
             FROM chat_members WHERE left_at IS NULL
             UNION ALL
             SELECT 'school', school_id, account_id FROM memberships WHERE ended_at IS NULL
             UNION ALL
             SELECT 'staff', school_id, account_id FROM memberships
             WHERE role IN ('administrator', 'teacher') AND ended_at IS NULL
             UNION ALL
             -- Or was: who leaves a class is told of it.
             SELECT 'class', class_id, account_id FROM class_members
             UNION ALL
             SELECT 'operator', 0, account_id FROM operators
             UNION ALL
             SELECT 'link', id, parent_id FROM guardian_links
             UNION ALL
             SELECT 'request', id, account_id FROM join_requests
             UNION ALL
             -- Of whom staff may know that they're online: who is or was in their school.
             SELECT DISTINCT 'online', theirs.account_id, mine.account_id
             FROM memberships AS mine JOIN memberships AS theirs USING (school_id)
             WHERE mine.role IN ('administrator', 'teacher') AND mine.ended_at IS NULL",
        )
        .load(&mut *world.conn().await)
        .await
        .unwrap();
        Self(
            rows.into_iter()
                .map(|row| (row.kind, row.place, row.account))
                .collect(),
        )
    }

    fn has(&self, kind: &str, place: i64, account: AccountId) -> bool {
        self.0.contains(&(kind.to_owned(), place, account.0))
    }

    fn may_hear(&self, me: AccountId, event: &Event) -> bool {
        match event {
            Event::Account(AccountEvent::Changed(changed)) => changed.id == me,
            Event::School(SchoolEvent::Mine(school)) => self.has("school", school.id.0, me),
            Event::School(SchoolEvent::Left(school)) => !self.has("school", school.0, me),
            Event::School(SchoolEvent::Changed { school, .. }) => self.has("school", school.0, me),
            Event::Invite(InviteEvent::Request(request)) => self.has("request", request.id.0, me),
            Event::Invite(
                InviteEvent::RequestAccepted(request) | InviteEvent::RequestClosed(request),
            ) => self.has("request", request.0, me),
            Event::Parent(ParentEvent::Child(child)) => self.has("link", child.link.0, me),
            Event::Parent(ParentEvent::ChildRemoved(link)) => self.has("link", link.0, me),
            Event::Chat(
                ChatEvent::Message { chat, .. }
                | ChatEvent::Changed { chat, .. }
                | ChatEvent::Author { chat, .. }
                | ChatEvent::Read { chat, .. }
                | ChatEvent::Typing { chat, .. },
            ) => self.has("chat", chat.0, me),
            Event::Chat(ChatEvent::Chat(chat)) => self.has("chat", chat.id.0, me),
            Event::Chat(ChatEvent::Left(chat)) => !self.has("chat", chat.0, me),
            Event::Chat(
                ChatEvent::Opened(_)
                | ChatEvent::History(..)
                | ChatEvent::Changes(..)
                | ChatEvent::Late(_),
            ) => unreachable!("never sent"),
            Event::Online { account, .. } => self.has("online", account.0, me),
            Event::Touched(Touched::School(school)) => self.has("staff", school.0, me),
            Event::Touched(Touched::Class { class, .. }) => self.has("class", class.0, me),
            Event::Touched(Touched::Account) => true,
            Event::Touched(Touched::Applications) => self.has("operator", 0, me),
        }
    }
}
