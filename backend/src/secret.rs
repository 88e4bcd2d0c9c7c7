//! What is shown once and kept only as a hash: session cookies, invites, private links.

use common::Secret;
use sha2::{Digest, Sha256};

use crate::clock;

/// 256 random bits in 43 URL-safe characters, and what is stored of them.
#[must_use]
pub fn new() -> (Secret, Hash) {
    let secret = Secret(base64url(&clock::random::<32>()));
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
/// code, a new password.
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

fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..=chunk.len() {
            out.push(char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_rfc4648() {
        assert_eq!(base64url(b""), "");
        assert_eq!(base64url(b"f"), "Zg");
        assert_eq!(base64url(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn secrets_differ() {
        let (one, hash_of_one) = new();
        assert_eq!(one.0.len(), 43);
        assert_ne!(one, new().0);
        assert_eq!(hash(&one.0), hash_of_one);
    }
}
