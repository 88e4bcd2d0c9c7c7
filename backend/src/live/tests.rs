use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use common::Name;
use common::accounts::{AccountEvent, Me};
use common::chats::{Author, Chat};
use common::permissions::{ChatKind, Reason, Role, Roles};
use common::realtime::ServerFrame;
use common::schools::{MySchool, SchoolEvent};

use super::connection::{QUEUE_BYTES, QUEUE_FRAMES};
use super::*;
use crate::actor::Actor;
use crate::secret::Hash;

const SCHOOL: SchoolId = SchoolId(1);
const STAFF: AccountId = AccountId(1);
const PERSON: AccountId = AccountId(2);

fn of(staff: bool) -> Subscriptions {
    Subscriptions {
        name: "Иванов Пётр".into(),
        chats: HashMap::new(),
        schools: HashMap::from([(SCHOOL, staff)]),
    }
}

fn hub() -> Hub {
    Hub::new(Bursts::default(), &Clock::System)
}

fn connect(hub: &Hub, account: AccountId) -> Arc<Connection> {
    hub.connect(account, SessionId(account.0), false)
}

/// A connection of staff that hears who comes and goes.
fn watch(hub: &Hub) -> Arc<Connection> {
    let staff = connect(hub, STAFF);
    assert!(hub.subscribe(&staff, of(true), 0));
    heard(&staff);
    staff
}

fn tell(hub: &Hub, to: Recipients, event: &Event) {
    hub.send(&Outgoing::event(to, event.clone(), Origin::default()));
}

fn heard(connection: &Connection) -> Vec<String> {
    let mut queue = lock(&connection.queue);
    let text = |frame: Bytes| String::from_utf8_lossy(&frame[head(&frame)..]).into_owned();
    queue.frames.drain(..).map(text).collect()
}

/// Bytes before the text of a server's frame.
fn head(frame: &[u8]) -> usize {
    match frame[1] {
        126 => 4,
        127 => 10,
        _ => 2,
    }
}

fn presence(connection: &Connection) -> Vec<bool> {
    let online = |frame: &String| match serde_json::from_str(frame) {
        Ok(ServerFrame::Event(Event::Online { account, online })) if account == PERSON => {
            Some(online)
        }
        _ => None,
    };
    heard(connection).iter().filter_map(online).collect()
}

#[test]
fn joining_while_the_list_loads_subscribes_once() {
    let hub = hub();
    let person = connect(&hub, PERSON);
    let joined = Event::School(SchoolEvent::Mine(MySchool {
        id: SCHOOL,
        short_name: String::new(),
        time_zone: String::new(),
        roles: Roles::NONE,
        leads: Vec::new(),
        waiting: 0,
    }));
    tell(&hub, Recipients::Account(PERSON), &joined);
    assert!(!hub.subscribe(&person, Subscriptions::default(), 0));
    assert!(hub.subscribe(&person, of(false), person.changes()));
    heard(&person);
    tell(&hub, Recipients::School(SCHOOL), &joined);
    assert_eq!(heard(&person).len(), 1);
}

#[test]
fn a_person_is_gone_with_the_last_subscribed_connection() {
    let hub = hub();
    let staff = watch(&hub);
    let (one, other) = (connect(&hub, PERSON), connect(&hub, PERSON));
    assert!(hub.subscribe(&one, of(false), 0));
    assert_eq!(presence(&staff), [true]);
    // The other one still loads, and fails.
    hub.disconnect(&one);
    assert_eq!(presence(&staff), [false]);
    hub.disconnect(&other);
    assert!(presence(&staff).is_empty());
    assert_eq!(hub.online(), [STAFF]);
}

#[test]
fn two_browsers_of_a_person_come_and_go_once() {
    let hub = hub();
    let staff = watch(&hub);
    let (one, other) = (connect(&hub, PERSON), connect(&hub, PERSON));
    assert!(hub.subscribe(&one, of(false), 0));
    assert!(hub.subscribe(&other, of(false), 0));
    hub.disconnect(&one);
    assert_eq!(presence(&staff), [true]);
    hub.disconnect(&other);
    assert_eq!(presence(&staff), [false]);
}

#[test]
fn too_many_sockets_close_the_oldest() {
    let hub = hub();
    let all: Vec<_> = (0..=MOST).map(|_| connect(&hub, PERSON)).collect();
    let closed = |it: &Arc<Connection>| lock(&it.queue).close;
    assert_eq!(closed(&all[0]), Some(Close::Elsewhere));
    assert!(all[1..].iter().all(|it| closed(it).is_none()));
    // Those that have been told to go may take their time.
    let more: Vec<_> = (0..1000).map(|_| connect(&hub, PERSON)).collect();
    let open = all.iter().chain(&more).filter(|it| closed(it).is_none());
    assert_eq!(open.count(), MOST);
    assert!(more[1000 - MOST..].iter().all(|it| closed(it).is_none()));
}

