//! The table of attempts beside a map without a bound, under a clock that the tests move.
#![allow(missing_docs, reason = "an integration test exports nothing")]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "an overflow or an error fails the test")]
#![allow(clippy::float_cmp, reason = "the same sums have the same bits")]

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;
use zenoo_security::primitives::Error;
use zenoo_security::primitives::attempts::{AttemptTable, Backoff, Counter, MAX_KEY_LEN, MIN_CAPACITY, Outcome};

const STOP: u32 = 3;
const DELAY_S: f64 = 60.0;
const KEEP_S: f64 = 1000.0;

fn backoff() -> Arc<Backoff> {
    Arc::new(Backoff::new(&[0.0, DELAY_S], Some(STOP), KEEP_S).unwrap())
}

fn counters(table: &AttemptTable, keys: &[u8]) -> Vec<Counter> {
    keys.iter().map(|key| table.counter(&[*key], backoff()).unwrap()).collect()
}

/// One counter, done the simplest way: attempts, failures, and the times from which it allows and is forgotten.
type Count = (u32, u32, f64, f64);

#[derive(Default)]
struct Model(HashMap<u8, Count>);

impl Model {
    fn reserve(&mut self, keys: &[u8], now: f64) -> f64 {
        self.0.retain(|_, (_, _, _, forget_at)| now < *forget_at);
        let wait_of = |key| self.0.get(key).map_or(0.0, |(_, _, next_at, _)| next_at - now);
        let wait_s = keys.iter().map(wait_of).fold(0.0, f64::max);
        if wait_s == 0.0 {
            for key in keys {
                let (attempts, failures, ..) = self.0.get(key).copied().unwrap_or_default();
                let delay_s = if attempts == 0 { 0.0 } else { DELAY_S };
                self.0.insert(*key, (attempts + 1, failures, now + delay_s, now + KEEP_S));
            }
        }
        wait_s
    }

    fn settle(&mut self, key: u8, outcome: Outcome, now: f64) {
        self.0.retain(|_, (_, _, _, forget_at)| now < *forget_at);
        let Some((attempts, failures, next_at, forget_at)) = self.0.remove(&key) else { return };
        let after = match outcome {
            Outcome::Cleared => return,
            Outcome::Failed if failures + 1 >= STOP => (attempts, failures + 1, f64::INFINITY, f64::INFINITY),
            Outcome::Failed => (attempts, failures + 1, next_at, forget_at),
            Outcome::GivenBack if next_at == f64::INFINITY => (attempts, failures, next_at, forget_at),
            Outcome::GivenBack => (attempts.saturating_sub(1).max(failures), failures, next_at.min(now), forget_at),
        };
        if after.0 > 0 {
            self.0.insert(key, after);
        }
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(Outcome::Failed), Just(Outcome::GivenBack), Just(Outcome::Cleared)]
}

fn steps() -> impl Strategy<Value = Vec<(u32, Vec<u8>, Option<Outcome>)>> {
    let keys = prop::collection::btree_set(0..12_u8, 1..4).prop_map(|keys| keys.into_iter().collect());
    prop::collection::vec((0..400_u32, keys, prop::option::of(outcome())), 0..80)
}

proptest! {
    #[test]
    fn a_table_with_room_is_a_map(steps in steps()) {
        let (table, mut model, mut now) = (AttemptTable::new(MIN_CAPACITY).unwrap(), Model::default(), 0.0);
        for (pause_s, keys, outcome) in steps {
            now += f64::from(pause_s);
            let counters = counters(&table, &keys);
            if let Some(outcome) = outcome {
                table.settle(&counters, &vec![outcome; keys.len()], now).unwrap();
                for key in keys {
                    model.settle(key, outcome, now);
                }
            } else {
                prop_assert_eq!(table.reserve(&counters, now).unwrap(), model.reserve(&keys, now));
            }
        }
    }

    #[test]
    fn a_full_table_stays_within_its_cap_and_never_drops_a_stop(
        capacity in MIN_CAPACITY..80, stopped in 0..10_u8, flood in 0..300_u32, failing in any::<bool>()
    ) {
        let table = AttemptTable::new(capacity).unwrap();
        let once = Arc::new(Backoff::new(&[0.0], Some(1), KEEP_S).unwrap());
        let stops: Vec<_> = (0..stopped).map(|key| [table.counter(&[key], Arc::clone(&once)).unwrap()]).collect();
        for counter in &stops {
            table.reserve(counter, 0.0).unwrap();
            table.settle(counter, &[Outcome::Failed], 0.0).unwrap();
        }
        for number in 0..flood {
            let counter = [table.counter(&number.to_be_bytes(), backoff()).unwrap()];
            prop_assert_eq!(table.reserve(&counter, 1.0).unwrap(), 0.0);
            if failing {
                table.settle(&counter, &[Outcome::Failed], 1.0).unwrap();
            }
            prop_assert!(table.len() <= capacity);
        }
        for counter in &stops {
            prop_assert_eq!(table.reserve(counter, 1e9).unwrap(), f64::INFINITY);
        }
    }

    #[test]
    fn the_counters_of_one_attempt_do_not_push_each_other_out(flood in 0..200_u32, keys in 1..8_u8) {
        let table = AttemptTable::new(MIN_CAPACITY).unwrap();
        for number in 0..flood {
            table.reserve(&[table.counter(&number.to_be_bytes(), backoff()).unwrap()], 0.0).unwrap();
        }
        let keys: Vec<_> = (0..keys).collect();
        let counters = counters(&table, &keys);
        prop_assert_eq!(table.reserve(&counters, 1.0).unwrap(), 0.0);
        prop_assert_eq!(table.reserve(&counters, 1.0).unwrap(), 0.0);
        for counter in counters {
            prop_assert_eq!(table.reserve(&[counter], 1.0).unwrap(), DELAY_S);
        }
    }
}

