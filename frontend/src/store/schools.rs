use common::SchoolId;
use common::chats::Chat;
use common::permissions::ChatKind;
use common::realtime::State;
use leptos::prelude::*;

use crate::ui::storage;

thread_local! {
    static CHOSEN: ArcRwSignal<Option<SchoolId>> = ArcRwSignal::new(
        storage::get(KEY).and_then(|id| id.parse().ok()),
    );
}

const KEY: &str = "zvonok.school";

/// The school that the screens show: the chosen one, else the first. None: of no school yet.
/// Tracked.
pub fn school() -> Option<SchoolId> {
    let chosen = CHOSEN.with(ArcRwSignal::get);
    super::with(|state| {
        chosen
            .filter(|id| state.school(*id).is_some())
            .or_else(|| state.schools.first().map(|school| school.id))
    })?
}

/// Switches all screens to a school, and remembers it on this device.
pub fn choose_school(id: SchoolId) {
    storage::set(KEY, &id.to_string());
    CHOSEN.with(|chosen| chosen.set(Some(id)));
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
