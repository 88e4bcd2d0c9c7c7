use common::GuardianLinkId;
use common::parents::{ParentEvent, RegisterChild};
use common::realtime::Event;
use leptos::{prelude::*, task::spawn_local};

use crate::accounts::{NewPerson, Reach, Registration};
use crate::ui::{Dialog, FormErrors, toast};
use crate::{api, errors, store, t, text};

/// The dialog in which a parent registers a child.
pub fn register_child(link: GuardianLinkId, name: String, open: RwSignal<bool>) -> AnyView {
    view! {
        <Dialog open title=t!(parents.register_title)>
            <Form link name=name.clone() open />
        </Dialog>
    }
    .into_any()
}

/// A child without a phone signs in with a login and a password (R38).
#[component]
fn Form(link: GuardianLinkId, name: String, open: RwSignal<bool>) -> AnyView {
    let person = NewPerson::new();
    // As the school wrote it: a patronymic may be of several words («Али оглы»).
    let mut words = name.trim().splitn(3, char::is_whitespace).map(str::trim);
    for part in [person.surname, person.given, person.patronymic] {
        part.set(words.next().unwrap_or_default().to_owned());
    }
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        busy.set(true);
        let request = RegisterChild {
            link,
            account: person.account(),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(page) => {
                    store::apply(&Event::Parent(ParentEvent::Child(page.child)));
                    toast::show(text!(parents.registered));
                    open.set(false);
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    view! { <Registration person problems reach=Reach::Login busy action=t!(parents.register) on_submit=submit /> }
        .into_any()
}
