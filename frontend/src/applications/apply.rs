use common::schools::applications::ORDER_TYPES;
use leptos::{prelude::*, task::spawn_local};
use web_sys::File;

use super::questionnaire::{DRAFT, Fields, STEPS, keep_step, kept_step};
use super::{order, sending};
use crate::admin::route::AdminRoute;
use crate::reactive::effect;
use crate::ui::{Button, FileField, Form, FormErrors, PublicPage, Variant, live};
use crate::{errors, router, t, text};

/// The wizard: five steps of the questionnaire, then the appointment order.
#[component]
pub fn ApplyPage() -> AnyView {
    let fields = Fields::kept(DRAFT.to_owned(), None);
    let step = RwSignal::new(kept_step());
    effect(move || keep_step(step.get()));
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let picked = StoredValue::new_local(None::<File>);
    effect(move || {
        if let Some(place) = Fields::step_of(problems) {
            step.set(place);
        }
    });
    let send = move || {
        let Some(file) = picked.get_value() else {
            problems.add("order", text!(applications.order_required));
            return;
        };
        // Before the application is made: afterwards the page is another one.
        if let Some(fault) = order::fault(&file) {
            problems.add("order", fault);
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match sending::send(fields.get()).await {
                Ok(secret) => {
                    order::leave(&secret, file);
                    // In place of this page: "back" must not lead to what was sent.
                    router::replace(AdminRoute::Applicant(secret.0));
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    let submit = move || {
        let at = step.get_untracked();
        if at == STEPS {
            send();
        } else if fields.check(at, problems) {
            step.set(at + 1);
        }
    };
    let content = live(move || {
        if step.get() < STEPS {
            return fields.view(step.get());
        }
        view! {
            <FileField
                name="order" label=t!(applications.order) hint=t!(applications.order_hint)
                accept=ORDER_TYPES
                on_pick=move |file| picked.set_value(file)
            />
        }
        .into_any()
    });
    let action = Signal::derive(move || {
        if step.get() == STEPS {
            text!(applications.send)
        } else {
            text!(registration.next)
        }
        .to_owned()
    });
    let back = move || {
        (step.get() > 0).then(|| {
            view! { <Button label=t!(common.back) on_click=move || step.update(|at| *at -= 1) /> }
        })
    };
    view! {
        <PublicPage title=t!(applications.title) lead=t!(applications.lead)>
            <Form errors=problems on_submit=submit>
                <p class="form__step">{t!(registration.step, n = step.get() + 1, of = STEPS + 1)}</p>
                {content}
                <div class="actions">{back} <Button label=action variant=Variant::Primary busy /></div>
            </Form>
        </PublicPage>
    }
    .into_any()
}
