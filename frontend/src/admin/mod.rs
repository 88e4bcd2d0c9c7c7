//! The administration: a program of its own under `/admin`, for administrators and operators.

mod root;
mod route;

pub use root::Root;
pub use route::AdminRoute;
