//! The shared rate limiter in memory of one process: against models, under many threads, with what a death leaves behind.
#![allow(missing_docs, reason = "an integration test exports nothing")]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "an overflow or an error fails the test")]

mod limit_models;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;

use limit_models::{Bucket as Drops, Log, Model, Step, quota_and_steps};
use proptest::prelude::*;
use zenoo_security::primitives::Error;
use zenoo_security::primitives::limits::{
    Algorithm, Bucket, Decision, MAX_KEY_LEN, SLOTS_PER_BUCKET, SharedLimiter, is_lock_free, taken_slots,
};

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const BOTH: [Algorithm; 2] = [Algorithm::SlidingWindow, Algorithm::Gcra];
const SECRET: [u8; 16] = [7; 16];

fn limiter(algorithm: Algorithm, limit: u32, window_ns: u64) -> SharedLimiter {
    SharedLimiter::new(algorithm, limit, window_ns, "", &SECRET).unwrap()
}

fn table(slots: usize) -> Vec<Bucket> {
    (0..slots / SLOTS_PER_BUCKET).map(|_| Bucket::default()).collect()
}

/// One limiter on a table of its own, under a clock that is an argument again.
struct Alone {
    limiter: SharedLimiter,
    table: Vec<Bucket>,
}

impl Alone {
    fn new(algorithm: Algorithm, limit: u32, window_ns: u64) -> Self {
        Self { limiter: limiter(algorithm, limit, window_ns), table: table(4096) }
    }

    fn hit(&self, key: &[u8], cost: u32, now_ns: u64) -> Decision {
        self.limiter.hit(&self.table, key, cost, &|| now_ns).unwrap()
    }

    fn peek(&self, key: &[u8], cost: u32, now_ns: u64) -> Decision {
        self.limiter.peek(&self.table, key, cost, &|| now_ns).unwrap()
    }

    fn reset(&self, key: &[u8], now_ns: u64) -> bool {
        self.limiter.reset(&self.table, key, &|| now_ns).unwrap()
    }

    fn taken(&self, now_ns: u64) -> usize {
        taken_slots(&self.table, &|| now_ns)
    }
}

/// Some moment of a monotonic clock: 0 is none, as a machine has been running for a while when it counts.
const START: u64 = 1000 * SECOND;

fn agree<M: Model>(algorithm: Algorithm, limit: u32, window_ns: u64, steps: &[Step]) {
    let limiter = Alone::new(algorithm, limit, window_ns);
    let mut models: std::collections::HashMap<u8, M> = std::collections::HashMap::new();
    let mut now_ns = START;
    for step in steps {
        now_ns += step.pause_ns;
        let model = models.entry(step.key).or_insert_with(|| M::new(limit, window_ns));
        let peeked = limiter.peek(&[step.key], step.cost, now_ns);
        assert_eq!(peeked.remaining, model.left(now_ns));
        let decision = limiter.hit(&[step.key], step.cost, now_ns);
        assert_eq!(decision.allowed(), model.hit(step.cost, now_ns));
        assert_eq!(decision.allowed(), peeked.allowed());
        assert_eq!(decision.remaining, model.left(now_ns));
        assert_eq!(model.rests(limit, now_ns + decision.reset_after_ns), decision.reset_after_ns > 0);
        assert_eq!(decision.limit, limit);
        if !decision.allowed() {
            let wait_ns = decision.retry_after_ns;
            assert_eq!(wait_ns, peeked.retry_after_ns);
            assert!(model.left(now_ns + wait_ns) >= step.cost, "retry_after is enough");
            assert!(model.left(now_ns + wait_ns - 1) < step.cost, "and not a nanosecond too long");
        }
    }
}

