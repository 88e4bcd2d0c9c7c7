//! What one can do with a message: of a chunk that is fetched ahead, or when somebody first wants it.

use common::ChatId;
use common::chats::Message;
use common::permissions::Action;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::message_menu::{Chosen, MessageMenu};
use super::unsent::{Edit, take_back};
use crate::outbox::Pending;
use crate::store::threads;
use crate::ui::{Confirm, ContextMenu, Icon, MenuItem, copy, time, toast};
use crate::{errors, outbox, reactive::effect, store, t};

/// The list of actions, and the question before one that can't be undone.
pub fn message_actions(menu: MessageMenu) -> AnyView {
    let MessageMenu {
        chat, at, chosen, ..
    } = menu;
    let asking = RwSignal::new(false);
    let words = move || match chosen.get_untracked() {
        Some(Chosen::Message(it)) => it.body,
        Some(Chosen::Waiting(it)) => it.body,
        None => String::new(),
    };
    let delete = move || {
        let Some(Chosen::Message(Message { seq, .. })) = chosen.get_untracked() else {
            return;
        };
        spawn_local(async move {
            if let Err(error) = threads::delete(chat, seq).await {
                toast::show(errors::sentence(&error));
            }
        });
    };
    // What is deleted meanwhile is nothing that could still be copied.
    effect(move || {
        store::with(|state| Some(state.chats.0.get(&chat)?.last_change));
        if let Some(Chosen::Message(Message { seq, .. })) = chosen.get() {
            let deleted = threads::peek(chat, |thread| {
                thread.messages().any(|it| it.seq == seq && it.deleted)
            });
            if deleted == Some(true) && (at.get_untracked().is_some() || asking.get_untracked()) {
                at.set(None);
                asking.set(false);
                // The menu had the focus; its row has been drawn anew.
                request_animation_frame(move || {
                    let row = document().query_selector(&format!("[data-seq='{seq}']"));
                    let row = row.ok().flatten();
                    if let Some(row) = row.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
                        let _ = row.focus();
                    }
                });
            }
        }
    });
    let edit = use_context::<Edit>().and_then(|Edit(edit)| edit);
    view! {
        <ContextMenu label=t!(chats.actions) at>
            <MenuItem label=t!(chats.copy) icon=Icon::COPY on_choose=move || copy(&words()) />
            {ways_back(chat, chosen.get_untracked(), asking, edit)}
        </ContextMenu>
        <Confirm
            open=asking
            title=t!(chats.delete_title)
            text=t!(chats.delete_text)
            action=t!(common.delete)
            on_confirm=delete
        />
    }
    .into_any()
}

fn ways_back(
    chat: ChatId,
    chosen: Option<Chosen>,
    asking: RwSignal<bool>,
    edit: Option<Callback<String>>,
) -> AnyView {
    match chosen {
        Some(Chosen::Message(it)) => deletable(chat, &it)
            .then(|| {
                view! { <MenuItem label=t!(chats.delete_for_all) icon=Icon::TRASH_2 danger=true on_choose=move || asking.set(true) /> }
            })
            .into_any(),
        // What the server may be taking at this moment can be deleted for all afterwards.
        Some(Chosen::Waiting(Pending { client_id, .. })) if !outbox::flies(client_id) => {
            let change = edit.map(|edit| {
                let change = move || take_back(client_id, Some(edit));
                view! { <MenuItem label=t!(common.edit) icon=Icon::PENCIL on_choose=change /> }
            });
            let discard = move || take_back(client_id, None);
            view! {
                {change}
                <MenuItem label=t!(common.delete) icon=Icon::TRASH_2 danger=true on_choose=discard />
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

fn deletable(chat: ChatId, message: &Message) -> bool {
    store::peek(|state| state.may_with(Action::DeleteMessage, chat, message, time::now()))
        .unwrap_or_default()
}
