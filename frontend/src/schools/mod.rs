//! The school's information page, as its members read it (R13).

mod page;
pub mod zones;

pub use page::SchoolPage;
