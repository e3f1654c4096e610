//! What is left of counters that were evicted: the largest counts, in a fixed number of places that they share.
//!
//! A counter that comes back begins with the counts of its place, which are its own or larger, and without a delay. So an
//! eviction never makes anybody forget an attempt, and whoever shares a place with another's counts loses the attempts that
//! are free of delay but is not kept waiting: the first attempt is allowed, and success clears the counter.

use super::Count;

/// How many counters of the table there are to one place.
const COUNTERS_A_PLACE: usize = 4;
const MIN_PLACES: usize = 64;

/// Places are chosen by a keyed hash of the table, at which nobody outside can aim. Empty until something is evicted.
pub(super) struct Traces {
    places: Box<[Trace]>,
    wanted: usize,
}

#[derive(Clone, Copy, Default)]
struct Trace {
    attempts: u32,
    failures: u32,
    forget_at: f64,
}

impl Traces {
    pub(super) fn new(capacity: usize) -> Self {
        let wanted = capacity.checked_div(COUNTERS_A_PLACE).unwrap_or_default().next_power_of_two().max(MIN_PLACES);
        Self { places: Box::default(), wanted }
    }

    /// Keeps the counts of a counter that is evicted.
    pub(super) fn keep(&mut self, hash: u64, count: &Count, now: f64) {
        if self.places.is_empty() {
            self.places = vec![Trace::default(); self.wanted].into_boxed_slice();
        }
        let Some(trace) = self.place(hash) else { return };
        if now >= trace.forget_at {
            *trace = Trace::default();
        }
        trace.attempts = trace.attempts.max(count.attempts);
        trace.failures = trace.failures.max(count.failures);
        trace.forget_at = trace.forget_at.max(count.forget_at);
    }

    /// What a counter begins with.
    pub(super) fn recall(&mut self, hash: u64, now: f64) -> Count {
        match self.place(hash) {
            Some(trace) if now < trace.forget_at => {
                Count { attempts: trace.attempts, failures: trace.failures, next_at: 0.0, forget_at: trace.forget_at }
            }
            _ => Count::default(),
        }
    }

    /// Lets everybody who shares the place of a counter begin anew.
    pub(super) fn wipe(&mut self, hash: u64) {
        if let Some(trace) = self.place(hash) {
            *trace = Trace::default();
        }
    }

    fn place(&mut self, hash: u64) -> Option<&mut Trace> {
        let mask = self.places.len().checked_sub(1)?;
        self.places.get_mut(usize::try_from(hash).unwrap_or_default() & mask)
    }
}