proptest! {
    #[test]
    fn the_sliding_window_is_a_log_of_everything((limit, window_ns, steps) in quota_and_steps()) {
        agree::<Log>(Algorithm::SlidingWindow, limit, window_ns, &steps);
    }

    #[test]
    fn gcra_is_a_bucket_that_fills_drop_by_drop((limit, window_ns, steps) in quota_and_steps()) {
        agree::<Drops>(Algorithm::Gcra, limit, window_ns, &steps);
    }

    #[test]
    fn a_clock_set_back_frees_nothing_and_freezes_for_no_more_than_a_window(
        now_ns in MINUTE..100 * MINUTE, back_ns in 0..200 * MINUTE, used in 1..=10_u32
    ) {
        for algorithm in BOTH {
            let limiter = Alone::new(algorithm, 10, MINUTE);
            limiter.hit(b"key", used, now_ns);
            let back = now_ns.saturating_sub(back_ns);
            let left = 10 - used;
            prop_assert!(limiter.peek(b"key", 1, back).remaining <= left);
            if left > 0 {
                limiter.hit(b"key", 1, back);
            }
            let decision = limiter.hit(b"key", 10, back);
            prop_assert!(!decision.allowed());
            prop_assert!(decision.retry_after_ns <= 2 * MINUTE);
            prop_assert!(limiter.hit(b"key", 10, back + 2 * MINUTE).allowed());
        }
    }
}

#[test]
fn the_whole_quota_is_there_a_window_after_the_clock_was_set_back() {
    for algorithm in BOTH {
        let limiter = Alone::new(algorithm, 2, MINUTE);
        assert!(limiter.hit(b"key", 2, START + 100 * MINUTE).allowed());
        assert!(!limiter.hit(b"key", 1, START).allowed());
        for _ in 0..2 {
            assert!(limiter.hit(b"key", 1, START + MINUTE).allowed(), "{algorithm:?}");
        }
    }
}

#[test]
fn sixteen_bytes_are_changed_at_once() {
    assert!(is_lock_free());
}

/// What several threads were granted: the clock before the call, and at its last look. Each look moves it.
fn granted_to_threads(limiter: &SharedLimiter, table: &[Bucket], calls: u32, jump_ns: u64) -> Vec<(u64, u64, u32)> {
    let time = AtomicU64::new(START);
    let granted = parking_lot::Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..8_u32 {
            let (time, granted) = (&time, &granted);
            scope.spawn(move || {
                for call in 0..calls {
                    let cost = 1 + (call + number) % 3;
                    let last = std::cell::Cell::new(0);
                    let clock = || {
                        last.set(time.fetch_add(if call % 4 == 0 { jump_ns } else { 1 }, Ordering::SeqCst));
                        last.get()
                    };
                    let before = time.load(Ordering::SeqCst);
                    if limiter.hit(table, b"key", cost, &clock).unwrap().allowed() {
                        granted.lock().push((before, last.get(), cost));
                    }
                }
            });
        }
    });
    granted.into_inner()
}

#[test]
fn eight_threads_under_a_moving_clock_stay_within_the_quota() {
    let window_ns = 100_000_000;
    for round in 0..20_u64 {
        let limiter = SharedLimiter::new(Algorithm::SlidingWindow, 10, window_ns, &round.to_string(), &SECRET).unwrap();
        let granted = granted_to_threads(&limiter, &table(64), 2000, window_ns / 20);
        assert!(granted.len() > 400, "{}", granted.len());
        for (from_ns, ..) in &granted {
            let is_within = |before: u64, last: u64| before >= *from_ns && last < from_ns + window_ns;
            let units: u32 =
                granted.iter().filter(|(before, last, _)| is_within(*before, *last)).map(|call| call.2).sum();
            assert!(units <= 10, "{units}");
        }
    }
}

#[test]
fn eight_threads_on_one_key_get_the_quota_and_no_more() {
    for algorithm in BOTH {
        for round in 0..100_u64 {
            let limiter = limiter(algorithm, 100, MINUTE);
            let table = table(1024);
            let allowed = AtomicU32::new(0);
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        for _ in 0..100 {
                            if limiter.hit(&table, b"key", 1, &|| START + round).unwrap().allowed() {
                                allowed.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    });
                }
            });
            assert_eq!(allowed.into_inner(), 100, "{algorithm:?}");
        }
    }
}

