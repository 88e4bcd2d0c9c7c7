use common::accounts::{EndOtherSessions, EndSession, GetSessions, Session};
use common::endpoint::Endpoint;
use leptos::{prelude::*, task::spawn_local};

use crate::load::Load;
use crate::ui::{Button, Card, Icon, Shape, Tag, Tone, Variant, time, toast};
use crate::{api, errors, t, text};

/// The browsers in which the person is signed in (R44); each can be ended, or all others at once.
#[component]
pub fn Sessions(
    /// Asked for again when it changes.
    changed: RwSignal<bool>,
) -> AnyView {
    let sessions = Load::new(move || {
        changed.track();
        GetSessions {}
    });
    let list = sessions.view(Shape::List, move |all| {
        let others = all.len() > 1;
        let rows = all
            .iter()
            .map(|session| row(session, sessions))
            .collect::<Vec<_>>();
        let end_others = others.then(|| {
            view! {
                <Button
                    label=t!(profile.end_others) variant=Variant::Danger
                    on_click=move || end(EndOtherSessions {}, sessions)
                />
            }
        });
        view! { <ul class="rows" role="list">{rows}</ul> {end_others} }.into_any()
    });
    view! { <Card title=t!(profile.sessions)>{list}</Card> }.into_any()
}

fn row(session: &Session, sessions: Load<Vec<Session>>) -> AnyView {
    let (id, used) = (session.id, session.last_used_at);
    let device = if session.device.is_empty() {
        t!(profile.unknown_device).into()
    } else {
        Signal::stored(session.device.clone())
    };
    let state: AnyView = if session.current {
        view! { <Tag label=t!(profile.this_device) tone=Tone::Ok /> }.into_any()
    } else {
        view! {
            <Button label=t!(profile.end_session) on_click=move || end(EndSession { session: id }, sessions) />
        }
        .into_any()
    };
    let last_used = move || {
        text!(
            profile.last_used,
            when = format!("{}, {}", time::day(used), time::clock(used))
        )
    };
    view! {
        <li class="rows__row">
            <span class="rows__icon">{Icon::USER_ROUND.view()}</span>
            <span class="rows__words">
                <span class="rows__title">{device}</span>
                <span class="rows__note">{last_used}</span>
            </span>
            {state}
        </li>
    }
    .into_any()
}

fn end<E: Endpoint<Response = ()>>(request: E, sessions: Load<Vec<Session>>) {
    spawn_local(async move {
        match api::call(request).await {
            Ok(()) => toast::show(text!(profile.session_ended)),
            Err(error) => toast::show(errors::sentence(&error)),
        }
        sessions.again();
    });
}
