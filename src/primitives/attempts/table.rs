//! The counters of one process: a hash table with a cap.
//!
//! A key is kept as its SipHash-1-3 of 128 bits under a random key of the table, so a counter takes 41 bytes and nobody
//! outside can aim at a place. The hash table doubles, and is at least 7/16 full when it has: up to 94 bytes a counter.
//! Beside them there are 16 bytes for four to eight counters of the cap once one was evicted, see [`super::traces`].
//!
//! Names are made up faster than a table can grow, so a full one must let go of something. What is forgotten anyway goes
//! first, then the counter with the fewest failures, of these the one with the fewest attempts, of these the one that
//! would be forgotten first; one that has stopped never goes. Two ways are closed to whoever invents the names:
//!
//! - Dropping a victim's counter would give its guesses back. Its counts are kept as traces, and it comes back with them.
//!   What it loses is its present delay, and for that everything else within reach must have failed as often as it.
//! - Refusing newcomers would lock out every user who has no counter, which is everybody who logs in rightly. A newcomer
//!   is refused only when all counters within reach have stopped, which takes the stop's number of failures for each.
//!
//! A hand walks over the buckets, a few for each new counter and [`SWEPT_WHEN_FULL`] for one in a full table: no call
//! takes long. "Within reach" are those buckets, which is the whole of a small table.

use core::fmt;
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::OccupiedEntry;
use parking_lot::Mutex;
use siphasher::sip128::SipHasher13;

use super::traces::Traces;
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

/// A key, hashed. The halves choose the bucket and the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tag(u64, u64);

#[derive(Clone, Copy)]
struct Entry {
    tag: Tag,
    count: Count,
}

/// Counters of attempts, at most so many. Threads share it.
pub struct AttemptTable {
    hasher: SipHasher13,
    places: Mutex<Places>,
}

struct Places {
    capacity: usize,
    entries: HashTable<Entry>,
    traces: Traces,
    hand: usize,
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
        let places = Places { capacity, entries: HashTable::new(), traces: Traces::new(capacity), hand: 0 };
        Ok(Self { hasher, places: Mutex::new(places) })
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

    /// Forgets a counter, and what was left of it. Whether there was one.
    ///
    /// # Errors
    /// [`Error::Parameter`] as for [`AttemptTable::counter`].
    pub fn forget(&self, key: &[u8]) -> Result<bool> {
        let tag = self.tag(key)?;
        let mut places = self.places.lock();
        places.traces.wipe(tag.1);
        Ok(places.remove(tag))
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
        let (bucket, trace) = self.hasher.hash(key).as_u64();
        Ok(Tag(bucket, trace))
    }
}

impl Places {
    fn reserve(&mut self, counters: &[Counter], now: f64) -> f64 {
        let wait_s = counters.iter().map(|counter| self.wait_s(counter, now)).fold(0.0, f64::max);
        if wait_s > 0.0 {
            return wait_s;
        }
        if !self.make_room(counters, now) {
            return RETRY_S;
        }
        for counter in counters {
            self.count_one(counter, now);
        }
        0.0
    }

    fn settle_one(&mut self, counter: &Counter, outcome: Outcome, now: f64) {
        let Some(count) = self.find(counter.tag) else { return };
        let settled = if count.is_forgotten(now) { None } else { count.settled(&counter.backoff, outcome, now) };
        match settled {
            Some(settled) => *count = settled,
            None => {
                self.remove(counter.tag);
            }
        }
    }

    fn remove(&mut self, tag: Tag) -> bool {
        self.entries.find_entry(tag.0, |entry| entry.tag == tag).map(OccupiedEntry::remove).is_ok()
    }

    fn find(&mut self, tag: Tag) -> Option<&mut Count> {
        self.entries.find_mut(tag.0, |entry| entry.tag == tag).map(|entry| &mut entry.count)
    }

    fn wait_s(&mut self, counter: &Counter, now: f64) -> f64 {
        self.find(counter.tag).filter(|count| !count.is_forgotten(now)).map_or(0.0, |count| count.wait_s(now))
    }

    fn count_one(&mut self, counter: &Counter, now: f64) {
        let tag = counter.tag;
        if let Some(count) = self.find(tag) {
            let before = if count.is_forgotten(now) { Count::default() } else { *count };
            *count = before.reserved(&counter.backoff, now);
            return;
        }
        let count = self.traces.recall(tag.1, now).reserved(&counter.backoff, now);
        self.entries.insert_unique(tag.0, Entry { tag, count }, |entry| entry.tag.0);
    }

    /// Makes places for the counters that are new. Whether there are enough.
    fn make_room(&mut self, counters: &[Counter], now: f64) -> bool {
        let new = counters.iter().filter(|counter| self.find(counter.tag).is_none()).count();
        for _ in 0..new {
            self.sweep(SWEPT_FOR_NEW_COUNTER, counters, now);
        }
        while self.entries.len().saturating_add(new) > self.capacity {
            match self.sweep(SWEPT_WHEN_FULL, counters, now) {
                Swept::Some => {}
                Swept::None { least: Some(least) } => self.evict(least, now),
                Swept::None { least: None } => return false,
            }
        }
        true
    }

    fn evict(&mut self, least: Entry, now: f64) {
        self.traces.keep(least.tag.1, &least.count, now);
        self.remove(least.tag);
    }

    /// Removes what is forgotten in the next few buckets. If nothing was: the least of the others there. The counters of the
    /// attempt that wants the room are left alone.
    fn sweep(&mut self, steps: usize, wanting: &[Counter], now: f64) -> Swept {
        let buckets = self.entries.num_buckets();
        let before = self.entries.len();
        let mut least = None;
        for _ in 0..steps.min(buckets) {
            self.hand = self.hand.checked_add(1).filter(|hand| *hand < buckets).unwrap_or(0);
            let Ok(found) = self.entries.get_bucket_entry(self.hand) else { continue };
            let entry = *found.get();
            if wanting.iter().any(|counter| counter.tag == entry.tag) {
                continue;
            }
            if entry.count.is_forgotten(now) {
                found.remove();
            } else if entry.is_less(least.as_ref()) {
                least = Some(entry);
            }
        }
        if self.entries.len() < before { Swept::Some } else { Swept::None { least } }
    }
}

enum Swept {
    Some,
    None { least: Option<Entry> },
}

impl Entry {
    /// Whether less is lost with it than with the other.
    fn is_less(&self, other: Option<&Self>) -> bool {
        let loss = |count: &Count| (count.failures, count.attempts, count.forget_at);
        !self.count.has_stopped() && other.is_none_or(|other| loss(&self.count) < loss(&other.count))
    }
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
