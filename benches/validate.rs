//! Validators without Python around them: `cargo bench --no-default-features --bench validate`.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that panics has failed")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use zenoo_security::primitives::validate::{email, name, odoo, phone, url, vat};

fn addresses(criterion: &mut Criterion) {
    for (what, address) in [
        ("e-mail", "marc.demo@mail.example.com"),
        ("e-mail with capitals in the domain", "marc.demo@Mail.Example.com"),
        ("e-mail with an international domain", "marc@bücher.example"),
        ("e-mail, refused at its end", "marc.demo@mail.example.c0m"),
    ] {
        criterion.bench_function(what, |bencher| bencher.iter(|| email::parse(black_box(address)).is_ok()));
    }
    let hostile = format!("{}@example.com", "a.".repeat(500));
    criterion.bench_function("e-mail, a kilobyte of dots", |bencher| {
        bencher.iter(|| email::parse(black_box(&hostile)).is_ok());
    });
}

fn others(criterion: &mut Criterion) {
    criterion.bench_function("phone", |bencher| bencher.iter(|| phone::parse(black_box("+49 (0)30 901820"), None)));
    criterion.bench_function("URL", |bencher| {
        bencher.iter(|| url::parse(black_box("https://www.example.com/contact?a=1"), &url::WEB));
    });
    criterion.bench_function("VAT", |bencher| bencher.iter(|| vat::parse(black_box("DE 123 456 789"), None)));
    criterion.bench_function("name", |bencher| bencher.iter(|| name::name(black_box("O'Brien & Söhne"), 128).is_ok()));
    criterion.bench_function("model name", |bencher| {
        bencher.iter(|| odoo::model_name(black_box("account.move.line")).is_ok());
    });
}

criterion_group!(benches, addresses, others);
criterion_main!(benches);
