//! The rate limiter against models that are too simple to be wrong, under a clock that the tests move.
#![allow(missing_docs, reason = "an integration test exports nothing")]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "an overflow or an error fails the test")]

mod limit_models;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use limit_models::{Bucket, Log, Model, Step, quota_and_steps, units_within};
use proptest::prelude::*;
use zenoo_security::primitives::Error;
use zenoo_security::primitives::limits::{Algorithm, Decision, Limiter, MAX_KEY_LEN};

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const BOTH: [Algorithm; 2] = [Algorithm::SlidingWindow, Algorithm::Gcra];

fn limiter(algorithm: Algorithm, limit: u32, window_ns: u64, max_keys: usize) -> Limiter {
    Limiter::new(algorithm, limit, window_ns, max_keys).unwrap()
}

/// Runs the steps against the limiter and a model; both must say the same each time.
fn agree<M: Model>(algorithm: Algorithm, limit: u32, window_ns: u64, steps: &[Step]) {
    let limiter = limiter(algorithm, limit, window_ns, 100);
    let mut models: HashMap<u8, M> = HashMap::new();
    let mut now_ns = 0;
    for step in steps {
        now_ns += step.pause_ns;
        let model = models.entry(step.key).or_insert_with(|| M::new(limit, window_ns));
        let peeked = limiter.peek(&[step.key], step.cost, now_ns).unwrap();
        assert_eq!(peeked.remaining, model.left(now_ns));
        let decision = limiter.hit(&[step.key], step.cost, now_ns).unwrap();
        assert_eq!(decision.allowed(), model.hit(step.cost, now_ns));
        assert_eq!(decision.allowed(), peeked.allowed());
        assert_eq!(decision.remaining, model.left(now_ns));
        assert_eq!(model.rests(limit, now_ns + decision.reset_after_ns), decision.reset_after_ns > 0);
        assert_eq!(decision.limit, limit);
        if !decision.allowed() {
            let wait_ns = decision.retry_after_ns;
            assert!(model.left(now_ns + wait_ns) >= step.cost, "retry_after is enough");
            assert!(model.left(now_ns + wait_ns - 1) < step.cost, "and not a nanosecond too long");
        }
    }
}

/// What one key got, as (moment, units).
fn granted(algorithm: Algorithm, limit: u32, window_ns: u64, steps: &[Step]) -> Vec<(u64, u32)> {
    let limiter = limiter(algorithm, limit, window_ns, 100);
    let mut now_ns = 0;
    let mut granted = Vec::new();
    for step in steps {
        now_ns += step.pause_ns;
        if limiter.hit(b"key", step.cost, now_ns).unwrap().allowed() {
            granted.push((now_ns, step.cost));
        }
    }
    granted
}

