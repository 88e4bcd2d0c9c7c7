//! What happens to messages after they were sent: deletions, and catching up with what was missed.

use backend::schema::messages;
use common::accounts::ChangeName;
use common::chats::{
    Author, ChatEvent, DeleteMessage, GetChanges, GetMessages, Message, Missing, Page, SendMessage,
    Thread,
};
use common::error::Error;
use common::people::GrantRole;
use common::permissions::{CHANGE_MS, Reason, Role};
use common::realtime::{Event, State};
use common::{ChatId, ClientId, Name};
use diesel::QueryDsl as _;
use diesel_async::RunQueryDsl as _;
use tests::place::{CLASS, SCHOOL, SCHOOL_CHANNEL, STUDENTS_CHAT};
use tests::{Actor, TestSchool};

fn say(number: u128) -> SendMessage {
    SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(number),
        body: format!("Сообщение {number}"),
    }
}

fn delete(seq: i64) -> DeleteMessage {
    DeleteMessage {
        chat: STUDENTS_CHAT,
        seq,
    }
}

#[tokio::test]
async fn a_deleted_message_is_gone_for_everybody_but_not_from_the_database() {
    let school = TestSchool::open().await;
    school.student.does(say(1)).await;
    let sent = school.student.does(say(2)).await;
    let deleted = school.student.does(delete(2)).await;
    let expected = Message {
        body: String::new(),
        version: 1,
        deleted: true,
        ..sent
    };
    assert_eq!(deleted, expected);
    let told = Event::Chat(ChatEvent::Changed {
        chat: STUDENTS_CHAT,
        message: deleted.clone(),
    });
    for reader in [&school.student, &school.classmate, &school.class_teacher] {
        assert_eq!(reader.heard(), std::slice::from_ref(&told));
        let state = reader.state().await;
        let chat = state.chats.0[&STUDENTS_CHAT].clone();
        let read = deleted.clone().read_by(state.me.id);
        assert_eq!((chat.last_change, chat.last), (1, Some(read)));
    }
    assert_eq!(
        school
            .everybody()
            .filter(|it| !it.heard().is_empty())
            .count(),
        3
    );
    let kept: String = messages::table
        .find((STUDENTS_CHAT, 2))
        .select(messages::body)
        .first(&mut *school.conn().await)
        .await
        .unwrap();
    assert_eq!(kept, "Сообщение 2");
}

#[tokio::test]
async fn a_repeat_of_a_deletion_or_of_the_sending_changes_nothing() {
    let school = TestSchool::open().await;
    school.student.does(say(1)).await;
    let deleted = school.student.does(delete(1)).await;
    assert_eq!(school.student.does(delete(1)).await, deleted);
    assert!(school.classmate.heard().is_empty());
    // The phone never got the answer and sends once more.
    assert_eq!(school.student.does(say(1)).await, deleted);
    assert!(school.classmate.heard().is_empty());
    let other = school.student.does(say(2)).await;
    assert_eq!((other.seq, other.version), (2, 0));
    assert_eq!(school.student.does(delete(2)).await.version, 2);
}

#[tokio::test]
async fn only_ones_own_message_is_deleted_and_not_for_ever() {
    let school = TestSchool::open().await;
    school.student.does(say(1)).await;
    for other in [&school.classmate, &school.class_teacher] {
        let refused = other.fails(delete(1)).await;
        assert_eq!(refused, Error::Denied(Reason::AuthorOnly));
    }
    for outsider in [&school.parent, &school.other_student, &school.operator] {
        assert_eq!(outsider.fails(delete(1)).await, Error::NotFound);
    }
    for none in [0, -1, 2, i64::MAX, i64::MIN] {
        assert_eq!(school.student.fails(delete(none)).await, Error::NotFound);
    }
    school.wait_ms(CHANGE_MS);
    school.student.does(delete(1)).await;
    school.student.does(say(2)).await;
    school.wait_ms(CHANGE_MS + 1);
    let refused = school.student.fails(delete(2)).await;
    assert_eq!(refused, Error::Denied(Reason::TooLate));
    school.student.does(say(3)).await;
    let archive = format!("UPDATE classes SET archived_at = created_at WHERE id = {CLASS}");
    school.sql(&archive).await;
    let refused = school.student.call(delete(3)).await;
    assert_eq!(refused, Err(Error::Denied(Reason::Archived)));
}

#[tokio::test]
async fn a_post_is_deleted_from_a_channel() {
    let school = TestSchool::open().await;
    let post = SendMessage {
        chat: SCHOOL_CHANNEL,
        ..say(1)
    };
    school.admin.does(post).await;
    let delete = DeleteMessage {
        chat: SCHOOL_CHANNEL,
        seq: 1,
    };
    assert!(school.admin.does(delete).await.deleted);
    assert!(!school.parent.heard().is_empty());
}

