//! How a command ends.

/// Everything here ends in a sentence for the person at the terminal, so errors are texts.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
