//! Many keys, each with its state: a hash table in shards, with a cap on the keys of all of them together.
//!
//! A key is kept as its SipHash-1-3 under a random key of the table: 64 bits. Nobody outside can aim at a shard or at
//! another's hash; among a million keys some two share a hash with probability 3e-8 (`n^2 / 2^65`), and then they share
//! one quota, which refuses sooner and never later.
//!
//! Keys at rest are forgotten by a hand that walks over the buckets, a few for each new key, and more while the table is
//! full. So no call takes long, a table of up to 256 buckets is searched whole, and in a larger one a place that became
//! free may be found some refusals late.

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::HashTable;
use parking_lot::Mutex;
use siphasher::sip::SipHasher13;

use super::{Decision, Quota, Result, State};
use crate::primitives::random;

const SHARDS: usize = 16;
/// Below so many keys one lock is enough, and the cap is searched whole.
const KEYS_FOR_SHARDS: usize = 4096;
const SWEPT_FOR_NEW_KEY: usize = 8;
const SWEPT_WHEN_FULL: usize = 256;

/// The states of all keys under one quota.
pub(super) struct Table<S> {
    quota: Quota,
    max_keys: usize,
    keys: AtomicUsize,
    hasher: SipHasher13,
    shards: Box<[Mutex<Shard<S>>]>,
}

struct Shard<S> {
    entries: HashTable<Entry<S>>,
    hand: usize,
}

struct Entry<S> {
    tag: u64,
    state: S,
}

impl<S: State> Table<S> {
    pub(super) fn new(quota: Quota, max_keys: usize) -> Result<Self> {
        let shards = if max_keys < KEYS_FOR_SHARDS { 1 } else { SHARDS };
        Ok(Self {
            quota,
            max_keys,
            keys: AtomicUsize::new(0),
            hasher: SipHasher13::new_with_key(&random::bytes()?),
            shards: (0..shards).map(|_| Mutex::new(Shard { entries: HashTable::new(), hand: 0 })).collect(),
        })
    }

    #[inline(always)]
    pub(super) fn hit(&self, key: &[u8], cost: u32, now_ns: u64) -> Decision {
        let tag = self.hasher.hash(key);
        self.hit_in(&mut self.shard(tag).lock(), tag, cost, now_ns)
    }

    /// `hit`, with the mark of what was taken.
    pub(super) fn take(&self, key: &[u8], cost: u32, now_ns: u64) -> (Decision, u64) {
        let tag = self.hasher.hash(key);
        let mut shard = self.shard(tag).lock();
        let decision = self.hit_in(&mut shard, tag, cost, now_ns);
        let entry = shard.entries.find(tag, |entry| entry.tag == tag);
        (decision, entry.map_or(0, |entry| entry.state.mark_ns()))
    }

    pub(super) fn give_back(&self, key: &[u8], cost: u32, mark_ns: u64, now_ns: u64) {
        let tag = self.hasher.hash(key);
        let mut shard = self.shard(tag).lock();
        if let Some(entry) = shard.entries.find_mut(tag, |entry| entry.tag == tag) {
            entry.state.give_back(self.quota, cost, mark_ns, now_ns);
        }
    }

    #[inline(always)]
    fn hit_in(&self, shard: &mut Shard<S>, tag: u64, cost: u32, now_ns: u64) -> Decision {
        match shard.entries.find_mut(tag, |entry| entry.tag == tag) {
            Some(entry) => entry.state.hit(self.quota, cost, now_ns),
            None => self.admit(shard, tag, cost, now_ns),
        }
    }

    #[inline(always)]
    pub(super) fn peek(&self, key: &[u8], cost: u32, now_ns: u64) -> Decision {
        let tag = self.hasher.hash(key);
        let shard = self.shard(tag).lock();
        match shard.entries.find(tag, |entry| entry.tag == tag) {
            Some(entry) => entry.state.peek(self.quota, cost, now_ns),
            None => S::default().peek(self.quota, cost, now_ns),
        }
    }

    pub(super) fn reset(&self, key: &[u8]) -> bool {
        let tag = self.hasher.hash(key);
        let mut shard = self.shard(tag).lock();
        let Ok(entry) = shard.entries.find_entry(tag, |entry| entry.tag == tag) else { return false };
        entry.remove();
        self.keys.fetch_sub(1, Ordering::Relaxed);
        true
    }

    pub(super) fn key_count(&self) -> usize {
        self.keys.load(Ordering::Relaxed)
    }

    /// The shard of a hash, by bits that the hash table of the shard uses neither for the bucket nor for its control byte.
    #[expect(clippy::indexing_slicing, reason = "a number below a power of two, masked, is below it")]
    #[inline(always)]
    fn shard(&self, tag: u64) -> &Mutex<Shard<S>> {
        let [_, _, _, byte, ..] = tag.to_be_bytes();
        &self.shards[usize::from(byte) & self.shards.len().saturating_sub(1)]
    }

    /// Makes a place for a new key, or refuses it because there is none.
    #[inline(never)]
    fn admit(&self, shard: &mut Shard<S>, tag: u64, cost: u32, now_ns: u64) -> Decision {
        let soonest_ns = self.sweep(shard, now_ns);
        if !self.take_place() {
            return self.quota.refused(0, soonest_ns, soonest_ns);
        }
        let mut state = S::default();
        let decision = state.hit(self.quota, cost, now_ns);
        shard.entries.insert_unique(tag, Entry { tag, state }, |entry| entry.tag);
        decision
    }

    fn take_place(&self) -> bool {
        let one_more = |keys: usize| keys.checked_add(1).filter(|keys| *keys <= self.max_keys);
        self.keys.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    /// Forgets keys at rest in the next few buckets. How long until the first of the others there will rest.
    fn sweep(&self, shard: &mut Shard<S>, now_ns: u64) -> u64 {
        let buckets = shard.entries.num_buckets();
        let steps = if self.key_count() < self.max_keys { SWEPT_FOR_NEW_KEY } else { SWEPT_WHEN_FULL };
        let mut soonest_ns = self.quota.window_ns;
        for _ in 0..steps.min(buckets) {
            shard.hand = shard.hand.checked_add(1).filter(|hand| *hand < buckets).unwrap_or(0);
            let Ok(mut entry) = shard.entries.get_bucket_entry(shard.hand) else { continue };
            match entry.get_mut().state.rests_after_ns(self.quota, now_ns) {
                0 => {
                    entry.remove();
                    self.keys.fetch_sub(1, Ordering::Relaxed);
                }
                wait_ns => soonest_ns = soonest_ns.min(wait_ns),
            }
        }
        soonest_ns
    }
}

impl<S> fmt::Debug for Table<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("quota", &self.quota).field("keys", &self.keys).finish_non_exhaustive()
    }
}
