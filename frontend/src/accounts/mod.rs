//! Signing in, registering, and one's own profile.

mod profile;
mod registration;
mod sessions;
mod sign_in;
mod taken;

pub use profile::Profile;
pub use registration::{NameFields, NewPerson, Reach, Registration};
pub use sign_in::SignInPage;
pub use taken::TakenPage;
