//! Every request that a screen of the demo school makes, one after another: the server's time for the
//! slowest.

use std::path::Path;
use std::time::{Duration, Instant};

use backend::accounts::passwords::Passwords;
use backend::clock::Clock;
use backend::database::Connection;
use backend::demo;
use common::accounts::GetSessions;
use common::channels::GetViews;
use common::chats::{GetMessages, Page};
use common::classes::{GetClass, GetStructure};
use common::endpoint::Endpoint;
use common::invites::{GetInvites, GetJoinRequests};
use common::parents::{GetChildren, GetGuardianLinks};
use common::people::{GetContacts, GetPeople};
use common::permissions::{ChatKind, Role};
use common::realtime::{GetState, State};
use common::schools::GetSchool;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};

use crate::client::Http;
use crate::place;
use crate::server::Server;

/// Each is asked so often; the middle counts.
const TIMES: usize = 9;

/// A request: which and whose, and its time in milliseconds.
pub type Timed = (f64, String);

#[derive(QueryableByName)]
struct Busiest {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = BigInt)]
    account_id: i64,
}

/// Makes the demo school, with a session for everyone: who has the most chats, of each role.
pub async fn prepare(data_dir: &Path) -> Vec<(Role, usize)> {
    place::fill(data_dir, async |mut conn: Connection, _| {
        let passwords = Passwords::new().unwrap();
        let now = Clock::System.now();
        demo::fill(&mut conn, &passwords, now).await.unwrap();
        conn.batch_execute(include_str!("sessions.sql"))
            .await
            .unwrap();
        let busiest: Vec<Busiest> = sql_query(include_str!("busiest.sql"))
            .load(&mut conn)
            .await
            .unwrap();
        let role = |name: &str| Role::parse(name).unwrap();
        busiest
            .iter()
            .map(|one| (role(&one.role), one.account_id as usize))
            .collect()
    })
    .await
}

/// Asks as each of these people: all requests, the slowest first.
pub async fn requests(server: &Server, people: &[(Role, usize)]) -> Vec<Timed> {
    let mut timed = Vec::new();
    for (role, account) in people {
        let mut visit = Visit {
            http: Http::connect(server.port, *account).await,
            role: *role,
            timed: &mut timed,
        };
        visit.all().await;
    }
    timed.sort_by(|one: &Timed, other| other.0.total_cmp(&one.0));
    timed
}

struct Visit<'a> {
    http: Http,
    role: Role,
    timed: &'a mut Vec<Timed>,
}

impl Visit<'_> {
    async fn all(&mut self) {
        let state = self.ask(GetState {}).await;
        let state: State = serde_json::from_slice(&state).unwrap();
        let school = state.schools[0].id;
        self.ask(GetSchool { school }).await;
        self.ask(GetSessions {}).await;
        self.ask(GetChildren {}).await;
        for search in ["", "Иванова"] {
            let search = search.to_owned();
            self.ask(GetContacts { school, search }).await;
        }
        let mut chats: Vec<_> = state.chats.0.values().collect();
        chats.sort_by_key(|chat| std::cmp::Reverse(chat.last_seq));
        for chat in chats.iter().take(5) {
            for from in [Page::Newest, Page::Around(chat.last_seq / 2)] {
                self.ask(GetMessages {
                    chat: chat.id,
                    from,
                })
                .await;
            }
        }
        for class in chats.iter().filter_map(|chat| chat.class).take(3) {
            self.ask(GetClass { class }).await;
        }
        if matches!(self.role, Role::Teacher | Role::Administrator) {
            let channels = chats.iter().filter(|chat| chat.kind == ChatKind::Channel);
            for channel in channels {
                let (from, to) = ((channel.last_seq - 50).max(1), channel.last_seq);
                let channel = channel.id;
                self.ask(GetViews { channel, from, to }).await;
            }
        }
        if self.role == Role::Administrator {
            self.ask(GetStructure { school }).await;
            for (search, role) in [("", None), ("Иванова", None), ("", Some(Role::Parent))] {
                let search = search.to_owned();
                self.ask(GetPeople {
                    school,
                    search,
                    role,
                    class: None,
                    page: 0,
                })
                .await;
            }
            let class = None;
            self.ask(GetInvites {
                school,
                class,
                page: 0,
            })
            .await;
            self.ask(GetJoinRequests { school, class }).await;
            self.ask(GetGuardianLinks { school, class }).await;
        }
    }

    /// The answer's body.
    async fn ask<E: Endpoint>(&mut self, request: E) -> Vec<u8> {
        let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
        let mut body = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            body = self.http.get(&request).await.to_vec();
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let milliseconds = times[TIMES / 2].as_secs_f64() * 1000.0;
        let what = format!("{} of {}", E::NAME, self.role.as_str());
        self.timed.push((milliseconds, what));
        body
    }
}
