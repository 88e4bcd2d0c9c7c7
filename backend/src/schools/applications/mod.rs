//! How an organisation is admitted (R2 to R10): the application, the operator's decision, and the
//! administrator who takes over.

pub mod handlers;
pub mod order;
pub mod queries;
