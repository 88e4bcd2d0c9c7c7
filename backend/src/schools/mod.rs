//! Schools: the tenant, its information page, and how it comes to be.

pub mod applications;
pub mod handlers;
pub mod queries;
pub mod zone;
