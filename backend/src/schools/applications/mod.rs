//! How an organisation is admitted (R2 to R10): the application, the operator's decision, and the
//! administrator who takes over.

mod handlers;
mod order;
pub mod queries;

use crate::serve::Registry;

/// What every school has from its first day (R51, R88), by the names that it may change later.
pub const STAFF_ROOM: &str = "Учительская";
pub const SCHOOL_CHANNEL: &str = "Общешкольный";
pub const STAFF_CHANNEL: &str = "Сотрудники";

pub(super) fn mount(registry: &mut Registry) {
    registry.on(handlers::apply);
    registry.on(handlers::get_application);
    registry.on(handlers::resubmit);
    registry.on_upload(order::expected, order::upload);
    registry.on_download(order::download);
    registry.on(handlers::register_administrator);
    registry.on(handlers::get_applications);
    registry.on(handlers::open_application);
    registry.on(handlers::decide);
}
