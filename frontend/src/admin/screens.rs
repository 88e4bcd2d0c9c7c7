use common::ClassId;
use leptos::prelude::*;

use super::class::ClassAdmin;
use super::lead::ClassLead;
use super::staff::{Requests, StaffInvites};
use super::structure::Structure;

/// Screens of the administration about classes and who comes into them: a chunk apart from what stands around
/// them and from the [`super::office`], so that neither of these brings them.
#[derive(Clone, Copy)]
pub enum Screen {
    Structure,
    Class(ClassId),
    /// What a class teacher does for the class.
    Lead(ClassId),
    Invites,
    Requests,
}

pub fn screen(screen: Screen) -> AnyView {
    match screen {
        Screen::Structure => view! { <Structure /> }.into_any(),
        Screen::Class(class) => view! { <ClassAdmin class /> }.into_any(),
        Screen::Lead(class) => view! { <ClassLead class /> }.into_any(),
        Screen::Invites => view! { <StaffInvites /> }.into_any(),
        Screen::Requests => view! { <Requests /> }.into_any(),
    }
}
