//! Reactive parts with their types forgotten, so that the machinery behind them is downloaded once
//! and not for each type and closure.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;

/// Runs now and again whenever a signal that it reads changes: an [`Effect`].
pub fn effect(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

fn boxed(run: Box<dyn FnMut()>) {
    Effect::new(run);
}

/// A value computed from signals: a [`Memo`]. Who reads it runs again only when it has changed.
pub struct Derived<T> {
    memo: Memo<Erased>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Derived<T> {}

impl<T: PartialEq + Send + Sync + 'static> Derived<T> {
    pub fn new(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let erased = move || Erased(Arc::new(compute()));
        Self {
            memo: memo(Box::new(erased)),
            of: PhantomData,
        }
    }
}

impl<T: 'static> Derived<T> {
    /// Reads the value. Tracked.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.memo.with(|value| read(value.as_ref()))
    }

    /// Reads the value as it is now.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.memo.with_untracked(|value| read(value.as_ref()))
    }

    /// Makes the closure that runs now run again when the value changes.
    pub fn track(self) {
        self.memo.track();
    }

    /// The value. Tracked.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// The value as it is now.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }
}

impl<T: Clone + Send + Sync + 'static> From<Derived<T>> for Signal<T> {
    fn from(derived: Derived<T>) -> Self {
        Self::derive(move || derived.get())
    }
}

fn memo(compute: Box<dyn Fn() -> Erased + Send + Sync>) -> Memo<Erased> {
    Memo::new(move |_| compute())
}

#[derive(Clone)]
struct Erased(Arc<dyn Value>);

impl Erased {
    fn as_ref<T: 'static>(&self) -> &T {
        match self.0.as_any().downcast_ref() {
            Some(value) => value,
            None => unreachable!("a Derived holds what its closure computed"),
        }
    }
}

impl PartialEq for Erased {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(other.0.as_any())
    }
}

trait Value: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    fn same(&self, other: &dyn Any) -> bool;
}

impl<T: PartialEq + Send + Sync + 'static> Value for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref() == Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_follows_what_it_is_computed_from() {
        let owner = Owner::new();
        owner.with(|| {
            let count = RwSignal::new(1);
            let even = Derived::new(move || count.get() % 2 == 0);
            assert!(!even.get());
            count.set(2);
            assert!(even.get());
        });
    }

    #[test]
    fn equal_values_wake_nobody() {
        let owner = Owner::new();
        owner.with(|| {
            let count = RwSignal::new(1);
            let even = Derived::new(move || count.get() % 2 == 0);
            let runs = StoredValue::new(0);
            let words = Derived::new(move || {
                runs.update_value(|runs| *runs += 1);
                if even.get() { "even" } else { "odd" }
            });
            assert_eq!((words.get(), runs.get_value()), ("odd", 1));
            count.set(3);
            assert_eq!((words.get(), runs.get_value()), ("odd", 1));
            count.set(4);
            assert_eq!((words.get(), runs.get_value()), ("even", 2));
        });
    }
}
