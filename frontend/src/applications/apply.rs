use common::error::Problem;
use common::schools::applications::{Apply, ORDER_LIMIT, ORDER_TYPES, UploadOrder};
use leptos::{prelude::*, task::spawn_local};
use web_sys::File;

use super::questionnaire::{Fields, STEPS, keep_step, kept_step};
use crate::admin::route::AdminRoute;
use crate::reactive::effect;
use crate::ui::{Button, FileField, Form, FormErrors, PublicPage, Variant, live};
use crate::{api, errors, router, t, text};

/// The wizard: five steps of the questionnaire, then the appointment order.
#[component]
pub fn ApplyPage() -> AnyView {
    let fields = Fields::new(None);
    fields.keep();
    let step = RwSignal::new(kept_step());
    effect(move || keep_step(step.get()));
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let order = StoredValue::new_local(None::<File>);
    effect(move || {
        if let Some(place) = Fields::step_of(problems) {
            step.set(place);
        }
    });
    let send = move || {
        let Some(file) = order.get_value() else {
            problems.add("order", text!(applications.order_required));
            return;
        };
        // Before the application is made: afterwards the page is another one.
        if file.size() > ORDER_LIMIT as f64 {
            problems.add(
                "order",
                text!(rare_errors.too_large_mb, mb = ORDER_LIMIT >> 20),
            );
            return;
        }
        // A phone may not know: then the server says it.
        if !ORDER_TYPES.contains(&file.type_()) {
            problems.add("order", errors::problem(Problem::FileType));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::call(Apply {
                questionnaire: fields.get(),
            })
            .await
            {
                Ok(secret) => {
                    Fields::forget();
                    // Without it the application stands; the state's page asks for the file again.
                    let request = UploadOrder {
                        secret: secret.clone(),
                        name: file.name(),
                    };
                    let _ = api::upload(&request, &file).await;
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
                on_pick=move |file| order.set_value(file)
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