proptest! {
    #[test]
    fn the_sliding_window_is_a_log_of_everything((limit, window_ns, steps) in quota_and_steps()) {
        agree::<Log>(Algorithm::SlidingWindow, limit, window_ns, &steps);
    }

    #[test]
    fn gcra_is_a_bucket_that_fills_drop_by_drop((limit, window_ns, steps) in quota_and_steps()) {
        agree::<Bucket>(Algorithm::Gcra, limit, window_ns, &steps);
    }

    #[test]
    fn no_sliding_window_holds_more_than_the_quota((limit, window_ns, steps) in quota_and_steps()) {
        let granted = granted(Algorithm::SlidingWindow, limit, window_ns, &steps);
        for (from_ns, _) in &granted {
            prop_assert!(units_within(&granted, *from_ns, window_ns) <= u64::from(limit));
        }
    }

    #[test]
    fn gcra_gives_a_burst_and_then_its_rate((limit, window_ns, steps) in quota_and_steps()) {
        let granted = granted(Algorithm::Gcra, limit, window_ns, &steps);
        let interval_ns = window_ns.div_ceil(u64::from(limit));
        for (from_ns, _) in &granted {
            for (to_ns, _) in granted.iter().filter(|(to_ns, _)| to_ns >= from_ns) {
                let length_ns = to_ns - from_ns;
                prop_assert!(units_within(&granted, *from_ns, length_ns + 1) <= u64::from(limit) + length_ns / interval_ns);
            }
        }
    }

    #[test]
    fn a_full_table_never_forgets_what_it_counts(
        (limit, window_ns, steps) in quota_and_steps(), max_keys in 1..6_usize
    ) {
        full_table::<Log>(Algorithm::SlidingWindow, limit, window_ns, &steps, max_keys);
        full_table::<Bucket>(Algorithm::Gcra, limit, window_ns, &steps, max_keys);
    }

    #[test]
    fn a_clock_set_back_frees_nothing_and_freezes_for_no_more_than_a_window(
        now_ns in MINUTE..100 * MINUTE, back_ns in 0..200 * MINUTE, used in 1..=10_u32
    ) {
        for algorithm in BOTH {
            let limiter = limiter(algorithm, 10, MINUTE, 10);
            limiter.hit(b"key", used, now_ns).unwrap();
            let back = now_ns.saturating_sub(back_ns);
            let left = 10 - used;
            prop_assert!(limiter.peek(b"key", 1, back).unwrap().remaining <= left);
            if left > 0 {
                limiter.hit(b"key", 1, back).unwrap();
            }
            let decision = limiter.hit(b"key", 10, back).unwrap();
            prop_assert!(!decision.allowed());
            prop_assert!(decision.retry_after_ns <= 2 * MINUTE);
            prop_assert!(limiter.hit(b"key", 10, back + 2 * MINUTE).unwrap().allowed());
        }
    }
}

/// A table with a cap decides like one model a key without a cap, or refuses a key that it has no place for.
fn full_table<M: Model>(algorithm: Algorithm, limit: u32, window_ns: u64, steps: &[Step], max_keys: usize) {
    let limiter = limiter(algorithm, limit, window_ns, max_keys);
    let mut models: HashMap<u8, M> = HashMap::new();
    let mut now_ns = 0;
    for step in steps {
        now_ns += step.pause_ns;
        let busy = models.values().filter(|model| !model.rests(limit, now_ns)).count();
        let model = models.entry(step.key).or_insert_with(|| M::new(limit, window_ns));
        let decision = limiter.hit(&[step.key], step.cost, now_ns).unwrap();
        assert!(limiter.key_count() <= max_keys);
        if model.rests(limit, now_ns) && busy == max_keys {
            assert!(!decision.allowed(), "a new key finds no place while all are taken");
            assert!(decision.retry_after_ns > 0 && decision.remaining == 0);
        } else {
            assert_eq!(decision.allowed(), model.hit(step.cost, now_ns));
        }
    }
}

#[test]
fn the_place_of_a_key_at_rest_is_given_away_and_that_of_a_refused_one_is_not() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 2, MINUTE, 2);
        assert!(limiter.hit(b"rests soon", 1, 0).unwrap().allowed());
        assert!(limiter.hit(b"refused", 2, 10 * SECOND).unwrap().allowed());
        let refused = limiter.hit(b"newcomer", 1, 10 * SECOND).unwrap();
        assert!(!refused.allowed());
        let later = 10 * SECOND + refused.retry_after_ns;
        assert!(limiter.hit(b"newcomer", 1, later).unwrap().allowed());
        assert!(!limiter.hit(b"refused", 2, later).unwrap().allowed());
        assert_eq!(limiter.key_count(), 2);
    }
}

#[test]
fn one_shot_keys_do_not_pile_up() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 100, SECOND, 1_000_000);
        for key in 0..100_000_u64 {
            limiter.hit(&key.to_le_bytes(), 1, key * SECOND / 100).unwrap();
        }
        assert!(limiter.key_count() < 20_000, "100 are live at a time, {} are held", limiter.key_count());
    }
}

