//! A class, as those who are in it see it.

mod page;

pub use page::ClassView;
