use common::chats::Chat;
use common::permissions::{ChatKind, Reason, Role};
use leptos::prelude::*;

use crate::reactive::Derived;
use crate::ui::Tag;
use crate::{t, text};

/// What a chat is called: «7А», «7А · родители», the other person, the channel. Tracked: it follows
/// the language.
pub fn title(chat: &Chat) -> String {
    let name = &chat.title;
    match chat.kind {
        ChatKind::ClassTeachers if chat.staff_room => text!(chats.staff_room).to_owned(),
        ChatKind::ClassParents => text!(chats.of_parents, class = name),
        ChatKind::ClassTeachers => text!(chats.of_teachers, class = name),
        ChatKind::ClassStudents | ChatKind::Direct | ChatKind::Channel => name.clone(),
    }
}

/// Who is in it, in a few words.
pub fn subtitle(chat: &Chat) -> String {
    match chat.kind {
        ChatKind::ClassTeachers if chat.staff_room => text!(chats.all_staff),
        ChatKind::ClassStudents => text!(chats.students_inside),
        ChatKind::ClassParents => text!(chats.parents_inside),
        ChatKind::ClassTeachers => text!(chats.teachers_inside),
        ChatKind::Direct => match chat.peer.as_ref().map(|peer| peer.role) {
            Some(Role::Administrator) => text!(ui.administrator),
            Some(Role::Teacher) => text!(ui.teacher),
            Some(Role::Parent) => text!(ui.parent),
            Some(Role::Student) => text!(ui.student),
            None => "",
        },
        ChatKind::Channel => text!(channels.about),
    }
    .to_owned()
}

/// «В архиве», in a list: nobody writes there any more.
pub fn archived(chat: Derived<Option<Chat>>) -> AnyView {
    let archived = Derived::new(move || {
        chat.with(|it| it.as_ref().and_then(|it| it.closed) == Some(Reason::Archived))
    });
    (move || {
        archived
            .get()
            .then(|| view! { <Tag label=t!(chats.archived) /> })
    })
    .into_any()
}
