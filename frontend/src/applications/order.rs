//! The appointment order on the applicant's page (R7): what is attached, what is chosen, what is on its way.

use std::cell::RefCell;

use common::error::{Conflict, Problem};
use common::schools::applications::{
    Application, ApplicationState, ORDER_LIMIT, ORDER_TYPES, UploadOrder,
};
use common::{Error, Secret};
use leptos::{prelude::*, task::spawn_local};
use web_sys::File;

use crate::load::Load;
use crate::ui::{Button, FileField, Form, FormErrors, Variant, said, toast};
use crate::{api, errors, t, text};

thread_local! {
    /// Chosen before there was an application: its page sends it.
    static LEFT: RefCell<Option<(Secret, File)>> = const { RefCell::new(None) };
}

/// Leaves the file to the application's page, whose address is known from then on, whatever becomes of the file.
pub fn leave(secret: &Secret, file: File) {
    LEFT.set(Some((secret.clone(), file)));
}

/// What is wrong with a file, as far as this device can tell: before it is on its way for minutes.
pub fn fault(file: &File) -> Option<String> {
    if file.size() > ORDER_LIMIT as f64 {
        return Some(text!(rare_errors.too_large_mb, mb = ORDER_LIMIT >> 20));
    }
    // A phone may not know: then the server says it.
    (!ORDER_TYPES.contains(&file.type_())).then(|| errors::problem(Problem::FileType))
}

/// Of the whole page: what is on its way stays so when another state of the application is drawn.
#[derive(Clone, Copy)]
pub struct Order {
    secret: StoredValue<Secret>,
    load: Load<Application>,
    attached: RwSignal<Option<String>>,
    picked: StoredValue<Option<File>, LocalStorage>,
    problems: FormErrors,
    pub busy: RwSignal<bool>,
}

impl Order {
    /// Sends what was left to this page.
    pub fn new(secret: StoredValue<Secret>, load: Load<Application>) -> Self {
        let left = LEFT.take();
        let left = left.filter(|(of, _)| secret.with_value(|it| it == of));
        let order = Self {
            secret,
            load,
            attached: RwSignal::new(None),
            picked: StoredValue::new_local(left.map(|(_, file)| file)),
            problems: FormErrors::new(),
            busy: RwSignal::new(false),
        };
        order.send();
        order
    }

    fn send(self) {
        if self.picked.with_value(Option::is_none) {
            return;
        }
        spawn_local(async move {
            if !self.upload().await {
                return;
            }
            let returned = |it: &Application| matches!(it.state, ApplicationState::Returned { .. });
            // Its form stays as it is: somebody is writing there.
            if untrack(|| self.load.with(returned)) == Some(true) {
                toast::show(text!(applications.order_replaced));
            } else {
                self.load.again();
            }
        });
    }

    /// Uploads what was chosen; false: it didn't work, and the reason is shown.
    pub async fn upload(self) -> bool {
        let Some(file) = self.picked.get_value() else {
            return true;
        };
        if let Some(fault) = fault(&file) {
            self.problems.add("order", fault);
            return false;
        }
        self.busy.set(true);
        let request = UploadOrder {
            secret: self.secret.get_value(),
            name: file.name(),
        };
        let answer = api::upload(&request, &file).await;
        if self.busy.try_set(false).is_some() {
            // The page is gone.
            return false;
        }
        match answer {
            Ok(order) => {
                self.picked.update_value(|it| {
                    it.take_if(|it| *it == file);
                });
                self.attached.set(Some(order.name));
                true
            }
            Err(error) => {
                if error == Error::Conflict(Conflict::Decided) {
                    self.load.again();
                }
                errors::show(self.problems, &error);
                false
            }
        }
    }

    pub fn view(self, it: &Application, variant: Variant) -> AnyView {
        self.attached
            .set(it.order.as_ref().map(|order| order.name.clone()));
        let submit = move || {
            if self.picked.with_value(Option::is_none) {
                self.problems
                    .add("order", text!(applications.order_required));
            }
            self.send();
        };
        let attached = Signal::derive(move || {
            let name = self.attached.get();
            name.map_or_else(String::new, |name| {
                text!(applications.attached, name = name)
            })
        });
        let sending = Signal::derive(move || {
            let words = self.busy.get().then(|| text!(applications.order_sending));
            words.unwrap_or_default().to_owned()
        });
        let action = Signal::derive(move || {
            if !self.problems.sentence().is_empty() {
                text!(common.retry)
            } else if self.attached.with(Option::is_some) {
                text!(applications.replace_order)
            } else {
                text!(applications.send_order)
            }
            .to_owned()
        });
        let chosen = self.picked.with_value(|file| file.as_ref().map(File::name));
        view! {
            <Form errors=self.problems on_submit=submit>
                {said("public__more", attached)}
                <FileField
                    name="order" label=t!(applications.order) hint=t!(applications.order_hint)
                    accept=ORDER_TYPES chosen on_pick=move |file| self.picked.set_value(file)
                />
                {said("public__more", sending)}
                <Button label=action variant wide=true busy=self.busy />
            </Form>
        }
        .into_any()
    }
}
