use common::accounts::SignIn;
use common::{Error, Password};
use leptos::{prelude::*, task::spawn_local};

use crate::admin::route::AdminRoute;
use crate::route::Route;
use crate::ui::{Button, Form, FormErrors, PasswordField, PublicPage, TextField, Variant};
use crate::{api, errors, store, t, text};

/// The sign-in form: it takes over what was typed into the static shell's.
#[component]
pub fn SignInPage() -> AnyView {
    let login = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let problems = FormErrors::new();
    if let Some(error) = problem_of_the_shell() {
        problems.summary(error);
    }
    let submit = move || {
        problems.require("login", &login.get_untracked());
        problems.require("password", &password.get_untracked());
        if !problems.none() {
            return;
        }
        busy.set(true);
        let request = SignIn {
            login: login.get_untracked(),
            password: Password(password.get_untracked()),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(()) => store::signed_in(),
                Err(error) => errors::show(problems, &error),
            }
            busy.set(false);
        });
    };
    view! {
        <PublicPage title=t!(accounts.sign_in_title) lead=t!(accounts.sign_in_lead)>
            <Form errors=problems on_submit=submit>
                <TextField name="login" value=login label=t!(accounts.login) autocomplete="username" />
                <PasswordField value=password label=t!(accounts.password) />
                <Button label=t!(accounts.sign_in) variant=Variant::Primary wide=true busy />
            </Form>
            <p class="public__more">
                {t!(accounts.no_account)} " "
                <a href=Route::Join.href()>{t!(accounts.by_code)}</a> "."
            </p>
            <p class="public__more">{t!(accounts.forgot)}</p>
            <p class="public__more"><a href=AdminRoute::Apply.href()>{t!(accounts.register_school)}</a></p>
        </PublicPage>
    }
    .into_any()
}

/// What the sign-in without WASM (`POST /session`) sent back.
fn problem_of_the_shell() -> Option<String> {
    match window().location().search().ok()?.as_str() {
        "?problem=wrong" => Some(errors::sentence(&Error::WrongCredentials)),
        "?problem=unavailable" => Some(errors::sentence(&Error::Unavailable)),
        "?problem=too-many" => Some(text!(accounts.too_many).to_owned()),
        _ => None,
    }
}
