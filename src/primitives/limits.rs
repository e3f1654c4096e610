//! Rate limits: how much a key may use in a time, counted in the memory of one process ([`Limiter`]) or in memory that
//! several share ([`SharedLimiter`]).
//!
//! Two algorithms. The sliding window is exact: in no stretch of time as long as the window does a
//! key get more than its quota; it keeps the moment of every unit taken. GCRA, the generic cell rate algorithm of ATM
//! (ITU-T I.371, annex A), keeps one number a key: a rested key may take its whole quota at once, then regains a unit
//! every `window / limit`; in the worst window it gets nearly twice its quota, on average never more than it.
//!
//! What is refused is not charged. The clock is an argument, in nanoseconds since a moment that the caller chose. When it
//! is set back nothing is freed, and nobody waits longer than one window more.
//!
//! The number of keys is capped. Only a key that has regained its whole quota is ever forgotten, since that changes no
//! decision. When all places are taken by others a new key is refused: were it let in uncounted, or were a counted one
//! dropped for it, whoever can invent names could wipe out the counter that holds them back.
#![expect(clippy::inline_always, reason = "measured: a `Decision` returned through memory costs as much as making it")]

mod gcra;
mod refusals;
mod shared;
mod table;
mod window;

use super::validate::codes;
use super::{Error, Result};
use gcra::Gcra;
pub use refusals::Refusals;
pub use shared::{
    Bucket, MAX_NAME_LEN, MAX_SHARED_WINDOW_LIMIT, SLOTS_PER_BUCKET, SharedLimiter, is_lock_free, taken_slots,
};
use table::Table;
use window::Window;

/// The most units of a quota.
pub const MAX_LIMIT: u32 = 1_000_000;
/// The most units of a sliding window: it keeps eight bytes for each unit that is in use.
pub const MAX_WINDOW_LIMIT: u32 = 100_000;
/// The shortest window: a millisecond.
pub const MIN_WINDOW_NS: u64 = 1_000_000;
/// The longest window: 366 days.
pub const MAX_WINDOW_NS: u64 = 366 * 86_400 * 1_000_000_000;
/// The most keys that a limiter can be told to hold.
pub const MAX_KEYS: usize = 100_000_000;
/// The longest key in bytes.
pub const MAX_KEY_LEN: usize = 4096;

/// How a limiter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Exact: never more than the quota in any window. 40 bytes a key, and eight for each unit when more than three are in
    /// use.
    SlidingWindow,
    /// A burst of the whole quota, then a steady rate. 16 bytes a key.
    Gcra,
}

/// What a limiter answers. Durations are in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The units of the quota.
    pub limit: u32,
    /// The units that are left now.
    pub remaining: u32,
    /// How long to wait until the same request is allowed; 0 when it is.
    pub retry_after_ns: u64,
    /// How long until the whole quota is there again, if nothing is taken meanwhile.
    pub reset_after_ns: u64,
}

impl Decision {
    /// Whether the units were taken; of a peek, whether they could be.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        self.retry_after_ns == 0
    }
}

/// What a request took, for who gives it back because another limit refuses the request.
#[derive(Debug)]
pub struct Receipt(Vec<Part>);

/// Units that were taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    /// The number of a permit, where units have one.
    index: u32,
    moment_ns: u64,
}

impl Receipt {
    /// For units without permits; nothing for a request that was refused.
    fn of(decision: &Decision, moment_ns: u64) -> Self {
        Self(if decision.allowed() { vec![Part { index: 0, moment_ns }] } else { Vec::new() })
    }
}

/// So many units in so long.
#[derive(Debug, Clone, Copy)]
struct Quota {
    limit: u32,
    window_ns: u64,
    /// How long GCRA takes to give back one unit, rounded up: rounding down would let the rate creep over the quota.
    interval_ns: u64,
}

impl Quota {
    const fn new(limit: u32, window_ns: u64) -> Result<Self> {
        if limit == 0 || limit > MAX_LIMIT {
            return Err(Error::Parameter("max_requests is 1 to 1,000,000"));
        }
        if window_ns < MIN_WINDOW_NS || window_ns > MAX_WINDOW_NS {
            return Err(Error::Parameter("window_seconds is 0.001 to 31,622,400 (366 days)"));
        }
        Ok(Self { limit, window_ns, interval_ns: window_ns.div_ceil(limit as u64) })
    }

    const fn allowed(self, remaining: u32, reset_after_ns: u64) -> Decision {
        Decision { limit: self.limit, remaining, retry_after_ns: 0, reset_after_ns }
    }

    const fn refused(self, remaining: u32, retry_after_ns: u64, reset_after_ns: u64) -> Decision {
        Decision { limit: self.limit, remaining, retry_after_ns, reset_after_ns }
    }
}

/// What is kept for one key. The default is a key that has taken nothing.
trait State: Default {
    /// Takes `cost` units if they are there. A key that has taken nothing is never refused.
    fn hit(&mut self, quota: Quota, cost: u32, now_ns: u64) -> Decision;

    /// What tells the units of the last hit from others.
    fn mark_ns(&self) -> u64;

    /// Gives back what the hit with that mark took, as far as it has not come back by itself.
    fn give_back(&mut self, quota: Quota, cost: u32, mark_ns: u64, now_ns: u64);

