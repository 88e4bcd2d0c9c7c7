use common::chats::{ChatEvent, OpenDirectChat};
use common::realtime::Event;
use common::{AccountId, Error, SchoolId};
use leptos::{prelude::*, task::spawn_local};

use crate::route::Route;
use crate::ui::{Icon, IconButton, toast};
use crate::{api, errors, router, store, text};

/// Goes to the direct chat with a person, made at the first time, or says why that may not be.
pub fn write_to(school: SchoolId, account: AccountId) {
    spawn_local(async move {
        match api::call(OpenDirectChat { school, account }).await {
            Ok(chat) => {
                let place = Route::Chat(chat.id);
                store::apply(&Event::Chat(ChatEvent::Chat(chat)));
                router::go(place);
            }
            Err(Error::NotFound) => toast::show(text!(errors.no_contact)),
            Err(error) => toast::show(errors::sentence(&error)),
        }
    });
}

/// Writing to a person with one tap.
pub fn write_button(school: SchoolId, account: AccountId, name: String) -> AnyView {
    let label = Signal::derive(move || text!(parents.write_to, name = name));
    view! { <IconButton label icon=Icon::MESSAGE_CIRCLE on_click=move || write_to(school, account) /> }
        .into_any()
}
