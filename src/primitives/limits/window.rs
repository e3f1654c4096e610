//! The exact sliding window: the moment of every unit that was taken within the last window, oldest first.
//!
//! A unit taken at `t` counts until just before `t + window`. Most keys of a large table have taken a few units; up to
//! three are kept in place, without a ring on the heap, which costs no memory and saves a cache miss.

use std::collections::VecDeque;

use super::{Decision, Quota, State};

/// When units were taken, in the order of time.
#[derive(Debug, Default)]
pub(super) enum Window {
    #[default]
    Empty,
    One([u64; 1]),
    Two([u64; 2]),
    Three([u64; 3]),
    Many(VecDeque<u64>),
}

/// When a unit taken at `taken_ns` is free again, seen from `now_ns`; never more than a window away, whatever the clock did.
fn free_after_ns(quota: Quota, taken_ns: u64, now_ns: u64) -> u64 {
    taken_ns.saturating_add(quota.window_ns).saturating_sub(now_ns).min(quota.window_ns)
}

fn next_array<const N: usize>(times: &mut impl Iterator<Item = u64>) -> [u64; N] {
    core::array::from_fn(|_| times.next().unwrap_or_default())
}

impl Window {
    /// The first `count` of the times.
    fn of(count: usize, mut times: impl Iterator<Item = u64>) -> Self {
        match count {
            0 => Self::Empty,
            1 => Self::One(next_array(&mut times)),
            2 => Self::Two(next_array(&mut times)),
            3 => Self::Three(next_array(&mut times)),
            _ => Self::Many(times.take(count).collect()),
        }
    }

    /// The times that are kept in place.
    fn few(&self) -> &[u64] {
        match self {
            Self::Empty | Self::Many(_) => &[],
            Self::One(times) => times,
            Self::Two(times) => times,
            Self::Three(times) => times,
        }
    }

    #[inline(always)]
    fn len(&self) -> usize {
        if let Self::Many(ring) = self { ring.len() } else { self.few().len() }
    }

    #[inline(always)]
    fn get(&self, index: usize) -> Option<u64> {
        if let Self::Many(ring) = self { ring.get(index) } else { self.few().get(index) }.copied()
    }

    #[inline(always)]
    fn newest(&self) -> Option<u64> {
        self.get(self.len().checked_sub(1)?)
    }

    /// How many of the units taken are free again; they are the first ones.
    fn freed(&self, quota: Quota, now_ns: u64) -> usize {
        let is_free = |taken_ns: &u64| free_after_ns(quota, *taken_ns, now_ns) == 0;
        if let Self::Many(ring) = self { ring.partition_point(is_free) } else { self.few().partition_point(is_free) }
    }

    #[inline(always)]
    fn forget_freed(&mut self, quota: Quota, now_ns: u64) {
        let is_free = |taken_ns: u64| free_after_ns(quota, taken_ns, now_ns) == 0;
        if !self.get(0).is_some_and(is_free) {
            return;
        }
        if let Self::Many(ring) = self {
            while ring.front().copied().is_some_and(is_free) {
                ring.pop_front();
            }
        } else {
            let freed = self.freed(quota, now_ns);
            *self = Self::of(self.len().saturating_sub(freed), self.few().iter().copied().skip(freed));
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
        *self = Self::of(self.len(), core::iter::repeat(now_ns));
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
        let cost = usize::try_from(cost).unwrap_or(usize::MAX);
        if let Self::Many(ring) = self {
            reserve(ring, cost, quota.limit);
            ring.extend(core::iter::repeat_n(now_ns, cost));
        } else {
            let count = self.len().saturating_add(cost);
            *self = Self::of(count, self.few().iter().copied().chain(core::iter::repeat(now_ns)));
        }
    }
}

/// Grows by doubling, but never beyond the quota.
fn reserve(ring: &mut VecDeque<u64>, cost: usize, limit: u32) {
    let wanted = ring.len().saturating_add(cost);
    if wanted > ring.capacity() {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
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

    fn mark_ns(&self) -> u64 {
        self.newest().unwrap_or_default()
    }

    fn give_back(&mut self, _: Quota, cost: u32, mark_ns: u64, _: u64) {
        let times = (0..self.len()).filter_map(|index| self.get(index));
        let mut left = cost;
        let kept: Vec<u64> = times
            .filter(|taken_ns| {
                let is_given_back = *taken_ns == mark_ns && left > 0;
                left = left.saturating_sub(u32::from(is_given_back));
                !is_given_back
            })
            .collect();
        *self = Self::of(kept.len(), kept.into_iter());
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

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn three_times_take_no_more_room_than_the_ring_that_they_replace() {
        assert_eq!(size_of::<Window>(), size_of::<std::collections::VecDeque<u64>>());
    }
}
