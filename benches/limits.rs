//! The rate limiter alone, without Python: what a decision costs on one key and on a million.
#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a benchmark may stop")]

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use zenoo_security::primitives::limits::{Algorithm, Limiter};

const WINDOW_NS: u64 = 60_000_000_000;
const KEYS: u64 = 1_000_000;

fn one_key(c: &mut Criterion) {
    for algorithm in [Algorithm::SlidingWindow, Algorithm::Gcra] {
        let limiter = Limiter::new(algorithm, 100, WINDOW_NS, 100_000).unwrap();
        let mut now_ns = 0;
        c.bench_function(&format!("{algorithm:?}, one key"), |b| {
            b.iter(|| {
                now_ns += 100_000_000;
                limiter.hit(black_box(b"203.0.113.9"), 1, now_ns).unwrap()
            });
        });
        c.bench_function(&format!("{algorithm:?}, one key, refused"), |b| {
            b.iter(|| limiter.hit(black_box(b"203.0.113.10"), 1, 7).unwrap());
        });
    }
}

fn many_keys(c: &mut Criterion) {
    for algorithm in [Algorithm::SlidingWindow, Algorithm::Gcra] {
        let limiter = Limiter::new(algorithm, 100, WINDOW_NS, 1_000_000).unwrap();
        let mut key = 0_u64;
        c.bench_function(&format!("{algorithm:?}, 1,000,000 keys"), |b| {
            b.iter(|| {
                key = (key + 1) % KEYS;
                limiter.hit(&key.to_le_bytes(), 1, 0).unwrap()
            });
        });
    }
}

fn clock(c: &mut Criterion) {
    let start = Instant::now();
    c.bench_function("the clock of the system", |b| b.iter(|| black_box(start).elapsed()));
}

criterion_group!(benches, one_key, many_keys, clock);
criterion_main!(benches);