#[test]
fn backoffs_out_of_range_are_refused() {
    let many = vec![0.0; 1001];
    for (delays_s, stop, keep_s) in [
        (&[][..], None, 60.0),
        (&many[..], None, 60.0),
        (&[-1.0][..], None, 60.0),
        (&[f64::NAN][..], None, 60.0),
        (&[f64::INFINITY][..], None, f64::INFINITY),
        (&[61.0][..], None, 60.0),
        (&[0.0][..], None, 0.5),
        (&[0.0][..], None, f64::NAN),
        (&[0.0][..], Some(0), 60.0),
        (&[0.0][..], Some(1_000_001), 60.0),
    ] {
        assert!(matches!(Backoff::new(delays_s, stop, keep_s), Err(Error::Parameter(_))));
    }
}

/// A full table of counters that `0..16` name; each is made what it is by `made`.
fn full(made: impl Fn(&AttemptTable, u8)) -> AttemptTable {
    let table = AttemptTable::new(MIN_CAPACITY).unwrap();
    for key in 0..16 {
        made(&table, key);
    }
    assert_eq!(table.len(), 16);
    table
}

fn attempt(table: &AttemptTable, keys: &[u8], now: f64) {
    assert_eq!(table.reserve(&counters(table, keys), now), Ok(0.0));
}

fn fail(table: &AttemptTable, key: u8, now: f64) {
    table.settle(&counters(table, &[key]), &[Outcome::Failed], now).unwrap();
}

/// Those of `0..16` that a table holds; it holds them no longer.
fn taken(table: &AttemptTable) -> Vec<u8> {
    (0..16).filter(|key| table.forget(&[*key]).unwrap()).collect()
}

fn without(gone: u8) -> Vec<u8> {
    (0..16).filter(|key| *key != gone).collect()
}

#[test]
fn a_table_holds_as_many_as_its_cap() {
    assert_eq!(taken(&full(|table, key| attempt(table, &[key], 0.0))), (0..16).collect::<Vec<_>>());
}

#[test]
fn with_the_fewest_failures_least_is_lost() {
    let table = full(|table, key| {
        attempt(table, &[key], f64::from(key));
        if key != 7 {
            fail(table, key, f64::from(key));
        }
    });
    attempt(&table, &[99], 500.0);
    assert_eq!(taken(&table), without(7));
}

#[test]
fn a_stop_stays_when_what_failed_more_often_needs_room() {
    let once = Arc::new(Backoff::new(&[0.0], Some(1), KEEP_S).unwrap());
    let table = full(|table, key| {
        if key == 3 {
            let stopped = [table.counter(&[key], Arc::clone(&once)).unwrap()];
            assert_eq!(table.reserve(&stopped, 0.0), Ok(0.0));
            table.settle(&stopped, &[Outcome::Failed], 0.0).unwrap();
        } else {
            attempt(table, &[key], 0.0);
            fail(table, key, 0.0);
            fail(table, key, 0.0);
        }
    });
    attempt(&table, &[99], 500.0);
    assert!(table.forget(&[3]).unwrap());
}

#[test]
fn a_stop_stays_when_another_attempt_is_given_back() {
    let table = AttemptTable::new(MIN_CAPACITY).unwrap();
    let once = Arc::new(Backoff::new(&[0.0], Some(1), KEEP_S).unwrap());
    let counter = [table.counter(&[1], once).unwrap()];
    for _ in 0..2 {
        assert_eq!(table.reserve(&counter, 0.0), Ok(0.0));
    }
    table.settle(&counter, &[Outcome::Failed], 0.0).unwrap();
    table.settle(&counter, &[Outcome::GivenBack], 0.0).unwrap();
    assert_eq!(table.reserve(&counter, 1.0), Ok(f64::INFINITY));
}

