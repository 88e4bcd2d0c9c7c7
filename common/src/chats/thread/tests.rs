use super::super::{Author, Changes, Chat};
use super::*;
use crate::permissions::{ChatKind, Role};
use crate::{AccountId, ClientId, SchoolId, Timestamp};

const CHAT: ChatId = ChatId(1);

fn message(seq: i64, version: i64) -> Message {
    Message {
        seq,
        author: Author {
            id: AccountId(1),
            name: "А".into(),
            role: Role::Teacher,
        },
        client_id: ClientId(1),
        body: String::new(),
        sent_at: Timestamp(0),
        version,
        deleted: version > 0,
    }
}

fn listed(chat: i64) -> Chat {
    Chat {
        id: ChatId(chat),
        school: SchoolId(1),
        class: None,
        kind: ChatKind::ClassStudents,
        title: "7А".into(),
        peer: None,
        staff_room: false,
        closed: None,
        last_seq: 1,
        last_change: 0,
        read_seq: 0,
        deleted: Vec::new(),
        others_read_seq: 0,
        last: None,
    }
}

fn page(from: i64, to: i64) -> History {
    History {
        messages: (from..=to).map(|seq| message(seq, 0)).collect(),
        change: 0,
    }
}

fn thread(pages: &[History]) -> Thread {
    let mut thread = Thread::default();
    pages.iter().for_each(|page| thread.take(page));
    thread
}

fn held(thread: &Thread) -> Vec<i64> {
    thread.messages().map(|message| message.seq).collect()
}

fn versions(thread: &Thread) -> Vec<i64> {
    thread.messages().map(|message| message.version).collect()
}

#[test]
fn pages_that_touch_are_joined_without_gaps_or_repeats() {
    let mut thread = thread(&[page(51, 60), page(41, 52), page(61, 61)]);
    assert_eq!(held(&thread), (41..=61).collect::<Vec<_>>());
    let before = thread.clone();
    thread.take(&page(45, 50));
    thread.take(&History::default());
    assert_eq!(thread, before);
}

#[test]
fn a_page_beyond_a_gap_takes_the_place_of_what_was_held() {
    let thread = thread(&[page(1, 50), page(52, 60)]);
    assert_eq!(held(&thread), (52..=60).collect::<Vec<_>>());
    assert!(!thread.at_start() && thread.at_end(60) && !thread.at_end(61));
}

#[test]
fn the_far_end_gives_way() {
    let size = WINDOW as i64;
    let mut thread = thread(&[page(101, 100 + size), page(51, 100)]);
    assert_eq!((thread.first(), thread.last()), (Some(51), Some(50 + size)));
    thread.arrived(&message(51 + size, 0));
    assert_eq!((thread.first(), thread.last()), (Some(52), Some(51 + size)));
}

#[test]
fn a_message_beyond_a_gap_waits_for_those_between() {
    let mut thread = thread(&[page(1, 3)]);
    thread.arrived(&message(5, 0));
    thread.arrived(&message(3, 0));
    assert_eq!(held(&thread), [1, 2, 3]);
    thread.arrived(&message(4, 0));
    assert_eq!(held(&thread), [1, 2, 3, 4]);
}

#[test]
fn changes_are_counted_without_gaps() {
    let mut thread = thread(&[page(1, 3)]);
    thread.changed(&message(2, 1));
    assert_eq!((thread.change, versions(&thread)), (1, vec![0, 1, 0]));
    // The second is missing: what the third brought is shown, and asked for again.
    thread.changed(&message(1, 3));
    assert_eq!((thread.change, versions(&thread)), (1, vec![3, 1, 0]));
    // An older one undoes nothing.
    thread.changed(&message(1, 2));
    assert_eq!((thread.change, versions(&thread)), (2, vec![3, 1, 0]));
    // Of a message that isn't held.
    thread.changed(&message(9, 3));
    assert_eq!((thread.change, versions(&thread)), (3, vec![3, 1, 0]));
}

#[test]
fn two_pages_are_right_up_to_the_earlier_change() {
    let changed = History {
        messages: vec![message(3, 7), message(4, 0)],
        change: 8,
    };
    let mut later = thread(&[page(1, 3), changed.clone()]);
    assert_eq!((later.change, versions(&later)), (0, vec![0, 0, 7, 0]));
    later.take(&page(1, 4));
    assert_eq!(
        versions(&later),
        [0, 0, 7, 0],
        "an older page undoes nothing"
    );
    assert_eq!(thread(&[page(5, 9), changed.clone()]).change, 0);
    assert_eq!(thread(&[page(1, 1), changed]).change, 8, "not touching");
}

