use common::ApplicationId;
use leptos::prelude::*;

use super::applications::{ApplicationReview, Applications};
use super::channels::Channels;
use super::information::Information;
use super::people::People;

/// Screens of the administration about the school as a whole, and about all schools: a chunk of their own.
#[derive(Clone, Copy)]
pub enum Office {
    People,
    Information,
    Channels,
    Applications,
    Application(ApplicationId),
}

pub fn screen(office: Office) -> AnyView {
    match office {
        Office::People => view! { <People /> }.into_any(),
        Office::Information => view! { <Information /> }.into_any(),
        Office::Channels => view! { <Channels /> }.into_any(),
        Office::Applications => view! { <Applications /> }.into_any(),
        Office::Application(application) => view! { <ApplicationReview application /> }.into_any(),
    }
}