#[test]
fn eight_threads_on_one_key_get_the_quota_and_no_more() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 1000, MINUTE, 100);
        for round in 0..3 {
            let allowed = AtomicU32::new(0);
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        for _ in 0..1000 {
                            if limiter.hit(b"key", 1, round * MINUTE).unwrap().allowed() {
                                allowed.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    });
                }
            });
            assert_eq!(allowed.into_inner(), 1000, "{algorithm:?}");
        }
    }
}

#[test]
fn eight_threads_with_many_keys_stay_under_the_cap() {
    let limiter = limiter(Algorithm::SlidingWindow, 1, MINUTE, 5000);
    let allowed = AtomicU32::new(0);
    thread::scope(|scope| {
        for thread in 0..8_u64 {
            let (limiter, allowed) = (&limiter, &allowed);
            scope.spawn(move || {
                for key in 0..2000 {
                    if limiter.hit(&(thread * 2000 + key).to_le_bytes(), 1, 0).unwrap().allowed() {
                        allowed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(allowed.into_inner(), 5000);
    assert_eq!(limiter.key_count(), 5000);
}

#[test]
fn threads_that_read_the_clock_in_another_order_free_nothing() {
    let limiter = limiter(Algorithm::SlidingWindow, 2, MINUTE, 10);
    assert!(limiter.hit(b"key", 1, 100).unwrap().allowed());
    assert!(limiter.hit(b"key", 1, 99).unwrap().allowed());
    assert_eq!(limiter.peek(b"key", 1, 101).unwrap().reset_after_ns, MINUTE - 1);
    assert!(!limiter.hit(b"key", 1, 99 + MINUTE).unwrap().allowed());
    assert!(limiter.hit(b"key", 1, 100 + MINUTE).unwrap().allowed());
}

#[test]
fn what_is_refused_is_not_charged() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 3, MINUTE, 10);
        assert!(limiter.hit(b"key", 2, 0).unwrap().allowed());
        for _ in 0..100 {
            assert!(!limiter.hit(b"key", 2, 0).unwrap().allowed());
        }
        assert!(limiter.hit(b"key", 1, 0).unwrap().allowed());
    }
}

#[test]
fn peeking_takes_and_remembers_nothing() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 3, MINUTE, 10);
        let fresh = Decision { limit: 3, remaining: 3, retry_after_ns: 0, reset_after_ns: 0 };
        assert_eq!(limiter.peek(b"key", 3, 0), Ok(fresh));
        assert_eq!(limiter.key_count(), 0);
    }
}

#[test]
fn a_reset_key_starts_afresh_and_makes_place() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 1, MINUTE, 1);
        assert_eq!(limiter.reset(b"key"), Ok(false));
        assert!(limiter.hit(b"key", 1, 0).unwrap().allowed());
        assert_eq!(limiter.reset(b"key"), Ok(true));
        assert_eq!(limiter.key_count(), 0);
        assert!(limiter.hit(b"other", 1, 0).unwrap().allowed());
    }
}

// asvs: 1.4.2
#[test]
fn the_end_of_time_is_not_the_end_of_the_limit() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 1, MINUTE, 10);
        assert!(limiter.hit(b"key", 1, u64::MAX - 1).unwrap().allowed());
        assert!(!limiter.hit(b"key", 1, u64::MAX - 1).unwrap().allowed());
    }
}