#[test]
fn the_conversations_looked_at_last_are_kept() {
    let mut threads = Threads::default();
    let mut chats = Chats::default();
    for chat in 1..=100 {
        chats.0.insert(ChatId(chat), listed(chat));
    }
    for chat in 1..=KEPT as i64 {
        threads.apply(&chats, &ChatEvent::History(ChatId(chat), page(1, 1)));
    }
    threads.apply(&chats, &ChatEvent::Opened(CHAT));
    threads.apply(&chats, &ChatEvent::History(ChatId(100), page(1, 1)));
    let kept: Vec<i64> = threads.chats().map(|chat| chat.0).collect();
    assert_eq!(kept, [3, 4, 5, 6, 7, 8, 1, 100]);
    threads.apply(&chats, &ChatEvent::Left(CHAT));
    assert!(threads.get(CHAT).is_none());
    chats.0.remove(&CHAT);
    threads.apply(&chats, &ChatEvent::History(CHAT, page(1, 1)));
    assert!(threads.get(CHAT).is_none(), "an answer that came too late");
}

fn named(name: &str) -> Author {
    Author {
        name: name.into(),
        ..message(1, 0).author
    }
}

fn names(threads: &Threads) -> Vec<String> {
    let thread = threads.get(CHAT).unwrap();
    thread.messages().map(|it| it.author.name.clone()).collect()
}

/// As the state does.
fn hear(threads: &mut Threads, chats: &Chats, event: &ChatEvent) {
    let event = threads.right(AccountId(1), event).into_owned();
    threads.apply(chats, &event);
}

fn nothing_loaded() -> (Chats, Threads) {
    let mut chats = Chats::default();
    chats.0.insert(CHAT, listed(CHAT.0));
    (chats, Threads::default())
}

fn called(name: &str) -> ChatEvent {
    ChatEvent::Author {
        chat: CHAT,
        author: named(name),
    }
}

fn written(seq: i64) -> ChatEvent {
    ChatEvent::Message {
        chat: CHAT,
        message: message(seq, 0),
    }
}

#[test]
fn authors_are_called_as_was_told_last_whatever_arrives_late() {
    let (chats, mut threads) = nothing_loaded();
    // Before anything is loaded: a page that is on its way was read before.
    hear(&mut threads, &chats, &called("Б"));
    hear(&mut threads, &chats, &ChatEvent::History(CHAT, page(1, 2)));
    assert_eq!(names(&threads), ["Б", "Б"]);
    hear(&mut threads, &chats, &called("В"));
    hear(&mut threads, &chats, &written(3));
    assert_eq!(names(&threads), ["В", "В", "В"]);
    let other = Author {
        id: AccountId(2),
        ..named("Г")
    };
    let late = Changes {
        authors: vec![named("Б"), other],
        ..Changes::default()
    };
    hear(&mut threads, &chats, &ChatEvent::Changes(CHAT, late));
    assert_eq!(names(&threads), ["В", "В", "В"]);
}

#[test]
fn after_a_start_up_the_names_of_what_is_held_are_asked_for() {
    let (chats, mut threads) = nothing_loaded();
    hear(&mut threads, &chats, &called("Б"));
    hear(&mut threads, &chats, &ChatEvent::History(CHAT, page(1, 1)));
    assert_eq!(threads.missing(&chats, CHAT), None);
    threads.resumed();
    let missing = Missing::Changes {
        after: 0,
        first: 1,
        last: 1,
    };
    assert_eq!(threads.missing(&chats, CHAT), Some(missing));
    // What was told before the start-up isn't believed any more.
    let fresh = Changes {
        authors: vec![named("Д")],
        ..Changes::default()
    };
    hear(&mut threads, &chats, &ChatEvent::Changes(CHAT, fresh));
    assert_eq!(names(&threads), ["Д"]);
    assert_eq!(threads.missing(&chats, CHAT), None);
}

#[test]
fn what_comes_into_an_empty_conversation_after_a_start_up_is_not_asked_for() {
    let (chats, mut threads) = nothing_loaded();
    hear(
        &mut threads,
        &chats,
        &ChatEvent::History(CHAT, History::default()),
    );
    threads.resumed();
    hear(&mut threads, &chats, &written(1));
    assert_eq!(threads.missing(&chats, CHAT), None);
}

#[test]
fn the_names_of_what_was_asked_for_before_a_start_up_are_asked_for_again() {
    let (chats, mut threads) = nothing_loaded();
    hear(&mut threads, &chats, &ChatEvent::Late(CHAT));
    assert!(threads.get(CHAT).is_none());
    hear(&mut threads, &chats, &called("Б"));
    threads.resumed();
    // It was read before the event, and what that said is forgotten.
    let missing = Missing::Changes {
        after: 0,
        first: 1,
        last: 1,
    };
    for late in [
        ChatEvent::History(CHAT, page(1, 1)),
        ChatEvent::Changes(CHAT, Changes::default()),
    ] {
        hear(&mut threads, &chats, &late);
        assert_eq!(names(&threads), ["А"]);
        hear(&mut threads, &chats, &ChatEvent::Late(CHAT));
        assert_eq!(threads.missing(&chats, CHAT), Some(missing));
    }
    let fresh = Changes {
        authors: vec![named("Б")],
        ..Changes::default()
    };
    hear(&mut threads, &chats, &ChatEvent::Changes(CHAT, fresh));
    assert_eq!(names(&threads), ["Б"]);
    assert_eq!(threads.missing(&chats, CHAT), None);
}