#[test]
fn of_as_many_failures_the_fewest_attempts_go() {
    let table = full(|table, key| {
        attempt(table, &[key], f64::from(key));
        if key != 5 {
            attempt(table, &[key], 100.0);
        }
    });
    attempt(&table, &[99], 500.0);
    assert_eq!(taken(&table), without(5));
}

#[test]
fn of_as_many_attempts_the_oldest_goes() {
    let table = full(|table, key| attempt(table, &[key], if key == 3 { 0.0 } else { 100.0 }));
    attempt(&table, &[99], 500.0);
    assert_eq!(taken(&table), without(3));
}

#[test]
fn what_is_forgotten_goes_before_all_else_and_alone() {
    let table = full(|table, key| attempt(table, &[key], if key == 3 { 0.0 } else { 500.0 }));
    fail(&table, 3, 500.0);
    attempt(&table, &[99], KEEP_S);
    assert_eq!(taken(&table), without(3));
}

#[test]
fn the_counters_of_an_attempt_keep_their_places_while_room_is_made() {
    let table = full(|table, key| attempt(table, &[key], if key == 3 { 0.0 } else { 500.0 }));
    attempt(&table, &[3, 99], KEEP_S);
    assert_eq!(table.len(), 16);
    assert!(table.forget(&[3]).unwrap() && table.forget(&[99]).unwrap());
}

#[test]
fn in_a_large_table_what_goes_is_looked_for_everywhere() {
    let table = AttemptTable::new(1000).unwrap();
    let made = |number: u32, fails: bool| {
        let counter = [table.counter(&number.to_be_bytes(), backoff()).unwrap()];
        assert_eq!(table.reserve(&counter, 0.0), Ok(0.0));
        if fails {
            table.settle(&counter, &[Outcome::Failed], 0.0).unwrap();
        }
    };
    // 64 of 1000 are compared each time: 400 times without the one is less likely than one in 10^11.
    (0..1400).for_each(|number| made(number, number != 500));
    assert!(!table.forget(&500_u32.to_be_bytes()).unwrap());
}

#[test]
fn attempts_out_of_range_are_refused() {
    let table = AttemptTable::new(MIN_CAPACITY).unwrap();
    for keys in [vec![], vec![1, 2, 1], (0..9).collect()] {
        let counters = counters(&table, &keys);
        assert!(matches!(table.reserve(&counters, 0.0), Err(Error::Parameter(_))));
        assert!(matches!(table.settle(&counters, &vec![Outcome::Failed; keys.len()], 0.0), Err(Error::Parameter(_))));
    }
    for now in [f64::NAN, f64::INFINITY] {
        assert!(matches!(table.reserve(&counters(&table, &[1]), now), Err(Error::Parameter(_))));
    }
    assert!(table.settle(&counters(&table, &[1]), &[], 0.0).is_err());
    assert_eq!(format!("{table:?}"), "AttemptTable { len: 0, .. }");
}

#[test]
fn no_two_tables_have_the_same_id() {
    assert_ne!(AttemptTable::new(MIN_CAPACITY).unwrap().id(), AttemptTable::new(MIN_CAPACITY).unwrap().id());
}

#[test]
fn outcomes_have_the_names_that_python_gives_them() {
    let names = [("failed", Outcome::Failed), ("given_back", Outcome::GivenBack), ("cleared", Outcome::Cleared)];
    for (name, outcome) in names {
        assert_eq!(Outcome::from_name(name), Ok(outcome));
    }
    assert!(matches!(Outcome::from_name("succeeded"), Err(Error::Parameter(_))));
}

#[test]
fn a_counter_that_was_given_everything_back_takes_no_room() {
    let table = AttemptTable::new(MIN_CAPACITY).unwrap();
    let counters = counters(&table, &[1]);
    assert_eq!(table.reserve(&counters, 1.0), Ok(0.0));
    assert_eq!(table.len(), 1);
    table.settle(&counters, &[Outcome::GivenBack], 1.0).unwrap();
    assert!(table.is_empty());
}

#[test]
fn keys_and_capacities_out_of_range_are_refused() {
    let table = AttemptTable::new(MIN_CAPACITY).unwrap();
    assert!(table.is_empty());
    for key in [vec![], vec![0; MAX_KEY_LEN + 1]] {
        assert!(table.counter(&key, backoff()).is_err() && table.forget(&key).is_err());
    }
    assert!(AttemptTable::new(MIN_CAPACITY - 1).is_err() && AttemptTable::new(usize::MAX).is_err());
}
