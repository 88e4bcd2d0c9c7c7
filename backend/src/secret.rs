//! What is shown once and kept only as a hash: session cookies, invites, private links.

use common::Secret;
use sha2::{Digest, Sha256};

use crate::clock;

/// A new one, and what is stored of it.
#[must_use]
pub fn new() -> (Secret, Hash) {
    let secret = Secret::of(clock::random());
    let hash = hash(&secret.0);
    (secret, hash)
}

/// What the database keeps: SHA-256. A slow hash would guard nothing, 256 random bits can't be
/// tried out.
pub type Hash = [u8; 32];

#[must_use]
pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// `length` characters that can't be mistaken for each other when they are read out: a school's
/// code, a new password, a failure's id.
#[must_use]
pub fn readable(length: usize) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567899";
    // 32 choices from 256 values: no bias but the doubled last one.
    clock::random::<64>()
        .iter()
        .take(length)
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ() {
        let (one, hash_of_one) = new();
        assert!(one.is_whole(), "{}", one.0);
        assert_ne!(one, new().0);
        assert_eq!(hash(&one.0), hash_of_one);
    }
}
