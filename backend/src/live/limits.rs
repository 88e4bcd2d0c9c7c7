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

/// What is tried, and by whom: counted, and refused beyond what is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt<'a> {
    /// To sign in. Counted whether or not the account exists, so that the limit tells nothing.
    SignIn { login: &'a str, address: IpAddr },
    /// To change the password, which the person who is signed in may be guessing. Not counted with
    /// sign-ins: whoever knows a login could keep its owner from changing the password.
    Password(AccountId),
    /// A call without a session: opening invites, searching schools, applying; and what comes with a session
    /// that isn't any more, or never was.
    Stranger(IpAddr),
    /// An account that someone without one makes by a school's public code.
    Newcomer(IpAddr),
    /// Something that someone without an account leaves on our disk: an application, or its appointment
    /// order.
    Application(IpAddr),
    /// A request to join of somebody who is signed in: each is told to all who decide.
    Asking(AccountId),
    /// An account that somebody who is signed in makes.
    Registration(AccountId),
}

/// Counts in memory: a restart forgives.
pub(super) struct Limits {
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
    pub(super) fn new(bursts: Bursts, clock: &Clock) -> Self {
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

    /// Counts one; refuses what is one too many.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub(super) fn attempt(&self, attempt: Attempt<'_>) -> Result<()> {
        let wait = match attempt {
            Attempt::SignIn { login, address } => wait(&self.sign_in_address, &source(address))
                .or_else(|| wait(&self.sign_in_account, &login.to_owned())),
            Attempt::Password(account) => wait(&self.password, &account),
            Attempt::Stranger(address) => self.stranger(source(address)),
            Attempt::Newcomer(address) => wait(&self.newcomer, &source(address)),
            Attempt::Application(address) => wait(&self.application, &source(address)),
            Attempt::Asking(account) => wait(&self.asking, &account),
            Attempt::Registration(account) => wait(&self.registration, &account),
        };
        wait.map_or(Ok(()), |wait| Err(too_many(wait)))
    }

    fn stranger(&self, source: IpAddr) -> Option<Duration> {
        let wait = wait(&self.stranger, &source)?;
        let until = self.stranger.clock().running() + wait;
        self.refused().insert(source, until);
        Some(wait)
    }

    /// What [`Attempt::Stranger`] would say, counting nothing.
    pub(super) fn still_stranger(&self, address: IpAddr) -> Result<()> {
        let until = self.refused().get(&source(address)).copied();
        let now = self.stranger.clock().running();
        match until.and_then(|until| until.checked_sub(now)) {
            Some(wait) if !wait.is_zero() => Err(too_many(wait)),
            _ => Ok(()),
        }
    }

    /// Forgets who has been quiet.
    pub(super) fn prune(&self) {
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
    use std::sync::Arc;

    use super::*;

    #[test]
    fn each_attempt_has_an_end_of_its_own_and_for_each() {
        let bursts = Bursts {
            account: 2,
            address: 5,
            stranger: 20,
        };
        let limits = Limits::new(bursts, &Clock::Set(Arc::default()));
        let address = |last| IpAddr::from([203, 0, 113, last]);
        let of = |who: u8| {
            let (account, address) = (AccountId(who.into()), address(who));
            let login = if who == 1 { "one" } else { "other" };
            [
                (2, Attempt::SignIn { login, address }),
                (2, Attempt::Password(account)),
                (2, Attempt::Newcomer(address)),
                (2, Attempt::Application(address)),
                (ASKS, Attempt::Asking(account)),
                (REGISTRATIONS, Attempt::Registration(account)),
                (20, Attempt::Stranger(address)),
            ]
        };
        for who in [1, 2] {
            for (burst, attempt) in of(who) {
                assert!(limits.still_stranger(address(who)).is_ok());
                for _ in 0..burst {
                    assert!(limits.attempt(attempt).is_ok(), "{attempt:?}");
                }
                let refused = limits.attempt(attempt).unwrap_err();
                let refused = matches!(refused, Failure::Known(Error::TooMany { .. }));
                assert!(refused, "{attempt:?}");
                let strangers = limits.still_stranger(address(who)).is_err();
                assert_eq!(strangers, matches!(attempt, Attempt::Stranger(_)));
            }
        }
    }

    #[test]
    fn a_home_is_one_source() {
        let source = |text: &str| source(text.parse().unwrap()).to_string();
        assert_eq!(source("2001:db8:1:2:3::4"), "2001:db8:1:2::");
        assert_eq!(source("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(source("203.0.113.7"), "203.0.113.7");
    }
}
