//! The shared rate limiter with other processes in between: whenever it looks at the clock, another one may do a whole
//! request, or the time may pass, or it may die there. Every such schedule is repeatable.
#![allow(missing_docs, reason = "an integration test exports nothing")]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "an overflow or an error fails the test")]

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use proptest::prelude::*;
use zenoo_security::primitives::limits::{Algorithm, Bucket, SharedLimiter};

const SECOND: u64 = 1_000_000_000;
const WINDOW: u64 = 10 * SECOND;
const START: u64 = 1000 * SECOND;
const DEEPEST: u32 = 4;

#[derive(Debug, Clone, Copy)]
enum Event {
    Nothing,
    Pause(u64),
    Another { key: u8, cost: u32 },
    GivenBack { key: u8, cost: u32 },
    Death,
}

fn events(deaths: u32) -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => Just(Event::Nothing),
        2 => prop_oneof![1..1000_u64, 0..WINDOW, Just(WINDOW)].prop_map(Event::Pause),
        6 => (0..2_u8, prop_oneof![3 => Just(1), 1 => 2..4_u32]).prop_map(|(key, cost)| Event::Another { key, cost }),
        2 => (0..2_u8, 1..4_u32).prop_map(|(key, cost)| Event::GivenBack { key, cost }),
        deaths => Just(Event::Death),
    ];
    prop::collection::vec(event, 0..200)
}

/// What was granted: to whom, the time before the call and at its last look at the clock, and how much.
struct Grant {
    key: u8,
    before_ns: u64,
    last_ns: u64,
    cost: u32,
}

struct World {
    limiter: SharedLimiter,
    table: Vec<Bucket>,
    now_ns: Cell<u64>,
    depth: Cell<u32>,
    script: RefCell<std::vec::IntoIter<Event>>,
    grants: RefCell<Vec<Grant>>,
    deaths: Cell<u32>,
}

impl World {
    fn new(algorithm: Algorithm, limit: u32, buckets: usize, script: Vec<Event>) -> Self {
        Self {
            limiter: SharedLimiter::new(algorithm, limit, WINDOW, "", &[7; 16]).unwrap(),
            table: (0..buckets).map(|_| Bucket::default()).collect(),
            now_ns: Cell::new(START),
            depth: Cell::new(0),
            script: RefCell::new(script.into_iter()),
            grants: RefCell::default(),
            deaths: Cell::new(0),
        }
    }

    fn look_at_the_clock(&self) -> u64 {
        let event = self.script.borrow_mut().next().unwrap_or(Event::Nothing);
        match event {
            Event::Pause(pause_ns) => self.now_ns.set(self.now_ns.get() + pause_ns),
            Event::Another { key, cost } if self.depth.get() < DEEPEST => self.hit(key, cost),
            Event::GivenBack { key, cost } if self.depth.get() < DEEPEST => self.take_and_give_back(key, cost),
            Event::Death => resume_unwind(Box::new(Event::Death)),
            _ => {}
        }
        self.now_ns.set(self.now_ns.get() + 1);
        self.now_ns.get()
    }

    fn hit(&self, key: u8, cost: u32) {
        let depth = self.depth.get();
        self.depth.set(depth + 1);
        let before_ns = self.now_ns.get();
        let last_ns = Cell::new(0);
        let clock = || {
            last_ns.set(self.look_at_the_clock());
            last_ns.get()
        };
        let answer = catch_unwind(AssertUnwindSafe(|| self.limiter.hit(&self.table, &[key], cost, &clock).unwrap()));
        self.depth.set(depth);
        match answer {
            Ok(decision) if decision.allowed() => {
                self.grants.borrow_mut().push(Grant { key, before_ns, last_ns: last_ns.get(), cost });
            }
            Ok(_) => {}
            Err(_) => self.deaths.set(self.deaths.get() + 1),
        }
    }

    /// For a request that another limit refuses. It is granted nothing.
    fn take_and_give_back(&self, key: u8, cost: u32) {
        let depth = self.depth.get();
        self.depth.set(depth + 1);
        let clock = || self.look_at_the_clock();
        let answer = catch_unwind(AssertUnwindSafe(|| {
            let (_, receipt) = self.limiter.take(&self.table, &[key], cost, &clock).unwrap();
            clock();
            self.limiter.give_back(&self.table, &[key], cost, &receipt, &clock).unwrap();
        }));
        self.depth.set(depth);
        if answer.is_err() {
            self.deaths.set(self.deaths.get() + 1);
        }
    }

    fn run(&self, calls: u32) {
        for call in 0..calls {
            self.hit((call % 5 == 4).into(), 1);
        }
    }

    /// The most that a key was granted by calls that lie in one stretch of time, less what it may have regained in it.
    fn most_in(&self, length_ns: u64) -> u32 {
        let grants = self.grants.borrow();
        let within = |first: &Grant, grant: &Grant| {
            grant.key == first.key && grant.before_ns >= first.before_ns && grant.last_ns < first.before_ns + length_ns
        };
        let sum = |first| grants.iter().filter(|grant| within(first, grant)).map(|grant| grant.cost).sum();
        grants.iter().map(sum).max().unwrap_or(0)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_window_holds_more_than_the_quota_whoever_comes_between(
        limit in 1..6_u32, script in events(0), buckets in prop_oneof![Just(1_usize), 2..16_usize]
    ) {
        let world = World::new(Algorithm::SlidingWindow, limit.max(3), buckets, script);
        world.run(40);
        prop_assert!(world.most_in(WINDOW) <= limit.max(3));
    }

    #[test]
    fn no_window_holds_more_than_the_quota_whoever_dies(script in events(2), buckets in 1..16_usize) {
        let world = World::new(Algorithm::SlidingWindow, 4, buckets, script);
        world.run(40);
        prop_assert!(world.most_in(WINDOW) <= 4);
    }

    #[test]
    fn gcra_gives_a_burst_and_then_its_rate_whoever_comes_between(script in events(2), buckets in 1..16_usize) {
        let world = World::new(Algorithm::Gcra, 4, buckets, script);
        world.run(40);
        for units in 0..8_u32 {
            prop_assert!(world.most_in(1 + u64::from(units) * WINDOW / 4) <= 4 + units);
        }
    }

    #[test]
    fn the_dead_take_no_more_than_their_last_call_with_them(
        script in events(2).prop_map(|events| events.into_iter().map(without_pause).collect::<Vec<_>>())
    ) {
        for algorithm in [Algorithm::SlidingWindow, Algorithm::Gcra] {
            let world = World::new(algorithm, 5, 64, script.clone());
            world.run(60);
            // Their tickets, if they left some, are free after a second.
            world.now_ns.set(world.now_ns.get() + SECOND + SECOND / 10);
            world.script.replace(Vec::new().into_iter());
            for _ in 0..10 {
                world.hit(0, 1);
            }
            let granted: u32 = world.grants.borrow().iter().filter(|grant| grant.key == 0).map(|grant| grant.cost).sum();
            prop_assert!(granted <= 5);
            prop_assert!(granted + world.deaths.get() >= 5, "{granted} were granted, {} died", world.deaths.get());
        }
    }
}

/// One unit a call and no time that passes, so that nothing comes free.
fn without_pause(event: Event) -> Event {
    match event {
        Event::Pause(_) | Event::GivenBack { .. } => Event::Nothing,
        Event::Another { key, .. } => Event::Another { key, cost: 1 },
        event => event,
    }
}
