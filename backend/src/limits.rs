//! How often something may be tried: sign-ins per account and per address, questions by strangers.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::{AccountId, Error};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::Clock;
use crate::error::{Failure, Result};

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Clock, NoOpMiddleware<Nanos>>;

impl governor::clock::Clock for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.running().into()
    }
}

/// How many tries in a row are free, before they come back one by one.
#[derive(Clone, Copy, Debug)]
pub struct Bursts {
    /// Wrong passwords for one phone or login, or of one who changes their own; one more every minute.
    pub account: u32,
    /// Sign-ins of an address (a school sits behind one); 60 more a minute.
    pub address: u32,
    /// Calls without a session of an address; 120 more a minute. A tenth of them may leave an
    /// application or its appointment order behind, one more every ten minutes; another tenth an account,
    /// by a school's public code, one more every minute.
    pub stranger: u32,
}

impl Default for Bursts {
    fn default() -> Self {
        Self {
            account: 10,
            address: 300,
            stranger: 300,
        }
    }
}

/// New accounts that one account makes in a row (a parent, for children); one more every minute.
const REGISTRATIONS: u32 = 10;

/// What somebody who is signed in asks to join in a row; one more every ten minutes.
const ASKS: u32 = 10;

/// Counts in memory: a restart forgives, a second server counts for itself.
pub struct Limits {
    sign_in_account: Limiter<String>,
    sign_in_address: Limiter<IpAddr>,
    stranger: Limiter<IpAddr>,
    application: Limiter<IpAddr>,
    newcomer: Limiter<IpAddr>,
    registration: Limiter<AccountId>,
    asking: Limiter<AccountId>,
    password: Limiter<AccountId>,
    /// Until when the addresses of strangers are refused that have used up what is theirs, as
    /// [`Clock::running`] counts.
    refused: Mutex<HashMap<IpAddr, Duration>>,
}

impl Limits {
    #[must_use]
    pub fn new(bursts: Bursts, clock: &Clock) -> Self {
        Self {
            sign_in_account: limiter(Quota::per_minute(NonZeroU32::MIN), bursts.account, clock),
            sign_in_address: limiter(Quota::per_minute(count(60)), bursts.address, clock),
            stranger: limiter(Quota::per_minute(count(120)), bursts.stranger, clock),
            application: limiter(Quota::per_hour(count(6)), bursts.stranger / 10, clock),
            newcomer: limiter(
                Quota::per_minute(NonZeroU32::MIN),
                bursts.stranger / 10,
                clock,
            ),
            registration: limiter(Quota::per_minute(NonZeroU32::MIN), REGISTRATIONS, clock),
            asking: limiter(Quota::per_hour(count(6)), ASKS, clock),
            password: limiter(Quota::per_minute(NonZeroU32::MIN), bursts.account, clock),
            refused: Mutex::default(),
        }
    }

    /// One try to sign in. Counted whether or not the account exists, so that the limit tells nothing.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn sign_in(&self, login: &str, address: IpAddr) -> Result<()> {
        check(&self.sign_in_address, &source(address))?;
        check(&self.sign_in_account, &login.to_owned())
    }

    /// One try to change the password, which the person who is signed in may be guessing. Not counted
    /// with sign-ins: whoever knows a login could keep its owner from changing the password.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn password(&self, of: AccountId) -> Result<()> {
        check(&self.password, &of)
    }

    /// One call without a session: opening invites, searching schools, applying; and what comes with a
    /// session that isn't any more, or never was.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn stranger(&self, address: IpAddr) -> Result<()> {
        let source = source(address);
        let Some(wait) = wait(&self.stranger, &source) else {
            return Ok(());
        };
        let until = self.stranger.clock().running() + wait;
        self.refused().insert(source, until);
        Err(too_many(wait))
    }

    /// Whether the address may still call as a stranger: asked before the database is, whose session it
    /// shows, and counts nothing.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn still_stranger(&self, address: IpAddr) -> Result<()> {
        let until = self.refused().get(&source(address)).copied();
        let now = self.stranger.clock().running();
        match until.and_then(|until| until.checked_sub(now)) {
            Some(wait) if !wait.is_zero() => Err(too_many(wait)),
            _ => Ok(()),
        }
    }

    /// One account that someone without one makes by a school's public code.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn newcomer(&self, address: IpAddr) -> Result<()> {
        check(&self.newcomer, &source(address))
    }

    /// One request to join of somebody who is signed in: each is told to all who decide.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn asking(&self, account: AccountId) -> Result<()> {
        check(&self.asking, &account)
    }

    /// One thing that someone without an account leaves on our disk: an application, or its
    /// appointment order.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn application(&self, address: IpAddr) -> Result<()> {
        check(&self.application, &source(address))
    }

    /// One account that somebody who is signed in makes.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn registration(&self, by: AccountId) -> Result<()> {
        check(&self.registration, &by)
    }

    /// Forgets who has been quiet; called now and then.
    pub fn prune(&self) {
        self.sign_in_account.retain_recent();
        self.sign_in_address.retain_recent();
        self.stranger.retain_recent();
        self.application.retain_recent();
        self.newcomer.retain_recent();
        self.registration.retain_recent();
        self.asking.retain_recent();
        self.password.retain_recent();
        let now = self.stranger.clock().running();
        self.refused().retain(|_, until| *until > now);
    }

    fn refused(&self) -> MutexGuard<'_, HashMap<IpAddr, Duration>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)
}

fn limiter<K: std::hash::Hash + Eq + Clone>(quota: Quota, burst: u32, clock: &Clock) -> Limiter<K> {
    let quota = quota.allow_burst(count(burst));
    RateLimiter::new(quota, DashMapStateStore::default(), clock.clone())
}

/// Who is counted as one: of IPv6 the network of 64 bits, because a home has all of its addresses.
fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address => address,
    }
}

fn check<K: std::hash::Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Result<()> {
    wait(limiter, key).map_or(Ok(()), |wait| Err(too_many(wait)))
}

/// Counts one; if it was one too many, how long to wait for the next.
fn wait<K: std::hash::Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Option<Duration> {
    let until = limiter.check_key(key).err()?;
    Some(until.wait_time_from(limiter.clock().running().into()))
}

fn too_many(wait: Duration) -> Failure {
    Error::TooMany {
        retry_after: (wait.as_millis().div_ceil(1000) as u64).max(1),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn a_home_is_one_source() {
        let source = |text: &str| source(text.parse().unwrap()).to_string();
        assert_eq!(source("2001:db8:1:2:3::4"), "2001:db8:1:2::");
        assert_eq!(source("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(source("203.0.113.7"), "203.0.113.7");
    }
}
