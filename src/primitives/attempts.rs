//! Counters of attempts to log in: the arithmetic of `zenoo_security/stores/attempts.py`, and a bounded table of them.
//!
//! An attempt is counted when it is reserved, before the password is looked at, and what came of it is settled afterwards.
//! Both agree with the Python functions bit for bit; `tests/test_attempts.py` holds them beside each other. Times are
//! seconds of the caller's clock.

mod entries;
mod table;

pub use table::{AttemptTable, Counter, MAX_CAPACITY, MAX_COUNTERS, MAX_KEY_LEN, MIN_CAPACITY};

use super::{Error, Result};

/// Counts stay there; they do not grow without end.
pub const MAX_COUNT: u32 = 1_000_000;

const MAX_DELAYS: usize = 1000;

/// What came of an attempt, for one of its counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It stays counted, and counts towards the stop.
    Failed,
    /// As if it had not been.
    GivenBack,
    /// It succeeded: the counter begins anew.
    Cleared,
}

impl Outcome {
    /// The outcome that Python calls so.
    ///
    /// # Errors
    /// [`Error::Parameter`] for an unknown name.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "failed" => Ok(Self::Failed),
            "given_back" => Ok(Self::GivenBack),
            "cleared" => Ok(Self::Cleared),
            _ => Err(Error::Parameter("an outcome is failed, given_back or cleared")),
        }
    }
}

/// How a counter slows down.
#[derive(Debug)]
pub struct Backoff {
    delays_s: Box<[f64]>,
    stop: u32,
    keep_s: f64,
}

impl Backoff {
    /// `delays_s`: seconds after the first attempt, the second and so on. `stop`: confirmed failures after which nothing is
    /// reserved. `keep_s`: seconds after its latest attempt that a counter is forgotten.
    ///
    /// # Errors
    /// [`Error::Parameter`] when one of them is out of the range that `Backoff` in Python checks.
    pub fn new(delays_s: &[f64], stop: Option<u32>, keep_s: f64) -> Result<Self> {
        let longest_s = delays_s.iter().copied().fold(1.0, f64::max);
        let in_range = |delay_s: &f64| *delay_s >= 0.0 && delay_s.is_finite();
        if delays_s.is_empty() || delays_s.len() > MAX_DELAYS || !delays_s.iter().all(in_range) {
            return Err(Error::Parameter("delays_s holds 1 to 1000 numbers of seconds"));
        }
        if !stop.is_none_or(|stop| (1..=MAX_COUNT).contains(&stop)) {
            return Err(Error::Parameter("stop is 1 to 1,000,000 failures, or None"));
        }
        if !(longest_s <= keep_s && keep_s.is_finite()) {
            return Err(Error::Parameter("keep_s is at least a second and as long as the longest delay"));
        }
        Ok(Self { delays_s: delays_s.into(), stop: stop.unwrap_or(u32::MAX), keep_s })
    }

    fn delay_s(&self, attempts: u32) -> f64 {
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        self.delays_s.get(index).or(self.delays_s.last()).copied().unwrap_or_default()
    }
}

/// The state of a counter. The default is one that was never used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Count {
    attempts: u32,
    failures: u32,
    next_at: f64,
    forget_at: f64,
}

impl Count {
    fn is_forgotten(&self, now: f64) -> bool {
        now >= self.forget_at
    }

    const fn has_stopped(&self) -> bool {
        self.next_at == f64::INFINITY
    }

    /// Seconds until an attempt is allowed; 0 when it is.
    fn wait_s(&self, now: f64) -> f64 {
        if now < self.next_at { self.next_at - now } else { 0.0 }
    }

    /// The state after one more attempt, which was allowed.
    fn reserved(self, backoff: &Backoff, now: f64) -> Self {
        let attempts = self.attempts.saturating_add(1).min(MAX_COUNT);
        Self { attempts, next_at: now + backoff.delay_s(attempts), forget_at: now + backoff.keep_s, ..self }
    }

    /// The state after an outcome, or nothing when nothing is left to remember.
    fn settled(self, backoff: &Backoff, outcome: Outcome, now: f64) -> Option<Self> {
        match outcome {
            Outcome::Cleared => None,
            Outcome::Failed => {
                let failures = self.failures.saturating_add(1).min(MAX_COUNT);
                if failures >= backoff.stop {
                    return Some(Self { failures, next_at: f64::INFINITY, forget_at: f64::INFINITY, ..self });
                }
                Some(Self { failures, ..self })
            }
            Outcome::GivenBack if self.has_stopped() => Some(self),
            Outcome::GivenBack => {
                let attempts = self.attempts.saturating_sub(1).max(self.failures);
                (attempts > 0).then(|| Self { attempts, next_at: self.next_at.min(now), ..self })
            }
        }
    }
}
