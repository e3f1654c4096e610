//! The counters of one process: a hash table with a cap.
//!
//! A key is kept as its SipHash-1-3 of 128 bits under a random key of the table, so nobody outside can aim at a place. The
//! counters lie one after the other, 40 bytes each, and a hash table knows where: 12 to 23 bytes for each. Growing doubles
//! both, up to the cap: never over 105 bytes a counter.
//!
//! Names are made up faster than a table can grow, so a full one must let go of something. What is forgotten anyway goes
//! first, then the counter with the fewest failures, of these the one with the fewest attempts, of these the one that
//! would be forgotten first; one that has stopped never goes. Two ways are closed to whoever invents the names:
//!
//! - Dropping a victim's counter for a newcomer's would give its guesses back. It goes only when all within reach have
//!   failed as often, so that a flood pays about a whole table of failed logins for each guess that it gets back.
//! - Refusing newcomers, or counting them together, would lock out every user who has no counter, which is everybody who
//!   logs in rightly. One is refused only when all within reach have stopped: the stop's number of failures for each.
//!
//! There is no third way: what does not remember a name cannot tell it from another, so it either forgets or refuses.
//!
//! A hand walks over the counters and removes what is forgotten, [`SWEPT_FOR_NEW_COUNTER`] for each new one and
//! [`SWEPT_WHEN_FULL`] for one in a full table: no call takes long. What must go is chosen among [`COMPARED`] at random, or
//! among all of a small table: those are "within reach". Were they neighbors, then whoever made a few dozen names fail just
//! before and after the victim's would have it dropped among them.

use core::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use siphasher::sip128::SipHasher13;

use super::entries::{Entries, Entry, Tag};
use super::{Backoff, Count, Outcome};
use crate::primitives::{Error, Result, random};

/// The smallest and the largest cap.
pub const MIN_CAPACITY: usize = 16;
/// See [`MIN_CAPACITY`].
pub const MAX_CAPACITY: usize = 100_000_000;
/// The longest key in bytes.
pub const MAX_KEY_LEN: usize = 512;
/// The most counters of one attempt.
pub const MAX_COUNTERS: usize = 8;

const SWEPT_FOR_NEW_COUNTER: usize = 8;
const SWEPT_WHEN_FULL: usize = 64;
const COMPARED: usize = 64;

/// What a newcomer waits for when there is no place; the hand is elsewhere by then.
const RETRY_S: f64 = 60.0;

const COUNTERS: Error = Error::Parameter("an attempt has 1 to 8 counters with different keys");
const TIME: Error = Error::Parameter("the time is a finite number of seconds");

/// One counter of an attempt, made by [`AttemptTable::counter`].
#[derive(Debug)]
pub struct Counter {
    tag: Tag,
    backoff: Arc<Backoff>,
}

/// Counters of attempts, at most so many. Threads share it.
pub struct AttemptTable {
    id: u64,
    hasher: SipHasher13,
    places: Mutex<Places>,
}

struct Places {
    capacity: usize,
    entries: Entries,
    /// What the sweep looks at next.
    hand: usize,
    /// The state of a generator that nobody outside can follow.
    seed: u64,
}

impl AttemptTable {
    /// A table of at most `capacity` counters.
    ///
    /// # Errors
    /// [`Error::Parameter`] when that is out of range, [`Error::Randomness`] when there is no key for the hash.
    pub fn new(capacity: usize) -> Result<Self> {
        if !(MIN_CAPACITY..=MAX_CAPACITY).contains(&capacity) {
            return Err(Error::Parameter("capacity is 16 to 100,000,000 counters"));
        }
        let hasher = SipHasher13::new_with_key(&random::bytes()?);
        let seed = u64::from_le_bytes(random::bytes()?);
        let places = Places { capacity, entries: Entries::default(), hand: 0, seed };
        Ok(Self { id: u64::from_ne_bytes(random::bytes()?), hasher, places: Mutex::new(places) })
    }

    /// A number that no other table has: a [`Counter`] belongs to the table that made it.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The counter of a key.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a key that is empty or longer than [`MAX_KEY_LEN`].
    pub fn counter(&self, key: &[u8], backoff: Arc<Backoff>) -> Result<Counter> {
        Ok(Counter { tag: self.tag(key)?, backoff })
    }

    /// Counts one attempt on every counter, or on none. The seconds until all would allow it: 0 when it was counted, infinite
    /// when one has stopped.
    ///
    /// # Errors
    /// [`Error::Parameter`] for no counter, more than [`MAX_COUNTERS`], the same one twice, or a time that is not finite.
    pub fn reserve(&self, counters: &[Counter], now: f64) -> Result<f64> {
        check(counters, now)?;
        Ok(self.places.lock().reserve(counters, now))
    }

    /// Says what came of an attempt: an outcome for each of its counters. A counter that is gone stays gone.
    ///
    /// # Errors
    /// [`Error::Parameter`] as for `reserve`, and for another number of outcomes than of counters.
    pub fn settle(&self, counters: &[Counter], outcomes: &[Outcome], now: f64) -> Result<()> {
        check(counters, now)?;
        if outcomes.len() != counters.len() {
            return Err(Error::Parameter("there is one outcome for each counter"));
        }
        let mut places = self.places.lock();
        for (counter, outcome) in counters.iter().zip(outcomes) {
            places.settle_one(counter, *outcome, now);
        }
        Ok(())
    }

