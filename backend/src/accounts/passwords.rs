//! Passwords are hashed with Argon2id, away from the workers, a few at a time and in memory that is
//! kept for it: otherwise signing in would be a way to exhaust the machine.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use common::Password;

use crate::clock;
use crate::error::{Failure, Result};
use crate::queue::{Bulkhead, Reading};

/// Hashed at once.
const AT_ONCE: usize = 2;
/// So many wait at most, some seconds; further ones are asked to come back.
const WAITING: usize = 200;

#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    places: Bulkhead,
    /// The memory of each place. From the allocator each hash would take it on another thread, and
    /// the allocator keeps it there.
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
    /// Verified when there's no such account, so that the answer takes as long.
    decoy: Arc<str>,
}

impl Passwords {
    /// 19 MiB, two passes, one lane: the OWASP recommendation of 2024.
    ///
    /// # Errors
    /// None with these parameters.
    pub fn new() -> Result<Self> {
        Self::with(19 * 1024, 2)
    }

    /// Cheap ones for tests: `memory` in KiB.
    ///
    /// # Errors
    /// Parameters that Argon2 refuses.
    pub fn with(memory: u32, passes: u32) -> Result<Self> {
        let params = Params::new(memory, passes, 1, None).map_err(unforeseen)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash(&argon2, "", &mut Vec::new())?.into();
        Ok(Self {
            argon2,
            places: Bulkhead::new(AT_ONCE, WAITING),
            memory: Arc::default(),
            decoy,
        })
    }

    /// In PHC form.
    ///
    /// # Errors
    /// `Unavailable` when too many wait.
    pub async fn hash(&self, password: &Password) -> Result<String> {
        let argon2 = self.argon2.clone();
        let password = password.0.clone();
        self.apart(move |memory| hash(&argon2, &password, memory))
            .await
    }

    /// Whether the password belongs to the hash; takes as long without one.
    ///
    /// # Errors
    /// `Unavailable` when too many wait.
    pub async fn verify(&self, password: &Password, stored: Option<String>) -> Result<bool> {
        let password = password.0.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.to_string());
        self.apart(move |memory| Ok(verify(&stored, &password, memory)? && known))
            .await
    }

    #[must_use]
    pub fn queue(&self) -> Reading {
        self.places.reading("passwords")
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = self.places.place().await?;
        let memory = Arc::clone(&self.memory);
        tokio::task::spawn_blocking(move || {
            // Until the work has ended, even if nobody waits for it any more.
            let _place = place;
            let kept = || memory.lock().unwrap_or_else(PoisonError::into_inner);
            let mut mine = kept().pop().unwrap_or_default();
            let outcome = work(&mut mine);
            kept().push(mine);
            outcome
        })
        .await?
    }
}

fn hash(argon2: &Argon2<'_>, password: &str, memory: &mut Vec<Block>) -> Result<String> {
    let salt = SaltString::encode_b64(&clock::random::<16>()).map_err(unforeseen)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params()).map_err(unforeseen)?,
        salt: Some(salt.as_salt()),
        hash: Some(output(argon2, password, salt.as_salt(), memory)?),
    };
    Ok(hash.to_string())
}

/// With the parameters of the stored hash, which may be of another time.
fn verify(stored: &str, password: &str, memory: &mut Vec<Block>) -> Result<bool> {
    let stored = PasswordHash::new(stored).map_err(unforeseen)?;
    let (Some(salt), Some(expected), Some(version)) = (stored.salt, stored.hash, stored.version)
    else {
        return Err(Failure::unforeseen("a stored password without its hash"));
    };
    let algorithm = Algorithm::try_from(stored.algorithm).map_err(unforeseen)?;
    let version = Version::try_from(version).map_err(unforeseen)?;
    let params = Params::try_from(&stored).map_err(unforeseen)?;
    let argon2 = Argon2::new(algorithm, version, params);
    // Compared in constant time.
    Ok(output(&argon2, password, salt, memory)? == expected)
}

fn output(
    argon2: &Argon2<'_>,
    password: &str,
    salt: Salt<'_>,
    memory: &mut Vec<Block>,
) -> Result<Output> {
    let mut bytes = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes).map_err(unforeseen)?;
    let params = argon2.params();
    memory.resize(params.block_count(), Block::default());
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    Output::init_with(length, |output| {
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, output, memory)
            .map_err(Into::into)
    })
    .map_err(unforeseen)
}

fn unforeseen(error: impl std::fmt::Display) -> Failure {
    Failure::unforeseen(error.to_string())
}

#[cfg(test)]
mod tests {
    use argon2::Argon2;
    use argon2::password_hash::{PasswordHash, PasswordVerifier as _};
    use common::Error;

    use super::*;

    #[tokio::test]
    async fn a_hash_is_one_that_others_verify() {
        let password = Password("пароль".into());
        let passwords = Passwords::with(64, 1).unwrap();
        let stored = passwords.hash(&password).await.unwrap();
        let parsed = PasswordHash::new(&stored).unwrap();
        assert!(
            Argon2::default()
                .verify_password(password.0.as_bytes(), &parsed)
                .is_ok()
        );
        assert_ne!(stored, passwords.hash(&password).await.unwrap());
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_and_counted() {
        let password = Password("пароль".into());
        let passwords = Passwords::with(64, 1).unwrap();
        let all = (0..AT_ONCE + WAITING + 50).map(|_| passwords.hash(&password));
        let all = futures_util::future::join_all(all).await;
        let refused = all.iter().filter(|it| it.is_err()).count();
        assert!((1..=50).contains(&refused), "{refused}");
        let mut errors = all.iter().filter_map(|it| it.as_ref().err());
        assert!(errors.all(|it| matches!(it, Failure::Known(Error::Unavailable))));
        let queue = passwords.queue();
        assert_eq!((queue.waiting, queue.refused), (0, refused as u64));
    }

    #[tokio::test]
    async fn hashes_of_other_parameters_are_verified() {
        let password = Password("пароль".into());
        let stored = Passwords::with(64, 2).unwrap();
        let stored = stored.hash(&password).await.unwrap();
        let passwords = Passwords::with(32, 1).unwrap();
        let verify = async |password: &str, stored: Option<&String>| {
            let password = Password(password.into());
            passwords.verify(&password, stored.cloned()).await.unwrap()
        };
        assert!(verify("пароль", Some(&stored)).await);
        assert!(!verify("парoль", Some(&stored)).await);
        assert!(!verify("", None).await);
    }
}