#[test]
fn eight_threads_within_the_quota_are_never_refused() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 8 * 1000, 100_000 * MINUTE);
        let table = table(32_768);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for call in 0..1000 {
                        assert!(limiter.allow(&table, b"key", &|| START + call).unwrap(), "{algorithm:?}");
                    }
                });
            }
        });
        assert_eq!(limiter.peek(&table, b"key", 1, &|| START + 1000).unwrap().remaining, 0);
    }
}

#[test]
fn eight_threads_that_bring_the_same_new_keys_get_one_quota_for_each() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 1, MINUTE);
        let table = table(16_384);
        let allowed = AtomicU32::new(0);
        let barrier = std::sync::Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    for key in 0..2000_u64 {
                        if limiter.hit(&table, &key.to_le_bytes(), 1, &|| START).unwrap().allowed() {
                            allowed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(allowed.into_inner(), 2000, "{algorithm:?}");
    }
}

#[test]
fn a_full_table_refuses_newcomers_and_forgets_nobody() {
    for algorithm in BOTH {
        let limiter = limiter(algorithm, 1, MINUTE);
        let table = table(64);
        let known: Vec<u64> = (0..200)
            .filter(|key: &u64| limiter.hit(&table, &key.to_le_bytes(), 1, &|| START).unwrap().allowed())
            .collect();
        assert!(known.len() < 65);
        let newcomer = (1000..1100_u64)
            .map(|key| limiter.hit(&table, &key.to_le_bytes(), 1, &|| START + SECOND).unwrap())
            .find(|decision| !decision.allowed())
            .unwrap();
        assert_eq!(newcomer.remaining, 0);
        assert!((1..=MINUTE).contains(&newcomer.retry_after_ns));
        assert!(known.iter().all(|key| !limiter.allow(&table, &key.to_le_bytes(), &|| START + MINUTE - 1).unwrap()));
        assert!(limiter.allow(&table, b"newcomer", &|| START + 3 * MINUTE).unwrap());
    }
}

#[test]
fn limiters_of_other_figures_or_names_count_apart() {
    let table = table(1024);
    let one = |limiter: SharedLimiter| limiter.allow(&table, b"key", &|| START).unwrap();
    let named = |name: &str| SharedLimiter::new(Algorithm::Gcra, 1, MINUTE, name, &SECRET).unwrap();
    assert!(one(limiter(Algorithm::Gcra, 1, MINUTE)));
    assert!(!one(named("")));
    assert!(one(named("exports")));
    assert!(one(limiter(Algorithm::Gcra, 1, MINUTE + 1)));
    assert!(one(limiter(Algorithm::SlidingWindow, 1, MINUTE)));
    assert!(!one(named("exports")));
}

#[test]
fn a_reset_key_starts_afresh_and_leaves_nothing() {
    for algorithm in BOTH {
        let limiter = Alone::new(algorithm, 3, MINUTE);
        assert!(!limiter.reset(b"key", START));
        assert!(limiter.hit(b"key", 3, START).allowed());
        assert!(limiter.taken(START) > 0);
        assert!(limiter.reset(b"key", START));
        assert!(!limiter.reset(b"key", START));
        assert_eq!(limiter.taken(START), 0);
        assert!(limiter.hit(b"key", 3, START).allowed());
    }
}

#[test]
fn peeking_takes_and_remembers_nothing() {
    for algorithm in BOTH {
        let limiter = Alone::new(algorithm, 3, MINUTE);
        let fresh = Decision { limit: 3, remaining: 3, retry_after_ns: 0, reset_after_ns: 0 };
        assert_eq!(limiter.peek(b"key", 3, START), fresh);
        assert_eq!(limiter.taken(START), 0);
    }
}

#[test]
fn the_end_of_time_is_not_the_end_of_the_limit() {
    for algorithm in BOTH {
        let limiter = Alone::new(algorithm, 1, MINUTE);
        let end_ns = (1 << 63) - 1 - SECOND;
        assert!(limiter.hit(b"key", 1, end_ns).allowed());
        assert!(!limiter.hit(b"key", 1, end_ns).allowed());
    }
}

