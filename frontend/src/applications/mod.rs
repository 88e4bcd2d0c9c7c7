//! How an organisation asks to be admitted (R2 to R10), from its future administrator's side.

mod apply;
pub mod facts;
mod order;
mod questionnaire;
mod sending;
mod state;

pub use apply::ApplyPage;
pub use state::ApplicationPage;
