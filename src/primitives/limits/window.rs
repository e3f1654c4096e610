//! The exact sliding window: the moment of every unit that was taken within the last window, oldest first.
//!
//! A unit taken at `t` counts until just before `t + window`. Most keys of a large table have taken one unit; that one is
//! kept in place, without a ring on the heap.

use std::collections::VecDeque;

use super::{Decision, Quota, State};

/// When units were taken, in the order of time.
#[derive(Debug, Default)]
pub(super) enum Window {
    #[default]
    Empty,
    One(u64),
    Many(VecDeque<u64>),
}

/// When a unit taken at `taken_ns` is free again, seen from `now_ns`; never more than a window away, whatever the clock did.
fn free_after_ns(quota: Quota, taken_ns: u64, now_ns: u64) -> u64 {
    taken_ns.saturating_add(quota.window_ns).saturating_sub(now_ns).min(quota.window_ns)
}

impl Window {
    #[inline(always)]
    fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(_) => 1,
            Self::Many(ring) => ring.len(),
        }
    }

    #[inline(always)]
    fn get(&self, index: usize) -> Option<u64> {
        match self {
            Self::One(taken_ns) if index == 0 => Some(*taken_ns),
            Self::Many(ring) => ring.get(index).copied(),
            Self::Empty | Self::One(_) => None,
        }
    }

    #[inline(always)]
    fn newest(&self) -> Option<u64> {
        self.get(self.len().checked_sub(1)?)
    }

    /// How many of the units taken are free again; they are the first ones.
    fn freed(&self, quota: Quota, now_ns: u64) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(taken_ns) => usize::from(free_after_ns(quota, *taken_ns, now_ns) == 0),
            Self::Many(ring) => ring.partition_point(|taken_ns| free_after_ns(quota, *taken_ns, now_ns) == 0),
        }
    }

    #[inline(always)]
    fn forget_freed(&mut self, quota: Quota, now_ns: u64) {
        match self {
            Self::Empty => {}
            Self::One(taken_ns) => {
                if free_after_ns(quota, *taken_ns, now_ns) == 0 {
                    *self = Self::Empty;
                }
            }
            Self::Many(ring) => {
                while ring.front().is_some_and(|taken_ns| free_after_ns(quota, *taken_ns, now_ns) == 0) {
                    ring.pop_front();
                }
            }
        }
    }

    /// The time to count with. Two threads may come in the other order than they read the clock: then the later reading
    /// holds. A clock that went back by more than a window was set: then everything was taken now, so that nothing is
    /// freed and nothing stays taken for longer than a window.
    #[inline(always)]
    fn settle(&mut self, quota: Quota, now_ns: u64) -> u64 {
        let Some(newest) = self.newest() else { return now_ns };
        if newest.saturating_sub(now_ns) <= quota.window_ns {
            return newest.max(now_ns);
        }
        match self {
            Self::Empty => {}
            Self::One(taken_ns) => *taken_ns = now_ns,
            Self::Many(ring) => ring.iter_mut().for_each(|taken_ns| *taken_ns = now_ns),
        }
        now_ns
    }

    /// What `cost` units get when the first `freed` of those taken no longer count.
    #[inline(always)]
    fn decide(&self, quota: Quota, cost: u32, now_ns: u64, freed: usize) -> Decision {
        let free_after = |taken_ns| free_after_ns(quota, taken_ns, now_ns);
        let used = u32::try_from(self.len().saturating_sub(freed)).unwrap_or(u32::MAX);
        let remaining = quota.limit.saturating_sub(used);
        let reset_after_ns = self.newest().map_or(0, free_after);
        let Some(last_missing) = cost.saturating_sub(remaining).checked_sub(1) else {
            return quota.allowed(remaining, reset_after_ns);
        };
        let blocking = freed.saturating_add(usize::try_from(last_missing).unwrap_or(usize::MAX));
        let retry_after_ns = self.get(blocking).map_or(quota.window_ns, free_after);
        quota.refused(remaining, retry_after_ns, reset_after_ns)
    }

    fn take(&mut self, quota: Quota, cost: u32, now_ns: u64) {
        match self {
            Self::Empty if cost == 1 => *self = Self::One(now_ns),
            Self::Empty => *self = Self::Many(repeat(now_ns, cost).collect()),
            Self::One(first) => {
                let ring = core::iter::once(*first).chain(repeat(now_ns, cost)).collect();
                *self = Self::Many(ring);
            }
            Self::Many(ring) => {
                reserve(ring, cost, quota.limit);
                ring.extend(repeat(now_ns, cost));
            }
        }
    }
}

fn repeat(now_ns: u64, cost: u32) -> impl Iterator<Item = u64> {
    (0..cost).map(move |_| now_ns)
}

/// Grows by doubling, but never beyond the quota.
fn reserve(ring: &mut VecDeque<u64>, cost: u32, limit: u32) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let wanted = ring.len().saturating_add(usize::try_from(cost).unwrap_or(usize::MAX));
    if wanted > ring.capacity() {
        let capacity = ring.capacity().saturating_mul(2).min(limit).max(wanted);
        ring.reserve_exact(capacity.saturating_sub(ring.len()));
    }
}

impl State for Window {
    #[inline(always)]
    fn hit(&mut self, quota: Quota, cost: u32, now_ns: u64) -> Decision {
        let now_ns = self.settle(quota, now_ns);
        self.forget_freed(quota, now_ns);
        let decision = self.decide(quota, cost, now_ns, 0);
        if !decision.allowed() {
            return decision;
        }
        self.take(quota, cost, now_ns);
        quota.allowed(decision.remaining.saturating_sub(cost), quota.window_ns)
    }

    #[inline(always)]
    fn peek(&self, quota: Quota, cost: u32, now_ns: u64) -> Decision {
        self.decide(quota, cost, now_ns, self.freed(quota, now_ns))
    }

    fn rests_after_ns(&mut self, quota: Quota, now_ns: u64) -> u64 {
        let now_ns = self.settle(quota, now_ns);
        self.newest().map_or(0, |taken_ns| free_after_ns(quota, taken_ns, now_ns))
    }
}