#[tokio::test]
async fn deletions_at_the_same_time_take_each_number_once() {
    let school = TestSchool::open().await;
    for number in 1..=20 {
        school.student.call(say(number)).await.unwrap();
    }
    school.check().await;
    // Each twice.
    let deletions = (0..40).map(|each| school.student.call(delete(1 + each % 20)));
    let answers = futures_util::future::join_all(deletions).await;
    let mut versions: Vec<i64> = answers.into_iter().map(|it| it.unwrap().version).collect();
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions, (1..=20).collect::<Vec<_>>());
    school.check().await;
    // Told in their order: nobody asks for what seems to be missing.
    let heard = school.classmate.heard().into_iter();
    let told: Vec<i64> = heard
        .filter_map(|event| match event {
            Event::Chat(ChatEvent::Changed { message, .. }) => Some(message.version),
            _ => None,
        })
        .collect();
    assert_eq!(told, versions);
}

#[tokio::test]
async fn changes_come_in_pages_and_only_of_what_is_held() {
    let school = TestSchool::offline().await;
    school
        .sql(
            "INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at, version, deleted_at)
             SELECT 1, n, 5, gen_random_uuid(), 'Сообщение ' || n, '2026-11-16 06:00:00+00',
                    201 - n, '2026-11-16 07:00:00+00'
             FROM generate_series(1, 200) AS n;
             UPDATE chats SET last_seq = 200, last_change = 205 WHERE id = 1;",
        )
        .await;
    let ask = |after, first, last| {
        school.classmate.call(GetChanges {
            chat: STUDENTS_CHAT,
            after,
            first,
            last,
        })
    };
    let versions = |messages: &[Message]| messages.iter().map(|it| it.version).collect::<Vec<_>>();
    for (after, from, to, up_to) in [(0, 1, 50, 50), (50, 51, 100, 100), (180, 181, 200, 205)] {
        let changes = ask(after, 1, 200).await.unwrap();
        assert_eq!(versions(&changes.messages), (from..=to).collect::<Vec<_>>());
        assert_eq!(changes.up_to, up_to);
        assert!(
            changes
                .messages
                .iter()
                .all(|it| it.body.is_empty() && it.deleted)
        );
    }
    let few = ask(0, 101, 120).await.unwrap();
    assert_eq!(versions(&few.messages), (81..=100).collect::<Vec<_>>());
    assert_eq!(few.up_to, 205);
    for (after, first, last) in [(205, 1, 200), (i64::MAX, 1, 200), (0, 300, 400), (0, 9, 3)] {
        assert!(ask(after, first, last).await.unwrap().messages.is_empty());
    }
}

/// How the actor is shown as the author of what others hold; the check after each action compares it with theirs.
fn shown(school: &TestSchool, author: &Actor, chat: ChatId) -> Author {
    let event = school
        .admin
        .heard()
        .into_iter()
        .chain(school.classmate.heard());
    let authors = event.filter_map(|event| match event {
        Event::Chat(ChatEvent::Author { chat: of, author }) if of == chat => Some(author),
        _ => None,
    });
    let mut theirs = authors.filter(|one| one.id == author.id());
    theirs.next().unwrap()
}

#[tokio::test]
async fn names_and_roles_of_authors_follow_in_what_others_have_loaded() {
    let school = TestSchool::open().await;
    school.student.does(say(1)).await;
    school.student.does(say(2)).await;
    school.classmate.does(say(3)).await;
    let name = Name::new("Сидоров", "Пётр", None);
    school.student.does(ChangeName { name }).await;
    let author = shown(&school, &school.student, STUDENTS_CHAT);
    assert_eq!(author.name, "Сидоров Пётр");
    // The names of those who have not written there are nobody's concern.
    let silent = Name::new("Тихая", "Анна", None);
    school.other_teacher.does(ChangeName { name: silent }).await;
    let told = |it: &Event| matches!(it, Event::Chat(ChatEvent::Author { .. }));
    assert!(!school.classmate.heard().iter().any(told));

    let teacher = school.class_teacher.id();
    school.class_teacher.does(say(4)).await;
    let (school_id, account, role) = (SCHOOL, teacher, Role::Administrator);
    let grant = GrantRole {
        school: school_id,
        account,
        role,
    };
    school.admin.does(grant).await;
    let author = shown(&school, &school.class_teacher, STUDENTS_CHAT);
    assert_eq!(author.role, Role::Administrator);
}