#[test]
fn who_says_nothing_is_gone_after_a_while() {
    let hub = hub();
    let staff = watch(&hub);
    let person = connect(&hub, PERSON);
    assert!(hub.subscribe(&person, of(false), 0));
    let sweep = || {
        staff.heard();
        hub.sweep();
    };
    for _ in 0..20 {
        person.heard();
        taken(&person);
        taken(&staff);
        sweep();
    }
    assert_eq!(hub.online().len(), 2);
    for _ in 0..6 {
        taken(&staff);
        sweep();
    }
    assert_eq!(lock(&person.queue).close, Some(Close::Silent));
    assert_eq!(hub.online(), [STAFF]);
}

#[test]
fn who_takes_nothing_is_gone_after_a_while() {
    let hub = hub();
    let person = connect(&hub, PERSON);
    person.push(frames::text("x"));
    for _ in 0..5 {
        person.heard();
        hub.sweep();
    }
    assert_eq!(hub.connections(), 1);
    // It's told to start again, and doesn't take that either.
    person.close(Close::Resync);
    person.heard();
    hub.sweep();
    assert_eq!(hub.connections(), 0);
    let queue = lock(&person.queue);
    assert_eq!((queue.close, queue.frames.len()), (Some(Close::Silent), 0));
    assert_eq!(queue.frames.capacity(), 0);
}

#[test]
fn who_is_too_slow_starts_up_again_and_is_counted() {
    let hub = hub();
    let (slow, other) = (connect(&hub, PERSON), connect(&hub, PERSON));
    let state = |it: &Arc<Connection>| {
        let queue = lock(&it.queue);
        (queue.close, queue.frames.len())
    };
    let read = || (hub.queue().waiting, hub.queue().refused);
    for _ in 0..QUEUE_FRAMES {
        slow.push(frames::text("x"));
    }
    assert_eq!(state(&slow), (None, QUEUE_FRAMES));
    assert_eq!(read(), (QUEUE_FRAMES, 0));
    // One too many; what comes after the end isn't counted.
    for _ in 0..3 {
        slow.push(frames::text("x"));
    }
    assert_eq!(state(&slow), (Some(Close::Resync), 0));
    assert_eq!(read(), (0, 1));
    // Few, and large.
    let half = frames::text(&"x".repeat(QUEUE_BYTES / 2));
    other.push(half.clone());
    assert_eq!(state(&other), (None, 1));
    other.push(half);
    assert_eq!(state(&other), (Some(Close::Resync), 0));
    assert_eq!(read(), (0, 2));
}

#[test]
fn who_may_not_write_is_not_seen_writing_and_the_name_is_the_newest() {
    let hub = hub();
    let (staff, person) = (connect(&hub, STAFF), connect(&hub, PERSON));
    let chat = ChatId(7);
    let reads = |types| Subscriptions {
        chats: HashMap::from([(chat, types)]),
        ..of(true)
    };
    assert!(hub.subscribe(&staff, reads(true), 0));
    assert!(hub.subscribe(&person, reads(false), 0));
    let mut now = Timestamp(0);
    let mut seen = || {
        heard(&staff);
        now = now.plus_ms(TYPING_EVERY);
        hub.typing(&person, chat, now);
        let typing = |frame: &String| match serde_json::from_str(frame) {
            Ok(ServerFrame::Event(Event::Chat(ChatEvent::Typing { name, .. }))) => Some(name),
            _ => None,
        };
        heard(&staff).iter().find_map(typing)
    };
    assert_eq!(seen(), None);
    let listed = |closed| Chat {
        id: chat,
        school: SCHOOL,
        class: None,
        kind: ChatKind::Direct,
        title: String::new(),
        peer: None,
        staff_room: false,
        closed,
        last_seq: 0,
        last_change: 0,
        read_seq: 0,
        deleted: Vec::new(),
        others_read_seq: 0,
        last: None,
    };
    let me = Recipients::Account(PERSON);
    tell(&hub, me, &Event::Chat(ChatEvent::Chat(listed(None))));
    assert_eq!(seen().as_deref(), Some("Иванов Пётр"));
    let renamed = Me {
        id: PERSON,
        name: Name::new("Иванов", "Павел", None),
        phone: None,
        login: None,
        birth_date: None,
        operator: false,
    };
    tell(&hub, me, &Event::Account(AccountEvent::Changed(renamed)));
    assert_eq!(seen().as_deref(), Some("Иванов Павел"));
    let closed = listed(Some(Reason::NoContact));
    tell(&hub, me, &Event::Chat(ChatEvent::Chat(closed)));
    assert_eq!(seen(), None);
}

