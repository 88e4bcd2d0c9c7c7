//! What a new person types, wherever they register: three fields at most on one screen.

use common::accounts::NewAccount;
use common::validate::{self, Check};
use common::{Name, Password};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::reactive::effect;
use crate::ui::{
    Button, DateField, Form, FormErrors, PasswordField, PhoneField, TextField, Variant, live, time,
};
use crate::{errors, router, t, text};

/// The fields of a [`NewAccount`], named as there.
#[derive(Clone, Copy)]
pub struct NewPerson {
    pub surname: RwSignal<String>,
    pub given: RwSignal<String>,
    pub patronymic: RwSignal<String>,
    pub phone: RwSignal<String>,
    pub login: RwSignal<String>,
    pub birth_date: RwSignal<String>,
    pub password: RwSignal<String>,
}

impl NewPerson {
    pub fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            surname: empty(),
            given: empty(),
            patronymic: empty(),
            phone: empty(),
            login: empty(),
            birth_date: empty(),
            password: empty(),
        }
    }

    pub fn name(self) -> Name {
        Name {
            surname: self.surname.get_untracked(),
            given: self.given.get_untracked(),
            patronymic: Some(self.patronymic.get_untracked()).filter(|it| !it.trim().is_empty()),
        }
    }

    pub fn set_name(self, name: &Name) {
        self.surname.set(name.surname.clone());
        self.given.set(name.given.clone());
        self.patronymic
            .set(name.patronymic.clone().unwrap_or_default());
    }

    pub fn account(self) -> NewAccount {
        NewAccount {
            name: self.name(),
            phone: self.phone.get_untracked(),
            login: self.login.get_untracked(),
            birth_date: self.birth_date.get_untracked(),
            password: Password(self.password.get_untracked()),
        }
    }

    /// Shows what is wrong with the name; true: nothing.
    pub fn check_name(self, problems: FormErrors) -> bool {
        let mut check = Check::new();
        check.name(&self.name());
        shown(problems, check)
    }

    /// Shows what is wrong with phone (or login), date and password; true: nothing.
    pub fn check_access(self, problems: FormErrors, reach: Reach) -> bool {
        let mut check = Check::new();
        match reach {
            Reach::Phone => {
                check.take("phone", validate::phone(&self.phone.get_untracked()));
            }
            Reach::Login => {
                check.take("login", validate::login(&self.login.get_untracked()));
            }
            Reach::PhoneOrLogin | Reach::Given => {}
        }
        check.take(
            "birth_date",
            validate::birth_date(&self.birth_date.get_untracked(), time::today()),
        );
        check.take(
            "password",
            validate::password(&self.password.get_untracked()),
        );
        shown(problems, check)
    }
}

impl Default for NewPerson {
    fn default() -> Self {
        Self::new()
    }
}

/// How the new person will sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    Phone,
    /// A student, who may have no phone (R38).
    PhoneOrLogin,
    /// A child whom a parent registers: by a login, or a phone of its own.
    Login,
    /// The phone is known already: an administrator's, from the application (R10).
    Given,
}

fn shown(problems: FormErrors, check: Check) -> bool {
    check
        .done()
        .map_err(|error| errors::show(problems, &error))
        .is_ok()
}

/// The first field of the step, as soon as it is there.
fn focus_field() {
    request_animation_frame(|| {
        let field = document().query_selector(".form input").ok().flatten();
        if let Some(field) = field.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            let _ = field.focus();
        }
    });
}

/// Surname, given name, patronymic.
#[component]
pub fn NameFields(person: NewPerson) -> AnyView {
    view! {
        <TextField name="name.surname" value=person.surname label=t!(registration.surname) autocomplete="family-name" />
        <TextField name="name.given" value=person.given label=t!(registration.given) autocomplete="given-name" />
        <TextField
            name="name.patronymic" value=person.patronymic label=t!(registration.patronymic)
            autocomplete="additional-name" optional=true
        />
    }
    .into_any()
}

/// A registration in two steps, the name and the access. Going back keeps what was typed.
#[component]
pub fn Registration(
    person: NewPerson,
    problems: FormErrors,
    reach: Reach,
    #[prop(into)] busy: Signal<bool>,
    /// What the last button does: "Вступить".
    #[prop(into)]
    action: Signal<String>,
    /// Called when both steps are in order.
    #[prop(into)]
    on_submit: Callback<()>,
) -> AnyView {
    let step = RwSignal::new(0_usize);
    focus_field();
    let chooses = matches!(reach, Reach::PhoneOrLogin | Reach::Login);
    let by_login = RwSignal::new(reach == Reach::Login);
    let way = move || match by_login.get() {
        _ if !chooses => reach,
        true => Reach::Login,
        false => Reach::Phone,
    };
    // A problem that the server finds with the name is on the first screen.
    effect(move || {
        let named = ["name.surname", "name.given", "name.patronymic"];
        if named.iter().any(|field| problems.of(field).is_some()) {
            step.set(0);
        }
    });
    let submit = move || {
        if step.get_untracked() == 0 {
            if person.check_name(problems) {
                step.set(1);
                router::step(move || {
                    step.try_set(0);
                });
                focus_field();
            }
        } else if person.check_access(problems, untrack(way)) {
            if untrack(way) == Reach::Login {
                person.phone.set(String::new());
            } else {
                person.login.set(String::new());
            }
            on_submit.run(());
        }
    };
    let fields = live(move || {
        if step.get() == 0 {
            return view! {
                <NameFields person />
                <Button label=t!(registration.next) variant=Variant::Primary wide=true />
            }
            .into_any();
        }
        let reachable = match way() {
            Reach::Phone => view! { <PhoneField value=person.phone label=t!(registration.phone) /> }.into_any(),
            Reach::Login => view! {
                <TextField name="login" value=person.login label=t!(registration.new_login) hint=t!(registration.new_login_hint) autocomplete="username" />
            }
            .into_any(),
            Reach::PhoneOrLogin | Reach::Given => ().into_any(),
        };
        let switch = chooses.then(|| {
            let label = Signal::derive(move || {
                if by_login.get() { text!(registration.has_phone) } else { text!(registration.no_phone) }.to_owned()
            });
            view! { <Button label variant=Variant::Plain on_click=move || by_login.update(|it| *it = !*it) /> }
        });
        view! {
            {reachable}
            {switch}
            <DateField name="birth_date" value=person.birth_date label=t!(registration.birth_date) autocomplete="bday" max=time::today().to_string() />
            <PasswordField
                value=person.password label=t!(registration.new_password) hint=t!(registration.password_hint)
                autocomplete="new-password"
            />
            <div class="actions">
                <Button label=t!(common.back) on_click=router::back />
                <Button label=action variant=Variant::Primary busy />
            </div>
        }
        .into_any()
    });
    view! {
        <Form errors=problems on_submit=submit>
            <p class="form__step">{t!(registration.step, n = step.get() + 1, of = 2)}</p>
            {fields}
        </Form>
    }
    .into_any()
}
