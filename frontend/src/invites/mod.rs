//! How people come in: by an invite, or asking with the school's code.

mod decisions;
mod invite;
mod join;
mod panel;

pub use decisions::Decisions;
pub use invite::InvitePage;
pub use join::JoinPage;
pub use panel::{INVITED, InvitesPanel};

use common::parents::CHILD_NAME_LIMIT;
use common::permissions::Role;
use common::validate::Check;
use leptos::prelude::*;

use crate::ui::{Button, Form, FormErrors, TextField, Variant};
use crate::{errors, router, t, text};

/// Goes on; the browser's "back" leads back.
fn proceed<Step: Copy + Send + Sync + 'static>(step: RwSignal<Step>, next: Step) {
    let before = step.get_untracked();
    step.set(next);
    router::step(move || {
        step.try_set(before);
    });
}

/// «родитель», in the middle of a sentence.
fn role_name(role: Role) -> &'static str {
    match role {
        Role::Administrator => text!(invites.as_administrator),
        Role::Teacher => text!(invites.as_teacher),
        Role::Student => text!(invites.as_student),
        Role::Parent => text!(invites.as_parent),
    }
}

/// Whose parent one is, where the invite doesn't say: surname and given name of the child.
#[component]
fn ChildName(child: RwSignal<String>, #[prop(into)] on_done: Callback<()>) -> AnyView {
    let problems = FormErrors::new();
    let submit = move || {
        let mut check = Check::new();
        check.text("child", &child.get_untracked(), CHILD_NAME_LIMIT);
        match check.done() {
            Ok(()) => on_done.run(()),
            Err(error) => errors::show(problems, &error),
        }
    };
    view! {
        <Form errors=problems on_submit=submit>
            <TextField name="child" value=child label=t!(invites.child_name) hint=t!(invites.child_hint) />
            <Button label=t!(registration.next) variant=Variant::Primary wide=true />
        </Form>
    }
    .into_any()
}
