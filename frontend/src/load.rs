//! What a screen fetches for itself: skeleton, then the thing or "again". What lives in the
//! [`State`](common::realtime::State) is not loaded like this but selected from the store.

use std::rc::Rc;

use common::Error;
use common::endpoint::Endpoint;
use leptos::{prelude::*, task::spawn_local};

use crate::reactive::effect;
use crate::ui::{ErrorState, Shape, Skeleton, live};
use crate::{
    api::{self, Answer, Call},
    errors,
};

/// An answer that is on its way, there, or failed.
pub struct Load<T: Send + Sync + 'static> {
    /// None: on its way.
    answer: RwSignal<Option<Result<T, Error>>>,
    round: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Load<T> {}

impl<T: Send + Sync + 'static> Load<T> {
    /// Fetches now, and again whenever a signal that `request` reads changes. While it fetches
    /// again, the old answer stays in sight.
    pub fn new<E: Endpoint<Response = T>>(request: impl Fn() -> E + 'static) -> Self {
        Self::when(move || Some(request()))
    }

    /// The same, waiting while `request` gives None.
    pub fn when<E: Endpoint<Response = T>>(request: impl Fn() -> Option<E> + 'static) -> Self {
        let load = Self {
            answer: RwSignal::new(None),
            round: RwSignal::new(0),
        };
        fetch(
            load.round,
            Box::new(move || request().map(|request| Call::of(&request))),
            Rc::new(move |answer| {
                load.answer.try_set(Some(api::read::<E>(answer)));
            }),
        );
        load
    }

    /// Fetches again; a failure gives way to the skeleton first.
    pub fn again(self) {
        if self.answer.with_untracked(|it| matches!(it, Some(Err(_)))) {
            self.answer.set(None);
        }
        self.round.update(|round| *round += 1);
    }

    /// The answer, if it is there. Tracked.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.answer
            .with(|it| it.as_ref().and_then(|it| it.as_ref().ok()).map(read))
    }

    /// Changes the answer where it is: with what a command answered.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.answer.update(|it| {
            if let Some(Ok(value)) = it {
                change(value);
            }
        });
    }

    /// The skeleton, the error with "again", or the view of the answer.
    pub fn view(self, shape: Shape, view: impl Fn(&T) -> AnyView + Send + 'static) -> AnyView {
        live(move || {
            self.answer.with(|answer| match answer {
                None => waiting(shape),
                Some(Ok(value)) => view(value),
                Some(Err(error)) => failed(error.clone(), Callback::new(move |()| self.again())),
            })
        })
    }
}

// What follows knows no type, so that it is downloaded once and not for each thing that is loaded.

fn fetch(round: RwSignal<u32>, request: Box<dyn Fn() -> Option<Call>>, take: Rc<dyn Fn(Answer)>) {
    let newest = StoredValue::new(0_u32);
    effect(move || {
        round.track();
        let Some(call) = request() else { return };
        newest.update_value(|newest| *newest += 1);
        let mine = newest.get_value();
        let take = take.clone();
        spawn_local(async move {
            let answer = api::send(call).await;
            // An answer that was overtaken, or whose screen is gone, is nobody's.
            if newest.try_get_value() == Some(mine) {
                take(answer);
            }
        });
    });
}

fn waiting(shape: Shape) -> AnyView {
    view! { <Skeleton shape /> }.into_any()
}

fn failed(error: Error, again: Callback<()>) -> AnyView {
    // What isn't there will not come by asking again.
    let on_retry = (!matches!(error, Error::NotFound | Error::InviteGone(_))).then_some(again);
    let message = Signal::derive(move || errors::sentence(&error));
    view! { <ErrorState message on_retry /> }.into_any()
}
