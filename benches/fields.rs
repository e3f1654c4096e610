//! Encrypted values and blind indexes without Python.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark has no API and may stop")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use zenoo_security::primitives::blind_index::{BlindIndex, Normalizer};
use zenoo_security::primitives::derive::Context;
use zenoo_security::primitives::fields::{FieldCipher, Value};
use zenoo_security::primitives::keyring::KeyRing;

fn fields(c: &mut Criterion) {
    let ring = Arc::new(KeyRing::generate("2026-11-24").unwrap());
    let cipher = FieldCipher::new(Arc::clone(&ring), None).unwrap();
    let context = Context::new(["res.partner", "email"]).unwrap();
    let keys = cipher.keys(&context).unwrap();
    for (name, length) in [("24 B", 24), ("1 KB", 1_000), ("100 KB", 100_000)] {
        let text = "x".repeat(length);
        let token = cipher.encrypt(&keys, &Value::Text(&text)).unwrap();
        let mut group = c.benchmark_group(format!("fields, {name}"));
        group.throughput(Throughput::Bytes(u64::try_from(length).unwrap()));
        group.bench_function("encrypt", |b| b.iter(|| cipher.encrypt(&keys, black_box(&Value::Text(&text)))));
        group.bench_function("decrypt", |b| {
            let mut buffer = Vec::new();
            b.iter(|| cipher.decrypt(&keys, black_box(&token), &mut buffer).map(<[u8]>::len));
        });
        group.finish();
    }
    c.bench_function("fields, keys from the cache", |b| b.iter(|| cipher.keys(black_box(&context))));
    let index = BlindIndex::new(ring, Normalizer::Email, 16).unwrap();
    let key = index.key(&context).unwrap();
    let value = Value::Text("anna.schmidt@example.com");
    c.bench_function("blind index, e-mail", |b| b.iter(|| index.compute(&key, black_box(&value))));
}

criterion_group!(benches, fields);
criterion_main!(benches);
