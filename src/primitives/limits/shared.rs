//! Rate limits in a table that processes share: any memory that all of them see will do, this module knows of no file.
//!
//! The table is a row of [`Bucket`]s of four slots. A slot is 16 bytes, a fingerprint and a moment, and is changed by one
//! compare-and-swap of all 16. Whoever stops between two instructions, and however, leaves a table that everybody else
//! can go on with. A slot whose moment has passed is free for anyone: nothing has to be tidied up, and many limiters live
//! in one table.
//!
//! GCRA takes one slot for each key: the moment from when on its quota is whole. The sliding window takes one for each
//! request that is in the window, and one that says which is the oldest; see [`ring`].
//!
//! A fingerprint is the SipHash-1-3 of a key; the key of that hash is made of the limiter's own figures and the secret of
//! the table. It has 64 bits, in which `n` slots meet by chance with a probability of `n^2 / 2^65`, and then refuse
//! sooner and never later.

mod ring;
mod slots;

use siphasher::sip::SipHasher13;
use siphasher::sip128::{Hasher128, SipHasher24};

use super::gcra::Gcra;
use super::{Algorithm, Decision, Quota, Receipt, Result, State, check_cost, check_key};
use crate::primitives::Error;
use core::hash::Hasher;
use ring::Ring;
use slots::{Answer, Slots};
pub use slots::{Bucket, SLOTS_PER_BUCKET, is_lock_free};

/// The most units of a sliding window in a shared table: each takes a slot.
pub const MAX_SHARED_WINDOW_LIMIT: u32 = 10_000;
/// The longest name of a limiter in bytes.
pub const MAX_NAME_LEN: usize = 255;

/// One quota for each of many keys. It holds no counts itself, they are in the table.
///
/// The clock is a function that is asked while a slot is being changed, so that moments in one slot never go back, however
/// long a process is held up between its steps. It counts nanoseconds since a moment that is the same for all processes.
pub struct SharedLimiter {
    algorithm: Algorithm,
    quota: Quota,
    hasher: SipHasher13,
}

impl SharedLimiter {
    /// A limiter of `limit` units in `window_ns` nanoseconds. Limiters that agree in all their figures and in `name` count
    /// together; `secret` is that of the table.
    ///
    /// # Errors
    /// [`Error::Parameter`] when an argument is out of range.
    pub fn new(algorithm: Algorithm, limit: u32, window_ns: u64, name: &str, secret: &[u8; 16]) -> Result<Self> {
        let quota = Quota::new(limit, window_ns)?;
        if algorithm == Algorithm::SlidingWindow && limit > MAX_SHARED_WINDOW_LIMIT {
            return Err(Error::Parameter(
                "a sliding window in a shared table holds at most 10,000 requests a key; gcra holds more",
            ));
        }
        if name.len() > MAX_NAME_LEN {
            return Err(Error::Parameter("the name of a limiter has at most 255 bytes"));
        }
        Ok(Self { algorithm, quota, hasher: hasher(algorithm, quota, name, secret) })
    }

    /// Takes `cost` units from the quota of `key` if they are there; all of them or none.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty key, [`Error::TooLarge`] for one that is too long, [`Error::Parameter`] for a cost of
    /// nothing or of more than the whole quota.
    #[inline]
    pub fn hit(&self, table: &[Bucket], key: &[u8], cost: u32, clock: &impl Fn() -> u64) -> Result<Decision> {
        let tag = self.tag(key, cost)?;
        let slots = Slots::new(table, clock);
        Ok(match self.algorithm {
            Algorithm::Gcra => self.hit_gcra(&slots, tag, cost).0,
            Algorithm::SlidingWindow => Ring::new(&slots, self.quota, tag).hit(cost),
        })
    }

    /// `hit`, with what [`SharedLimiter::give_back`] needs.
    ///
    /// # Errors
    /// Those of [`SharedLimiter::hit`].
    pub fn take(
        &self,
        table: &[Bucket],
        key: &[u8],
        cost: u32,
        clock: &impl Fn() -> u64,
    ) -> Result<(Decision, Receipt)> {
        let tag = self.tag(key, cost)?;
        let slots = Slots::new(table, clock);
        Ok(match self.algorithm {
            Algorithm::Gcra => {
                let (decision, full_from_ns) = self.hit_gcra(&slots, tag, cost);
                (decision, Receipt::of(&decision, full_from_ns))
            }
            Algorithm::SlidingWindow => Ring::new(&slots, self.quota, tag).take_all(cost),
        })
    }