#[test]
fn what_is_told_before_somebody_is_let_in_is_noticed() {
    let hub = hub();
    let chat = ChatId(7);
    let watch = || hub.watch([chat].into_iter()).remove(&chat).unwrap();
    let to = Recipients::Chat(chat);
    let read = Event::Chat(ChatEvent::Read {
        chat,
        account: STAFF,
        seq: 1,
    });
    tell(&hub, to, &read);
    let (first, second) = (watch(), watch());
    tell(&hub, Recipients::Chat(ChatId(8)), &read);
    let typing = ChatEvent::Typing {
        chat,
        account: STAFF,
        name: String::new(),
    };
    tell(&hub, to, &Event::Chat(typing));
    assert!(!first.told());
    tell(&hub, to, &read);
    assert!(first.told() && second.told());
    let third = watch();
    assert!(!third.told());
    hub.send(&Outgoing::resync(to, Origin::default()));
    assert!(third.told());
    drop((first, second, third));
    drop(hub.watch(std::iter::empty()));
    assert!(lock(&hub.inner).joining.is_empty());
}

#[test]
fn a_session_that_has_ended_is_believed_no_more() {
    let hub = hub();
    let now = Timestamp(0);
    let learn = |session: i64| {
        let actor = Actor {
            account: PERSON,
            session: SessionId(session),
            operator: false,
            name: Name::new("Иванов", "Пётр", None),
        };
        let token = [u8::try_from(session).unwrap(); 32];
        let (_, moment) = hub.sessions.believed(&token, now);
        hub.sessions.learn(token, Some(&actor), moment, now);
        (token, hub.connect(PERSON, SessionId(session), false))
    };
    let all: Vec<_> = (1..=3).map(learn).collect();
    let state = || -> Vec<(bool, Option<Close>)> {
        let of = |(token, connection): &(Hash, Arc<Connection>)| {
            let believed = matches!(hub.sessions.believed(token, now).0, Shown::Believed(_));
            (believed, lock(&connection.queue).close)
        };
        all.iter().map(of).collect()
    };
    let end = |account, ended| {
        hub.send(&Outgoing {
            to: Recipients::Account(account),
            what: What::SessionsEnded(ended),
            from: Origin::default(),
        });
    };
    let (here, gone) = ((true, None), (false, Some(Close::SessionEnded)));
    end(STAFF, Ended::All);
    assert_eq!(state(), [here, here, here]);
    end(PERSON, Ended::One(SessionId(1)));
    assert_eq!(state(), [gone, here, here]);
    end(PERSON, Ended::AllBut(SessionId(3)));
    assert_eq!(state(), [gone, gone, here]);
    // Nobody knows whether it was ended.
    let lost = Outgoing::resync(Recipients::Account(PERSON), Origin::default());
    hub.send(&lost);
    assert_eq!(state(), [gone, gone, (false, Some(Close::Resync))]);
}

/// Takes what waits, as the socket's task does.
fn taken(connection: &Connection) {
    let mut context = Context::from_waker(Waker::noop());
    let all = |_: &mut Context<'_>, bytes: &[u8]| Poll::Ready(Ok(bytes.len()));
    let _ = connection.poll_write(&mut context, all);
}

#[test]
fn an_author_is_forgotten_with_the_name_and_an_old_answer_is_not_believed() {
    let hub = hub();
    let author = |name: &str| Author {
        id: PERSON,
        name: name.to_owned(),
        role: Role::Teacher,
    };
    let read = || [((SCHOOL, PERSON), author("Old"))].into();
    let known = || {
        hub.authors
            .of(SCHOOL, [PERSON].into_iter())
            .0
            .remove(&PERSON)
    };
    let (_, before) = hub.authors.of(SCHOOL, [PERSON].into_iter());
    hub.authors.learn(&read(), before);
    assert_eq!(known(), Some(author("Old")));
    let left = Event::School(SchoolEvent::Left(SCHOOL));
    tell(&hub, Recipients::Account(STAFF), &left);
    assert_eq!(known(), Some(author("Old")));
    let (_, before) = hub.authors.of(SCHOOL, [PERSON].into_iter());
    tell(&hub, Recipients::Account(PERSON), &left);
    assert_eq!(known(), None);
    hub.authors.learn(&read(), before);
    assert_eq!(known(), None);
    // Whom it might have been told of, too.
    for recipients in [Recipients::School(SCHOOL), Recipients::Account(PERSON)] {
        let (_, before) = hub.authors.of(SCHOOL, [PERSON].into_iter());
        hub.authors.learn(&read(), before);
        assert_eq!(known(), Some(author("Old")));
        hub.send(&Outgoing::resync(recipients, Origin::default()));
        assert_eq!(known(), None);
    }
}
