//! Password hashes without Python.
#![allow(missing_docs, reason = "criterion's macros make undocumented items")]
#![allow(clippy::unwrap_used, reason = "a bench that panics has failed")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use zenoo_security::primitives::passwords::{Budget, Parameters, StoredHash, argon2id};

const ODOO: &str = "$pbkdf2-sha512$600000$RHY0Fr3IDMSVO/RSZyb5ow$\
    eNLfBK.eVozomMr.1gYa17k9B7KIK25NOEshvhrSX.esqY3s.FvWZViXz4KoLlQI.BzY/YTNJOiKc5gBYFYGww";
const PASSLIB: &str = "$pbkdf2-sha256$29000$4vjV83LKPjQzk31VI4E0Vw$hsYF68OiOUPdDZ1Fg.fJPeq1h/gXXY7acBp9/6c.tmQ";
const BCRYPT: &str = "$2a$10$k87L/MF28Q673VKh8/cPi.SUl7MU/rWuSiIDDFayrKk/1tBsSQu4u";

fn argon2(c: &mut Criterion) {
    let budget = Budget::new(256 * 1024, Duration::from_secs(10), 2);
    let mut group = c.benchmark_group("argon2id");
    group.sample_size(20);
    for (name, memory_kib, passes, lanes) in [("19 MiB, t=2, p=1", 19456, 2, 1), ("64 MiB, t=3, p=4", 65536, 3, 4)] {
        let parameters = Parameters::new(memory_kib, passes, lanes).unwrap();
        let hash = || argon2id::hash(black_box(b"password"), &parameters, &budget).unwrap();
        group.bench_function(name, |b| b.iter(hash));
        group.bench_function(format!("{name}, fresh memory"), |b| {
            b.iter(|| {
                budget.trim();
                hash()
            });
        });
    }
    group.finish();
}

fn verify(c: &mut Criterion) {
    let budget = Budget::new(1024, Duration::ZERO, 1);
    let mut group = c.benchmark_group("verify");
    group.sample_size(10);
    for (name, hash) in [("odoo", ODOO), ("pbkdf2-sha256, 29,000", PASSLIB), ("bcrypt, cost 10", BCRYPT)] {
        let stored = StoredHash::parse(hash).unwrap();
        group.bench_function(name, |b| b.iter(|| stored.verify(black_box(b"password"), &budget)));
    }
    group.finish();
}

fn parse(c: &mut Criterion) {
    c.bench_function("parse an Odoo hash", |b| b.iter(|| StoredHash::parse(black_box(ODOO))));
}

criterion_group!(benches, argon2, verify, parse);
criterion_main!(benches);