    /// Forgets a counter. Whether there was one.
    ///
    /// # Errors
    /// [`Error::Parameter`] as for [`AttemptTable::counter`].
    pub fn forget(&self, key: &[u8]) -> Result<bool> {
        let tag = self.tag(key)?;
        Ok(self.places.lock().entries.remove(tag))
    }

    /// How many counters are held, those included that could be forgotten.
    pub fn len(&self) -> usize {
        self.places.lock().entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn tag(&self, key: &[u8]) -> Result<Tag> {
        if !(1..=MAX_KEY_LEN).contains(&key.len()) {
            return Err(Error::Parameter("a key has 1 to 512 bytes"));
        }
        let (first, second) = self.hasher.hash(key).as_u64();
        Ok(Tag(first, second))
    }
}

impl Places {
    fn reserve(&mut self, counters: &[Counter], now: f64) -> f64 {
        let (mut wait_s, mut new) = (0.0_f64, 0_usize);
        for counter in counters {
            match self.entries.find(counter.tag) {
                Some(count) if count.is_forgotten(now) => {}
                Some(count) => wait_s = wait_s.max(count.wait_s(now)),
                None => new = new.saturating_add(1),
            }
        }
        if wait_s > 0.0 {
            return wait_s;
        }
        if new > 0 && !self.make_room(new, counters, now) {
            return RETRY_S;
        }
        for counter in counters {
            self.count_one(counter, now);
        }
        0.0
    }

    fn settle_one(&mut self, counter: &Counter, outcome: Outcome, now: f64) {
        let Some(count) = self.entries.find(counter.tag) else { return };
        let settled = if count.is_forgotten(now) { None } else { count.settled(&counter.backoff, outcome, now) };
        match settled {
            Some(settled) => *count = settled,
            None => {
                self.entries.remove(counter.tag);
            }
        }
    }

    fn count_one(&mut self, counter: &Counter, now: f64) {
        let tag = counter.tag;
        if let Some(count) = self.entries.find(tag) {
            let before = if count.is_forgotten(now) { Count::default() } else { *count };
            *count = before.reserved(&counter.backoff, now);
            return;
        }
        let count = Count::default().reserved(&counter.backoff, now);
        self.entries.insert(Entry { tag, count }, self.capacity);
    }

    /// Makes places for so many new counters of an attempt. Whether there are enough.
    fn make_room(&mut self, new: usize, counters: &[Counter], now: f64) -> bool {
        self.sweep(new.saturating_mul(SWEPT_FOR_NEW_COUNTER), counters, now);
        while self.entries.len().saturating_add(new) > self.capacity {
            if self.sweep(SWEPT_WHEN_FULL, counters, now) {
                continue;
            }
            let Some(least) = self.least(counters) else { return false };
            self.entries.remove(least.tag);
        }
        true
    }

    /// Removes what is forgotten among the next few counters. Whether anything was. The counters of the attempt that wants the
    /// room are left alone.
    fn sweep(&mut self, steps: usize, wanting: &[Counter], now: f64) -> bool {
        let before = self.entries.len();
        for _ in 0..steps.min(before) {
            self.hand =
                self.hand.checked_sub(1).unwrap_or(self.entries.len()).min(self.entries.len().saturating_sub(1));
            let Some(entry) = self.entries.get(self.hand) else { break };
            if entry.count.is_forgotten(now) && !is_wanted(&entry, wanting) {
                self.entries.remove(entry.tag);
            }
        }
        self.entries.len() < before
    }

    /// The counter with which least is lost, of some; none when all of them have stopped.
    fn least(&mut self, wanting: &[Counter]) -> Option<Entry> {
        let length = self.entries.len();
        let mut least: Option<Entry> = None;
        for index in 0..COMPARED.min(length) {
            let position = if length <= COMPARED { index } else { self.random_below(length) };
            let Some(entry) = self.entries.get(position) else { continue };
            if !is_wanted(&entry, wanting) && entry.is_less(least.as_ref()) {
                least = Some(entry);
            }
        }
        least
    }

    /// The next of `SplitMix64`, below a bound.
    fn random_below(&mut self, end: usize) -> usize {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let number = usize::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default();
        number.checked_rem(end).unwrap_or_default()
    }
}

fn is_wanted(entry: &Entry, wanting: &[Counter]) -> bool {
    wanting.iter().any(|counter| counter.tag == entry.tag)
}

fn check(counters: &[Counter], now: f64) -> Result<()> {
    let twice = |(index, counter): (usize, &Counter)| counters.iter().take(index).any(|other| other.tag == counter.tag);
    if !(1..=MAX_COUNTERS).contains(&counters.len()) || counters.iter().enumerate().any(twice) {
        return Err(COUNTERS);
    }
    if now.is_finite() { Ok(()) } else { Err(TIME) }
}

impl fmt::Debug for AttemptTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptTable").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Entries, Places};

    /// The first numbers of the reference implementation of `SplitMix64` for this seed.
    #[test]
    fn positions_are_drawn_by_split_mix_64() {
        let mut places = Places { capacity: 16, entries: Entries::default(), hand: 0, seed: 1_234_567 };
        for number in [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423] {
            assert_eq!(places.random_below(1 << 32), usize::try_from(number >> 32).unwrap());
        }
    }
}
