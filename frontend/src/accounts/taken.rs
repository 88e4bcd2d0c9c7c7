use leptos::prelude::*;

use crate::route::Route;
use crate::store;
use crate::ui::{Button, PublicPage, Variant};
use crate::{router, t};

/// One device has one session: in another tab somebody else has signed in, and this tab was another person's.
#[component]
pub fn TakenPage() -> AnyView {
    let other = store::somebody_else();
    let name = other.clone();
    let go_on = move || {
        // What was open here was the other person's.
        router::replace(Route::Home);
        store::signed_in();
    };
    let sign_in = move || {
        store::return_here();
        store::sign_in_again();
        router::replace(Route::SignIn);
    };
    view! {
        <PublicPage title=t!(elsewhere.title) lead=t!(elsewhere.lead, name = name)>
            <div class="stack">
                <Button label=t!(elsewhere.go_on, name = other) variant=Variant::Primary wide=true on_click=go_on />
                <Button label=t!(elsewhere.sign_in) wide=true on_click=sign_in />
            </div>
        </PublicPage>
    }
    .into_any()
}
