//! Models that are too simple to be wrong, and steps to lead a limiter and its model through.

#![allow(dead_code, reason = "not every test uses all of it")]

use proptest::prelude::*;

const SECOND: u64 = 1_000_000_000;

/// One key's quota, done the simplest way.
pub(crate) trait Model {
    fn new(limit: u32, window_ns: u64) -> Self;
    fn left(&self, now_ns: u64) -> u32;
    fn take(&mut self, cost: u32, now_ns: u64);
    fn rests(&self, limit: u32, now_ns: u64) -> bool {
        self.left(now_ns) == limit
    }
    fn hit(&mut self, cost: u32, now_ns: u64) -> bool {
        let allowed = cost <= self.left(now_ns);
        if allowed {
            self.take(cost, now_ns);
        }
        allowed
    }
}

/// Every unit ever taken, with its moment.
pub(crate) struct Log {
    limit: u32,
    window_ns: u64,
    taken: Vec<u64>,
}

impl Model for Log {
    fn new(limit: u32, window_ns: u64) -> Self {
        Self { limit, window_ns, taken: Vec::new() }
    }

    fn left(&self, now_ns: u64) -> u32 {
        let counting = self.taken.iter().filter(|taken| now_ns < **taken + self.window_ns).count();
        self.limit - u32::try_from(counting).unwrap()
    }

    fn take(&mut self, cost: u32, now_ns: u64) {
        self.taken.extend((0..cost).map(|_| now_ns));
    }
}

/// A bucket that holds the quota and fills drop by drop: the other way to see GCRA. It counts in units times interval.
pub(crate) struct Bucket {
    interval_ns: u64,
    capacity: u64,
    level: u64,
    at_ns: u64,
}

impl Bucket {
    fn level(&self, now_ns: u64) -> u64 {
        (self.level + (now_ns - self.at_ns)).min(self.capacity)
    }
}

impl Model for Bucket {
    fn new(limit: u32, window_ns: u64) -> Self {
        let interval_ns = window_ns.div_ceil(u64::from(limit));
        let capacity = interval_ns * u64::from(limit);
        Self { interval_ns, capacity, level: capacity, at_ns: 0 }
    }

    fn left(&self, now_ns: u64) -> u32 {
        u32::try_from(self.level(now_ns) / self.interval_ns).unwrap()
    }

    fn take(&mut self, cost: u32, now_ns: u64) {
        self.level = self.level(now_ns) - u64::from(cost) * self.interval_ns;
        self.at_ns = now_ns;
    }

    fn rests(&self, _limit: u32, now_ns: u64) -> bool {
        self.level(now_ns) == self.capacity
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) pause_ns: u64,
    pub(crate) cost: u32,
    pub(crate) key: u8,
}

pub(crate) fn steps(limit: u32, window_ns: u64) -> impl Strategy<Value = Vec<Step>> {
    let pause = prop_oneof![
        3 => Just(0),
        3 => 0..=window_ns / u64::from(limit),
        2 => 0..=window_ns,
        1 => Just(window_ns),
        1 => Just(window_ns.div_ceil(u64::from(limit))),
    ];
    let step = (pause, 1..=limit, any::<u8>()).prop_map(move |(pause_ns, cost, key)| {
        let cost = if key % 4 == 0 { cost } else { 1 };
        Step { pause_ns, cost, key: key % 8 }
    });
    prop::collection::vec(step, 1..200)
}

pub(crate) fn quota_and_steps() -> impl Strategy<Value = (u32, u64, Vec<Step>)> {
    (1..=12_u32, 1_000_000..=60 * SECOND)
        .prop_flat_map(|(limit, window_ns)| (Just(limit), Just(window_ns), steps(limit, window_ns)))
}

pub(crate) fn units_within(granted: &[(u64, u32)], from_ns: u64, length_ns: u64) -> u64 {
    granted
        .iter()
        .filter(|(at_ns, _)| (from_ns..from_ns + length_ns).contains(at_ns))
        .map(|(_, cost)| u64::from(*cost))
        .sum()
}
