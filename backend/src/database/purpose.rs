//! What a database is for.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// People's messages: an acknowledged one must survive a power cut.
    Keep,
    /// A test: gone in a minute, so it need not be durable.
    ThrowAway,
}
