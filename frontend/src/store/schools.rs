use common::SchoolId;
use common::chats::Chat;
use common::classes::ClassName;
use common::permissions::{Action, ChatKind};
use common::realtime::State;
use common::schools::MySchool;
use leptos::prelude::*;

use crate::ui::storage;

thread_local! {
    static CHOSEN: ArcRwSignal<Option<SchoolId>> = ArcRwSignal::new(
        storage::get(KEY).and_then(|id| id.parse().ok()),
    );
    /// Follows the choice and the state, and changes only when the school does: whoever reads it draws
    /// whole screens, and the state changes with every message.
    static IN_SIGHT: ArcRwSignal<Option<SchoolId>> = ArcRwSignal::new(None);
}

const KEY: &str = "zvonok.school";

/// The school that the screens show: the chosen one, else the first. None: of no school yet.
/// Tracked.
pub fn school() -> Option<SchoolId> {
    IN_SIGHT.with(ArcRwSignal::get)
}

/// To be called when the state or the choice has changed.
pub(super) fn look() {
    let chosen = CHOSEN.with(ArcRwSignal::get_untracked);
    let now = super::peek(|state| {
        chosen
            .filter(|id| state.school(*id).is_some())
            .or_else(|| state.schools.first().map(|school| school.id))
    })
    .flatten();
    IN_SIGHT.with(|in_sight| {
        if in_sight.get_untracked() != now {
            in_sight.set(now);
        }
    });
}

/// Switches all screens to a school, and remembers it on this device.
pub fn choose_school(id: SchoolId) {
    storage::set(KEY, &id.to_string());
    CHOSEN.with(|chosen| chosen.set(Some(id)));
    look();
}

/// Whether the administration of a school is for the person: it begins with the grid of classes.
pub fn administers(state: &State, school: SchoolId) -> bool {
    state.may(Action::EditStructure, Some(school))
}

/// The classes that the person leads, of all schools.
pub fn led(state: &State) -> impl Iterator<Item = (&MySchool, &ClassName)> {
    let all = state.schools.iter();
    let all = all.flat_map(|school| school.leads.iter().map(move |class| (school, class)));
    all.filter(|(school, class)| state.may_in_class(Action::LeadClass, school.id, class.id))
}

/// Unread messages in a school, without its channels.
pub fn unread_of(state: &State, school: SchoolId) -> u32 {
    let unread = state
        .chats
        .0
        .values()
        .filter(|chat| chat.school == school && chat.kind != ChatKind::Channel)
        .map(Chat::unread)
        .sum::<i64>();
    u32::try_from(unread).unwrap_or_default()
}