    /// What `hit` would answer, except that `remaining` and `reset_after_ns` are those of now.
    fn peek(&self, quota: Quota, cost: u32, now_ns: u64) -> Decision;

    /// How long until this state decides as a fresh one does. Corrects a state that a clock set back left in the future.
    fn rests_after_ns(&mut self, quota: Quota, now_ns: u64) -> u64;
}

/// A limiter: one quota for each of many keys. Threads share it; keys that hash to different shards do not wait for each
/// other.
#[derive(Debug)]
pub struct Limiter {
    limit: u32,
    keys: Keys,
}

#[derive(Debug)]
enum Keys {
    SlidingWindow(Table<Window>),
    Gcra(Table<Gcra>),
}

/// Calls a method of the table, whichever it is.
macro_rules! on_table {
    ($keys:expr, $table:ident => $call:expr) => {
        match $keys {
            Keys::SlidingWindow($table) => $call,
            Keys::Gcra($table) => $call,
        }
    };
}

impl Limiter {
    /// A limiter of `limit` units in `window_ns` nanoseconds for at most `max_keys` keys at a time.
    ///
    /// # Errors
    /// [`Error::Parameter`] when an argument is out of range, [`Error::Randomness`] when there is no key for the hash.
    pub fn new(algorithm: Algorithm, limit: u32, window_ns: u64, max_keys: usize) -> Result<Self> {
        let quota = Quota::new(limit, window_ns)?;
        if !(1..=MAX_KEYS).contains(&max_keys) {
            return Err(Error::Parameter("max_keys is 1 to 100,000,000"));
        }
        let keys = match algorithm {
            Algorithm::SlidingWindow if limit > MAX_WINDOW_LIMIT => {
                return Err(Error::Parameter("a sliding window holds at most 100,000 requests a key; gcra holds more"));
            }
            Algorithm::SlidingWindow => Keys::SlidingWindow(Table::new(quota, max_keys)?),
            Algorithm::Gcra => Keys::Gcra(Table::new(quota, max_keys)?),
        };
        Ok(Self { limit, keys })
    }

    /// Takes `cost` units from the quota of `key` if they are there; all of them or none.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty key, [`Error::TooLarge`] for one over [`MAX_KEY_LEN`], [`Error::Parameter`] for a
    /// cost of nothing or of more than the whole quota.
    #[inline(always)]
    pub fn hit(&self, key: &[u8], cost: u32, now_ns: u64) -> Result<Decision> {
        self.check(key, cost)?;
        Ok(on_table!(&self.keys, table => table.hit(key, cost, now_ns)))
    }

    /// `hit`, with what [`Limiter::give_back`] needs.
    ///
    /// # Errors
    /// Those of [`Limiter::hit`].
    pub fn take(&self, key: &[u8], cost: u32, now_ns: u64) -> Result<(Decision, Receipt)> {
        self.check(key, cost)?;
        let (decision, mark_ns) = on_table!(&self.keys, table => table.take(key, cost, now_ns));
        Ok((decision, Receipt::of(&decision, mark_ns)))
    }

    /// Undoes a `take` of `cost` units, as far as they have not come back by themselves.
    ///
    /// # Errors
    /// Those of [`Limiter::hit`].
    pub fn give_back(&self, key: &[u8], cost: u32, receipt: &Receipt, now_ns: u64) -> Result<()> {
        self.check(key, cost)?;
        for part in &receipt.0 {
            on_table!(&self.keys, table => table.give_back(key, cost, part.moment_ns, now_ns));
        }
        Ok(())
    }

    /// Whether `cost` units are there, and how many. Takes nothing and remembers nothing.
    ///
    /// # Errors
    /// Those of [`Limiter::hit`].
    #[inline(always)]
    pub fn peek(&self, key: &[u8], cost: u32, now_ns: u64) -> Result<Decision> {
        self.check(key, cost)?;
        Ok(on_table!(&self.keys, table => table.peek(key, cost, now_ns)))
    }

    /// Gives `key` its whole quota back. Whether anything had been counted for it.
    ///
    /// # Errors
    /// Those of [`Limiter::hit`] about the key.
    pub fn reset(&self, key: &[u8]) -> Result<bool> {
        check_key(key)?;
        Ok(on_table!(&self.keys, table => table.reset(key)))
    }

    /// How many keys are held now, those among them that could be forgotten included.
    pub fn key_count(&self) -> usize {
        on_table!(&self.keys, table => table.key_count())
    }

    #[inline(always)]
    fn check(&self, key: &[u8], cost: u32) -> Result<()> {
        check_cost(self.limit, cost)?;
        check_key(key)
    }
}

#[inline(always)]
fn check_cost(limit: u32, cost: u32) -> Result<()> {
    if (1..=limit).contains(&cost) {
        Ok(())
    } else {
        Err(Error::Parameter("cost is 1 to max_requests: waiting does not make room for more"))
    }
}

/// An empty key is a missing one: everybody without a name would share one quota.
#[inline(always)]
fn check_key(key: &[u8]) -> Result<()> {
    match key.len() {
        0 => Err(codes::EMPTY),
        1..=MAX_KEY_LEN => Ok(()),
        _ => Err(Error::TooLarge("an identifier of a rate limit has at most 4096 bytes")),
    }
}
