//! The people of a school, their roles, and whom one may write to.

mod contacts;
mod handlers;
pub mod queries;
mod search;

use crate::serve::Registry;

pub fn mount(registry: &mut Registry) {
    registry.on(handlers::get_people);
    registry.on(contacts::get_contacts);
    registry.on(handlers::grant_role);
    registry.on(handlers::end_role);
    registry.on(handlers::reset_password);
}
