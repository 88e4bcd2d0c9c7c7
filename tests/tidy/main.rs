//! What reviewers would otherwise have to say again and again: rules about the sources themselves.

#![expect(
    clippy::unwrap_used,
    reason = "a check that cannot read the sources has failed"
)]

mod contrast;
mod files;
mod house;
mod hygiene;
mod rights;
mod rings;
mod sources;
mod statements;
mod styles;
mod writes;
