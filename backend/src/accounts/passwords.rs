//! Passwords are hashed with Argon2id, away from the workers, a few at a time: otherwise signing in
//! would be a way to exhaust the memory.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use common::Password;
use tokio::sync::Semaphore;

use crate::clock;
use crate::error::{Failure, Result};

#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    places: Arc<Semaphore>,
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
        let params = Params::new(memory, passes, 1, None)
            .map_err(|error| Failure::unforeseen(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash(&argon2, "")?.into();
        Ok(Self {
            argon2,
            places: Arc::new(Semaphore::new(2)),
            decoy,
        })
    }

    /// In PHC form.
    pub async fn hash(&self, password: &Password) -> Result<String> {
        let argon2 = self.argon2.clone();
        let password = password.0.clone();
        self.apart(move || hash(&argon2, &password)).await
    }

    /// Whether the password belongs to the hash; takes as long without one.
    pub async fn verify(&self, password: &Password, stored: Option<String>) -> Result<bool> {
        let argon2 = self.argon2.clone();
        let password = password.0.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.to_string());
        self.apart(move || {
            let parsed = PasswordHash::new(&stored)
                .map_err(|error| Failure::unforeseen(error.to_string()))?;
            Ok(argon2.verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| Failure::unforeseen("the semaphore is never closed"))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|panic| Failure::Unforeseen(panic.into()))?
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String> {
    let salt = SaltString::encode_b64(&clock::random::<16>())
        .map_err(|error| Failure::unforeseen(error.to_string()))?;
    argon2
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| Failure::unforeseen(error.to_string()))
}
