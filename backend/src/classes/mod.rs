//! Classes: the structure of the school, and who belongs where in it.

mod handlers;
pub mod members;
mod names;
pub mod queries;

use crate::serve::Registry;

pub fn mount(registry: &mut Registry) {
    registry.on(handlers::get_structure);
    registry.on(handlers::get_class);
    registry.on(handlers::create_classes);
    registry.on(handlers::edit_class);
    registry.on(handlers::archive_class);
    registry.on(handlers::restore_class);
    registry.on(members::handlers::set_class_teacher);
    registry.on(members::handlers::add_to_class);
    registry.on(members::handlers::remove_from_class);
}