#[test]
fn arguments_out_of_range_are_refused() {
    let refused = |algorithm, limit, window_ns, max_keys| {
        matches!(Limiter::new(algorithm, limit, window_ns, max_keys), Err(Error::Parameter(_)))
    };
    for algorithm in BOTH {
        assert!(refused(algorithm, 0, MINUTE, 10));
        assert!(refused(algorithm, 1_000_001, MINUTE, 10));
        assert!(refused(algorithm, 1, 999_999, 10));
        assert!(refused(algorithm, 1, 367 * 86_400 * SECOND, 10));
        assert!(refused(algorithm, 1, MINUTE, 0));
        let limiter = limiter(algorithm, 3, MINUTE, 10);
        assert!(matches!(limiter.hit(b"key", 0, 0), Err(Error::Parameter(_))));
        assert!(matches!(limiter.hit(b"key", 4, 0), Err(Error::Parameter(_))));
        assert!(matches!(limiter.hit(b"", 1, 0), Err(Error::Invalid(_))));
        assert!(matches!(limiter.hit(&[b'x'; MAX_KEY_LEN + 1], 1, 0), Err(Error::TooLarge(_))));
        assert!(limiter.hit(&[b'x'; MAX_KEY_LEN], 1, 0).is_ok());
    }
    assert!(refused(Algorithm::SlidingWindow, 100_001, MINUTE, 10));
    assert!(!refused(Algorithm::Gcra, 1_000_000, MINUTE, 10));
}

#[test]
fn what_is_given_back_is_there_again_and_no_more() {
    for algorithm in [Algorithm::SlidingWindow, Algorithm::Gcra] {
        let limiter = Limiter::new(algorithm, 10, MINUTE, 10).unwrap();
        let left = |now_ns| limiter.peek(b"alice", 1, now_ns).unwrap().remaining;
        for cost in 1..=7 {
            assert!(limiter.hit(b"alice", 2, u64::from(cost) * 10 * MINUTE).unwrap().allowed());
            let now_ns = u64::from(cost) * 10 * MINUTE + 1;
            let (decision, receipt) = limiter.take(b"alice", cost, now_ns).unwrap();
            assert_eq!((decision.allowed(), left(now_ns)), (true, 8 - cost));
            limiter.give_back(b"alice", cost, &receipt, now_ns).unwrap();
            assert_eq!(left(now_ns), 8);
        }
        let (_, late) = limiter.take(b"alice", 10, 100 * MINUTE).unwrap();
        assert!(limiter.hit(b"alice", 10, 101 * MINUTE).unwrap().allowed());
        limiter.give_back(b"alice", 10, &late, 101 * MINUTE).unwrap();
        assert_eq!(left(101 * MINUTE), 0, "it had come back by itself");
    }
}

#[test]
fn of_units_taken_at_one_moment_those_of_others_stay_taken() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 10, MINUTE, 10);
        assert!(limiter.hit(b"alice", 2, MINUTE).unwrap().allowed());
        let (_, receipt) = limiter.take(b"alice", 3, MINUTE).unwrap();
        limiter.give_back(b"alice", 3, &receipt, MINUTE).unwrap();
        assert_eq!(limiter.peek(b"alice", 1, MINUTE).unwrap().remaining, 8);
    }
}

#[test]
fn a_full_table_of_up_to_256_buckets_is_searched_whole() {
    for algorithm in BOTH {
        for round in 0..8_u64 {
            let limiter = limiter(algorithm, 2, MINUTE, 100);
            assert!(limiter.hit(b"rests", 1, 0).unwrap().allowed());
            for key in 1..100_u64 {
                assert!(limiter.hit(&(100 * round + key).to_le_bytes(), 2, 10 * SECOND).unwrap().allowed());
            }
            assert!(limiter.hit(b"newcomer", 1, MINUTE).unwrap().allowed());
            assert_eq!(limiter.key_count(), 100);
        }
    }
}

#[test]
fn arguments_at_the_end_of_their_range_are_taken() {
    for algorithm in BOTH {
        for window_ns in [1_000_000, 366 * 86_400 * SECOND] {
            assert!(Limiter::new(algorithm, 100_000, window_ns, 100_000_000).is_ok());
        }
    }
}

#[test]
fn debug_shows_the_quota_and_no_key_of_a_hash() {
    let limiter = limiter(Algorithm::Gcra, 3, MINUTE, 10);
    let shown = format!("{limiter:?}");
    assert!(shown.starts_with("Limiter { limit: 3, keys: Gcra(Table { quota: Quota { limit: 3,"), "{shown}");
    assert!(shown.ends_with("keys: 0, .. }) }"), "{shown}");
}
