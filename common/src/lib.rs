//! The words that server and browser share: identifiers, errors, the rule book, the endpoints, the
//! events and the reducer. Knows nothing of HTTP servers or the DOM; compiles natively and to wasm32.

pub mod accounts;
pub mod channels;
pub mod chats;
pub mod classes;
pub mod endpoint;
pub mod endpoints;
pub mod error;
pub mod id;
pub mod invites;
pub mod json;
pub mod letters;
pub mod monitoring;
pub mod name;
pub mod page;
pub mod parents;
pub mod people;
pub mod permissions;
pub mod phone;
pub mod realtime;
pub mod schools;
pub mod text;
pub mod text_enum;
pub mod time;
pub mod validate;

pub use error::{Error, Result};
pub use id::*;
pub use name::Name;
pub use page::Paged;
pub use time::{Date, Timestamp};