    /// Undoes a `take` of `cost` units, as far as they have not come back by themselves. Until then others may have been
    /// refused for it.
    ///
    /// # Errors
    /// Those of [`SharedLimiter::hit`].
    pub fn give_back(
        &self,
        table: &[Bucket],
        key: &[u8],
        cost: u32,
        receipt: &Receipt,
        clock: &impl Fn() -> u64,
    ) -> Result<()> {
        let tag = self.tag(key, cost)?;
        let slots = Slots::new(table, clock);
        match self.algorithm {
            Algorithm::SlidingWindow => Ring::new(&slots, self.quota, tag).give_back(&receipt.0),
            Algorithm::Gcra => {
                for part in &receipt.0 {
                    slots.update(tag, |full_from_ns| {
                        let mut state = Gcra::full_from(full_from_ns);
                        state.give_back(self.quota, cost, part.moment_ns, slots.now_ns());
                        state.full_from_ns()
                    });
                }
            }
        }
        Ok(())
    }

    /// `hit` of one unit without the figures: whether it was there.
    ///
    /// # Errors
    /// Those of [`SharedLimiter::hit`] about the key.
    #[inline]
    pub fn allow(&self, table: &[Bucket], key: &[u8], clock: &impl Fn() -> u64) -> Result<bool> {
        let tag = self.tag(key, 1)?;
        let slots = Slots::new(table, clock);
        Ok(match self.algorithm {
            Algorithm::Gcra => self.hit_gcra(&slots, tag, 1).0.allowed(),
            Algorithm::SlidingWindow => Ring::new(&slots, self.quota, tag).allow(),
        })
    }

    /// Whether `cost` units are there, and how many. Takes nothing and remembers nothing.
    ///
    /// # Errors
    /// Those of [`SharedLimiter::hit`].
    pub fn peek(&self, table: &[Bucket], key: &[u8], cost: u32, clock: &impl Fn() -> u64) -> Result<Decision> {
        let tag = self.tag(key, cost)?;
        let slots = Slots::new(table, clock);
        Ok(match self.algorithm {
            Algorithm::Gcra => Gcra::full_from(slots.read(tag)).peek(self.quota, cost, slots.now_ns()),
            Algorithm::SlidingWindow => Ring::new(&slots, self.quota, tag).peek(cost),
        })
    }

    /// Gives `key` its whole quota back. Whether anything had been counted for it.
    ///
    /// # Errors
    /// Those of [`SharedLimiter::hit`] about the key.
    pub fn reset(&self, table: &[Bucket], key: &[u8], clock: &impl Fn() -> u64) -> Result<bool> {
        let tag = self.tag(key, 1)?;
        let slots = Slots::new(table, clock);
        Ok(match self.algorithm {
            Algorithm::Gcra => slots.clear(tag),
            Algorithm::SlidingWindow => Ring::new(&slots, self.quota, tag).reset(),
        })
    }

    /// The decision, and from when on the quota is whole.
    #[inline]
    fn hit_gcra(&self, slots: &Slots<'_, impl Fn() -> u64>, tag: u64, cost: u32) -> (Decision, u64) {
        let mut full_ns = 0;
        let mut decision = self.quota.refused(0, self.quota.window_ns, self.quota.window_ns);
        let answer = slots.update(tag, |full_from_ns| {
            let mut state = Gcra::full_from(full_from_ns);
            decision = state.hit(self.quota, cost, slots.now_ns());
            full_ns = state.full_from_ns();
            if decision.allowed() { full_ns } else { full_from_ns.min(full_ns) }
        });
        match answer {
            Answer::Done => (decision, full_ns),
            Answer::NoPlace { free_after_ns } => (no_place(self.quota, free_after_ns), 0),
        }
    }

    #[inline]
    fn tag(&self, key: &[u8], cost: u32) -> Result<u64> {
        check_cost(self.quota.limit, cost)?;
        check_key(key)?;
        Ok(self.hasher.hash(key))
    }
}

impl core::fmt::Debug for SharedLimiter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SharedLimiter")
            .field("algorithm", &self.algorithm)
            .field("quota", &self.quota)
            .finish_non_exhaustive()
    }
}

/// How many slots of a table are taken, by whatever limiter.
pub fn taken_slots(table: &[Bucket], clock: &impl Fn() -> u64) -> usize {
    Slots::new(table, clock).taken()
}

fn hasher(algorithm: Algorithm, quota: Quota, name: &str, secret: &[u8; 16]) -> SipHasher13 {
    let mut hasher = SipHasher24::new_with_key(secret);
    hasher.write(&[match algorithm {
        Algorithm::SlidingWindow => 1,
        Algorithm::Gcra => 2,
    }]);
    hasher.write(&quota.limit.to_le_bytes());
    hasher.write(&quota.window_ns.to_le_bytes());
    hasher.write(name.as_bytes());
    SipHasher13::new_with_key(&hasher.finish128().as_bytes())
}

/// The refusal of a key that has no place. It is told to come back when one of those around it may be free.
fn no_place(quota: Quota, free_after_ns: u64) -> Decision {
    let wait_ns = free_after_ns.clamp(1, quota.window_ns);
    quota.refused(0, wait_ns, wait_ns)
}
