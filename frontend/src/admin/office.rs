use common::ApplicationId;
use leptos::prelude::*;

use super::applications::{ApplicationReview, Applications};
use super::channels::Channels;
use super::information::Information;

/// Screens of the administration that are seldom needed: a chunk of their own.
#[derive(Clone, Copy)]
pub enum Office {
    Information,
    Channels,
    Applications,
    Application(ApplicationId),
}

pub fn screen(office: Office) -> AnyView {
    match office {
        Office::Information => view! { <Information /> }.into_any(),
        Office::Channels => view! { <Channels /> }.into_any(),
        Office::Applications => view! { <Applications /> }.into_any(),
        Office::Application(application) => view! { <ApplicationReview application /> }.into_any(),
    }
}
