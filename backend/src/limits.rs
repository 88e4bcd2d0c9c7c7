//! How often something may be tried: sign-ins per account and per address, questions by strangers.

use std::net::IpAddr;
use std::num::NonZeroU32;

use common::Error;
use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::Result;

/// Counts in memory: a restart forgives, a second server counts for itself.
pub struct Limits {
    sign_in_account: DefaultKeyedRateLimiter<String>,
    sign_in_address: DefaultKeyedRateLimiter<IpAddr>,
    stranger: DefaultKeyedRateLimiter<IpAddr>,
    application: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(10, 300, 300)
    }
}

impl Limits {
    /// `per_account`: wrong passwords for one phone or login in a row, one more every minute.
    /// `per_address`: sign-ins of an address in a row (a school sits behind one), 60 more a minute.
    /// `stranger`: calls without a session of an address in a row, 120 more a minute. A tenth of
    /// them may leave something behind (an application, its appointment order); one more every
    /// ten minutes.
    #[must_use]
    pub fn new(per_account: u32, per_address: u32, stranger: u32) -> Self {
        let burst = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self {
            sign_in_account: RateLimiter::keyed(
                Quota::per_minute(NonZeroU32::MIN).allow_burst(burst(per_account)),
            ),
            sign_in_address: RateLimiter::keyed(
                Quota::per_minute(burst(60)).allow_burst(burst(per_address)),
            ),
            stranger: RateLimiter::keyed(
                Quota::per_minute(burst(120)).allow_burst(burst(stranger)),
            ),
            application: RateLimiter::keyed(
                Quota::per_hour(burst(6)).allow_burst(burst(stranger / 10)),
            ),
        }
    }

    /// One try to sign in, or another that guesses a password. Counted whether or not the account
    /// exists, so that the limit tells nothing.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn sign_in(&self, login: &str, address: IpAddr) -> Result<()> {
        check(&self.sign_in_address, &address)?;
        check(&self.sign_in_account, &login.to_owned())
    }

    /// One call that needs no session: opening invites, searching schools, applying.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn stranger(&self, address: IpAddr) -> Result<()> {
        check(&self.stranger, &address)
    }

    /// One thing that someone without an account leaves on our disk: an application, or its
    /// appointment order.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn application(&self, address: IpAddr) -> Result<()> {
        check(&self.application, &address)
    }

    /// Forgets who has been quiet; called now and then.
    pub fn prune(&self) {
        self.sign_in_account.retain_recent();
        self.sign_in_address.retain_recent();
        self.stranger.retain_recent();
        self.application.retain_recent();
    }
}

fn check<K: std::hash::Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<()> {
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(limiter.clock().now());
        Error::TooMany {
            retry_after: wait.as_secs() + 1,
        }
        .into()
    })
}