#[tokio::test]
async fn who_was_away_gets_the_names_of_what_was_loaded() {
    let school = TestSchool::open().await;
    school.student.does(say(1)).await;
    let (actor, chat) = (&school.classmate, STUDENTS_CHAT);
    let mut reader = Forgetful {
        actor,
        state: actor.state().await,
        chance: Chance(1),
    };
    reader.restart().await;
    let page = GetMessages {
        chat,
        from: Page::Newest,
    };
    let page = actor.call(page).await.unwrap();
    let loaded = ChatEvent::History(chat, page);
    reader.state.apply(&Event::Chat(loaded));
    // What it's told is not heard.
    let name = Name::new("Сидоров", "Пётр", None);
    school.student.does(ChangeName { name }).await;
    reader.restart().await;
    reader.catch_up(chat).await;
    let thread = reader.state.threads.get(chat).unwrap();
    let names: Vec<&str> = thread
        .messages()
        .map(|it| it.author.name.as_str())
        .collect();
    assert_eq!(names, ["Сидоров Пётр"]);
}

/// Hears of what happens, but not of all of it.
struct Forgetful<'a> {
    actor: &'a Actor,
    state: State,
    chance: Chance,
}

/// A small generator of its own, so that a failure comes again.
struct Chance(u64);

impl Chance {
    /// True so many times in ten.
    fn of(&mut self, ten: u64) -> bool {
        self.below(10) < ten
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

impl Forgetful<'_> {
    fn hear(&mut self) {
        for event in self.actor.heard() {
            if self.chance.of(6) {
                self.state.apply(&event);
            }
        }
    }

    /// What a client does when it sees that something is missing.
    async fn catch_up(&mut self, chat: ChatId) {
        for _ in 0..100 {
            let event = match self.state.missing(chat) {
                None => return,
                Some(Missing::Messages(after)) => {
                    let from = Page::After(after);
                    let page = self.actor.call(GetMessages { chat, from }).await.unwrap();
                    ChatEvent::History(chat, page)
                }
                Some(Missing::Changes { after, first, last }) => {
                    let request = GetChanges {
                        chat,
                        after,
                        first,
                        last,
                    };
                    ChatEvent::Changes(chat, self.actor.call(request).await.unwrap())
                }
            };
            self.state.apply(&Event::Chat(event));
        }
        panic!("it never ends");
    }

    async fn restart(&mut self) {
        let mut fresh = self.actor.state().await;
        fresh.threads = common::chats::Threads::default();
        let before = std::mem::replace(&mut self.state, fresh);
        self.state.resume(before);
    }
}

fn content(thread: &Thread, from: i64) -> Vec<Message> {
    let held = thread.messages().filter(|message| message.seq >= from);
    held.cloned().collect()
}

#[tokio::test]
async fn who_misses_frames_ends_with_the_same_as_who_starts_anew() {
    let (mut missed_messages, mut missed_changes) = (false, false);
    for seed in 0..6 {
        let school = TestSchool::open().await;
        school.student.does(say(1000)).await;
        let chat = STUDENTS_CHAT;
        let newest = GetMessages {
            chat,
            from: Page::Newest,
        };
        let mut reader = Forgetful {
            actor: &school.classmate,
            state: school.classmate.state().await,
            chance: Chance(seed),
        };
        let mut next = Chance(100 + seed);
        let mut own = vec![1];
        for step in 0..60 {
            if next.of(5) && !own.is_empty() {
                let place = usize::try_from(next.below(own.len() as u64)).unwrap();
                school.student.does(delete(own.swap_remove(place))).await;
            } else {
                own.push(school.student.does(say(step)).await.seq);
            }
            reader.hear();
            match reader.state.missing(chat) {
                Some(Missing::Messages(_)) => missed_messages = true,
                Some(Missing::Changes { .. }) => missed_changes = true,
                None => {}
            }
            // Sees by itself what it missed when something comes after it, or starts up again.
            if next.of(1) {
                reader.catch_up(chat).await;
            }
            if next.of(1) {
                reader.restart().await;
            }
        }
        reader.restart().await;
        reader.catch_up(chat).await;
        let page = school.classmate.call(newest).await.unwrap();
        let held = reader.state.threads.get(chat).unwrap();
        assert_eq!(
            content(held, page.messages[0].seq),
            page.messages,
            "seed {seed}"
        );
        assert_eq!(held.change(), page.change);
        let fresh = school.classmate.state().await;
        assert_eq!(reader.state.chats, fresh.chats);
    }
    assert!(missed_messages && missed_changes, "nothing was dropped");
}
