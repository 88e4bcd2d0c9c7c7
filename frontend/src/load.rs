//! What a screen fetches for itself: skeleton, then the thing or "again". What lives in the
//! [`State`](common::realtime::State) is not loaded like this but selected from the store.
//!
//! It follows what others do: when an event outdates what the request is about (see
//! [`Event::outdates`](common::realtime::Event::outdates)), and after a reconnection, it is fetched
//! again, and the old stays in sight meanwhile, also while that fails: then it is tried later and later. Nothing
//! but an answer writes it; "again" takes a failure away.

mod fetching;

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use common::Error;
use common::endpoint::Endpoint;
use leptos::prelude::*;

use self::fetching::{Again, Request, fetch};
use crate::ui::{ErrorState, Shape, Skeleton, live};
use crate::{api, errors};

/// An answer that is on its way, there, or failed.
pub struct Load<T: Send + Sync + 'static> {
    /// None: on its way.
    answer: RwSignal<Option<Result<Erased, Error>>>,
    again: Again,
    of: PhantomData<fn() -> T>,
}

/// A `T` with its type forgotten: a signal's machinery is downloaded once and not for each answer.
type Erased = Arc<dyn Any + Send + Sync>;

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
        let answer = RwSignal::new(None);
        let again = fetch(
            RwSignal::new(0),
            Box::new(move || request().map(|request| Request::of(&request))),
            Box::new(move |text| {
                let read = api::read::<E>(text).map(|it| Arc::new(it) as Erased);
                let understood = read.is_ok();
                answer.try_set(Some(read));
                understood
            }),
        );
        Self {
            answer,
            again,
            of: PhantomData,
        }
    }

    /// Fetches again, at once: after what the person has done. A failure gives way to the skeleton
    /// first.
    pub fn again(self) {
        let failed = |it: &Option<Result<Erased, Error>>| matches!(it, Some(Err(_)));
        if self.answer.try_with_untracked(failed) == Some(true) {
            self.answer.set(None);
        }
        self.again.ask();
    }

    /// The answer, if it is there. Tracked.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.answer.with(|it| {
            let there = it.as_ref()?.as_ref().ok()?;
            there.downcast_ref().map(read)
        })
    }

    /// The skeleton, the error with "again", or the view of the answer.
    pub fn view(self, shape: Shape, view: impl Fn(&T) -> AnyView + Send + 'static) -> AnyView {
        live(move || {
            self.answer.with(|answer| match answer {
                None => waiting(shape),
                Some(Ok(value)) => value.downcast_ref().map_or_else(|| waiting(shape), &view),
                Some(Err(error)) => failed(error.clone(), Callback::new(move |()| self.again())),
            })
        })
    }
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
