use super::*;
use crate::permissions::Role;

fn chat(seq: i64, read: i64, title: &str) -> Chat {
    Chat {
        id: ChatId(1),
        school: SchoolId(1),
        class: None,
        kind: ChatKind::ClassStudents,
        title: title.into(),
        peer: None,
        staff_room: false,
        closed: None,
        last_seq: seq,
        last_change: 0,
        read_seq: read,
        deleted: Vec::new(),
        others_read_seq: read,
        last: None,
    }
}

fn message(seq: i64) -> Message {
    Message {
        seq,
        author: Author {
            id: AccountId(2),
            name: "А".into(),
            role: Role::Student,
        },
        client_id: ClientId(1),
        body: "Да".into(),
        sent_at: Timestamp(0),
        version: 0,
        deleted: false,
    }
}

#[test]
fn a_chat_read_before_a_message_does_not_undo_it() {
    let me = AccountId(1);
    let mut chats = Chats::default();
    chats.apply(me, &ChatEvent::Chat(chat(5, 4, "7А")));
    let message = message(6);
    let arrived = ChatEvent::Message {
        chat: ChatId(1),
        message: message.clone(),
    };
    chats.apply(me, &arrived);
    chats.apply(me, &ChatEvent::Chat(chat(5, 3, "8А")));
    let expected = Chat {
        others_read_seq: 6,
        last: Some(message),
        ..chat(6, 4, "8А")
    };
    assert_eq!(chats.0[&ChatId(1)], expected);
    // Who left and came back begins anew.
    chats.apply(me, &ChatEvent::Left(ChatId(1)));
    chats.apply(me, &ChatEvent::Chat(chat(5, 5, "8А")));
    assert_eq!(chats.0[&ChatId(1)], chat(5, 5, "8А"));
}

const ME: AccountId = AccountId(1);

/// As it is after its deletion, the chat's change of the same number.
fn deleted(seq: i64) -> Message {
    Message {
        body: String::new(),
        version: seq,
        deleted: true,
        ..message(seq)
    }
}

fn deletion(seq: i64) -> ChatEvent {
    ChatEvent::Changed {
        chat: ChatId(1),
        message: deleted(seq),
    }
}

fn reading(account: AccountId, seq: i64) -> ChatEvent {
    ChatEvent::Read {
        chat: ChatId(1),
        account,
        seq,
    }
}

/// What is unread, and where it begins, after these.
fn after(begin: Chat, events: &[ChatEvent]) -> (i64, Option<i64>, Vec<i64>) {
    let mut chats = Chats::default();
    chats.apply(ME, &ChatEvent::Chat(begin));
    events.iter().for_each(|event| chats.apply(ME, event));
    let chat = &chats.0[&ChatId(1)];
    (chat.unread(), chat.first_unread(), chat.deleted.clone())
}

#[test]
fn what_is_deleted_is_not_unread() {
    let begin = || chat(5, 2, "7А");
    assert_eq!(after(begin(), &[]), (3, Some(3), vec![]));
    let all = [deletion(3), deletion(5), deletion(4)];
    assert_eq!(after(begin(), &all[..1]), (2, Some(4), vec![3]));
    assert_eq!(after(begin(), &all[..2]), (1, Some(4), vec![3, 5]));
    assert_eq!(after(begin(), &all), (0, None, vec![3, 4, 5]));
    let again = [deletion(3), deletion(3)];
    assert_eq!(after(begin(), &again), (2, Some(4), vec![3]));
    // What was read before doesn't count twice.
    assert_eq!(after(begin(), &[deletion(2)]), (3, Some(3), vec![]));
    let next = [
        deletion(5),
        ChatEvent::Message {
            chat: ChatId(1),
            message: message(6),
        },
    ];
    assert_eq!(after(begin(), &next), (3, Some(3), vec![5]));
    // The message itself was missed: nothing is less unread for that.
    assert_eq!(after(begin(), &[deletion(6)]), (3, Some(3), vec![6]));
}

#[test]
fn reading_and_deletions_come_in_any_order() {
    let read = reading(ME, 4);
    for events in [
        [deletion(3), deletion(5), read.clone()],
        [deletion(3), read.clone(), deletion(5)],
        [read.clone(), deletion(5), deletion(3)],
    ] {
        assert_eq!(after(chat(6, 2, "7А"), &events), (1, Some(6), vec![5]));
    }
    let theirs = [deletion(3), reading(AccountId(2), 4)];
    assert_eq!(after(chat(6, 2, "7А"), &theirs), (3, Some(4), vec![3]));
    let mine = Message {
        author: Author {
            id: ME,
            ..message(7).author
        },
        ..message(7)
    };
    let mine = ChatEvent::Message {
        chat: ChatId(1),
        message: mine,
    };
    let events = [deletion(3), mine];
    assert_eq!(after(chat(6, 2, "7А"), &events), (0, None, vec![]));
}

#[test]
fn who_catches_up_hears_what_is_not_unread() {
    let changes = Changes {
        messages: vec![deleted(1), deleted(3), deleted(4)],
        up_to: 4,
        authors: Vec::new(),
    };
    let events = [
        deletion(4),
        ChatEvent::Changes(ChatId(1), changes),
        deletion(3),
    ];
    assert_eq!(after(chat(5, 2, "7А"), &events), (1, Some(5), vec![3, 4]));
    // Read before it was told, and after: both know of deletions.
    let listed = |deleted: &[i64], read| {
        ChatEvent::Chat(Chat {
            deleted: deleted.into(),
            ..chat(6, read, "8А")
        })
    };
    let events = [deletion(4), listed(&[3], 2)];
    assert_eq!(after(chat(6, 2, "7А"), &events), (2, Some(5), vec![3, 4]));
    let events = [deletion(5), reading(ME, 4), listed(&[3], 2)];
    assert_eq!(after(chat(6, 2, "7А"), &events), (1, Some(6), vec![5]));
    let events = [deletion(3), listed(&[5], 4)];
    assert_eq!(after(chat(6, 2, "7А"), &events), (1, Some(6), vec![5]));
}

#[test]
fn of_many_that_are_deleted_the_newest_are_known() {
    let most = DELETED as i64;
    let upwards: Vec<ChatEvent> = (1..=most + 9).map(deletion).collect();
    let downwards: Vec<ChatEvent> = upwards.iter().rev().cloned().collect();
    let known: Vec<i64> = (10..=most + 9).collect();
    for events in [upwards, downwards] {
        let (unread, first, deleted) = after(chat(most + 9, 0, "7А"), &events);
        assert_eq!((unread, first), (9, Some(1)));
        assert_eq!(deleted, known);
    }
}