#[test]
fn arguments_out_of_range_are_refused() {
    let refused = |algorithm, limit, window_ns, name: &str| {
        matches!(SharedLimiter::new(algorithm, limit, window_ns, name, &SECRET), Err(Error::Parameter(_)))
    };
    for algorithm in BOTH {
        assert!(refused(algorithm, 0, MINUTE, ""));
        assert!(refused(algorithm, 1_000_001, MINUTE, ""));
        assert!(refused(algorithm, 1, 999_999, ""));
        assert!(refused(algorithm, 1, MINUTE, &"x".repeat(256)));
        let (limiter, table) = (limiter(algorithm, 3, MINUTE), table(64));
        assert!(matches!(limiter.hit(&table, b"key", 0, &|| START), Err(Error::Parameter(_))));
        assert!(matches!(limiter.hit(&table, b"key", 4, &|| START), Err(Error::Parameter(_))));
        assert!(matches!(limiter.hit(&table, b"", 1, &|| START), Err(Error::Invalid(_))));
        assert!(matches!(limiter.hit(&table, &[b'x'; MAX_KEY_LEN + 1], 1, &|| START), Err(Error::TooLarge(_))));
        assert!(limiter.hit(&table, &[b'x'; MAX_KEY_LEN], 1, &|| START).is_ok());
    }
    assert!(refused(Algorithm::SlidingWindow, 10_001, MINUTE, ""));
    assert!(!refused(Algorithm::SlidingWindow, 10_000, MINUTE, &"x".repeat(255)));
    assert!(!refused(Algorithm::Gcra, 1_000_000, MINUTE, ""));
}

#[test]
fn a_million_keys_find_their_places() {
    let table = table((2 << 20) - 256);
    let limiter = limiter(Algorithm::Gcra, 100, MINUTE);
    let refused = (0..1_000_000_u64)
        .filter(|key| !limiter.hit(&table, &key.to_le_bytes(), 1, &|| START).unwrap().allowed())
        .count();
    assert_eq!(refused, 0);
}

#[test]
fn what_is_given_back_is_there_again_and_no_more() {
    for algorithm in BOTH {
        let (limiter, table) = (limiter(algorithm, 5, MINUTE), table(64));
        let clock = |seconds: u64| move || START + seconds * SECOND;
        let left = |seconds| limiter.peek(&table, b"alice", 1, &clock(seconds)).unwrap().remaining;
        assert!(limiter.hit(&table, b"alice", 2, &clock(0)).unwrap().allowed());
        let (decision, receipt) = limiter.take(&table, b"alice", 3, &clock(0)).unwrap();
        assert_eq!((decision.allowed(), decision.remaining, left(0)), (true, 0, 0));
        limiter.give_back(&table, b"alice", 3, &receipt, &clock(0)).unwrap();
        assert_eq!(left(0), 3);
        let (refused, nothing) = limiter.take(&table, b"alice", 4, &clock(0)).unwrap();
        assert!(!refused.allowed());
        limiter.give_back(&table, b"alice", 4, &nothing, &clock(0)).unwrap();
        assert_eq!(left(0), 3);
        let (_, late) = limiter.take(&table, b"alice", 3, &clock(0)).unwrap();
        assert!(limiter.hit(&table, b"alice", 5, &clock(60)).unwrap().allowed());
        limiter.give_back(&table, b"alice", 3, &late, &clock(60)).unwrap();
        assert_eq!(left(60), 0, "it had come back by itself");
    }
}

#[test]
fn debug_shows_the_figures_and_no_key_of_a_hash() {
    let shown = format!("{:?}", limiter(Algorithm::Gcra, 3, MINUTE));
    assert!(shown.starts_with("SharedLimiter { algorithm: Gcra, quota: Quota { limit: 3,"), "{shown}");
    assert!(shown.ends_with("}, .. }"), "{shown}");
}
