//! Which refusals are worth a line in a log: who is refused may ask a million times a second, and must not write as fast.
//!
//! Keys fall into 256 places by their hash. A place tells of its first refusal at once, and then no more often than once
//! in a window (a second to a minute), with the number of those that it kept to itself.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const PLACES: usize = 256;
const LEAST_NS: u64 = 1_000_000_000;
const MOST_NS: u64 = 60_000_000_000;

#[derive(Debug, Default)]
struct Place {
    due_ns: AtomicU64,
    untold: AtomicU64,
}

/// Counts refusals, and says when to tell of them.
#[derive(Debug)]
pub struct Refusals {
    every_ns: u64,
    places: Box<[Place]>,
}

impl Refusals {
    /// For a limiter of this window.
    #[must_use]
    pub fn new(window_ns: u64) -> Self {
        let places = (0..PLACES).map(|_| Place::default()).collect();
        Self { every_ns: window_ns.clamp(LEAST_NS, MOST_NS), places }
    }

    /// Counts a refusal of the key of this hash. How many are to be told now, if it is time.
    pub fn count(&self, hash: u64, now_ns: u64) -> Option<u64> {
        let place = self.places.get(usize::from(hash.to_le_bytes()[0]))?;
        place.untold.fetch_add(1, Relaxed);
        let due_ns = place.due_ns.load(Relaxed);
        // A clock that was set back does not silence it.
        if now_ns < due_ns && due_ns.saturating_sub(now_ns) <= self.every_ns {
            return None;
        }
        let next_ns = now_ns.saturating_add(self.every_ns);
        place.due_ns.compare_exchange(due_ns, next_ns, Relaxed, Relaxed).ok()?;
        Some(place.untold.swap(0, Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::Refusals;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn the_first_refusal_is_told_and_the_next_ones_are_counted() {
        let refusals = Refusals::new(10 * SECOND);
        assert_eq!(refusals.count(1, 0), Some(1));
        assert!((0..100).all(|_| refusals.count(1, SECOND).is_none()));
        assert_eq!(refusals.count(1, 10 * SECOND), Some(101));
        assert_eq!(refusals.count(2, SECOND), Some(1), "another key has a place of its own");
    }

    #[test]
    fn however_many_keys_there_are_the_events_are_bounded() {
        let refusals = Refusals::new(1);
        let told = (0..100_000).filter(|hash| refusals.count(*hash, 5).is_some()).count();
        assert_eq!(told, 256);
        assert_eq!(refusals.count(0, SECOND), None, "a short window is a second");
    }

    #[test]
    fn a_long_window_is_a_minute_and_a_clock_that_was_set_back_does_not_silence_it() {
        let refusals = Refusals::new(3600 * SECOND);
        assert_eq!(refusals.count(1, 1000 * SECOND), Some(1));
        assert_eq!(refusals.count(1, 1060 * SECOND), Some(1));
        assert_eq!(refusals.count(1, SECOND), Some(1));
    }
}
