//! One-time passwords and QR codes without Python around them: `cargo bench --no-default-features --bench otp`.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench that panics has failed")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use zenoo_security::primitives::{
    otp::{Algorithm, Digits, Secret, Totp, Window},
    qr::{Level, Matrix},
};

const AT_S: u64 = 1_700_000_000;

fn totp(algorithm: Algorithm) -> Totp {
    let secret = Secret::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
    Totp::new(secret, algorithm, Digits::Six, 30).unwrap()
}

fn otp(criterion: &mut Criterion) {
    let window = Window::new(1, 1).unwrap();
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let totp = totp(algorithm);
        criterion.bench_function(&format!("verify, wrong code, three steps, {}", algorithm.name()), |bencher| {
            bencher.iter(|| totp.verify(black_box("000000"), black_box(AT_S), window, None));
        });
    }
}

fn qr(criterion: &mut Criterion) {
    let uri = totp(Algorithm::Sha1).uri("alice@example.com", "Zenoo RPC").unwrap();
    let matrix = Matrix::encode(uri.as_bytes(), Level::Medium, 4).unwrap();
    criterion.bench_function("QR matrix of a provisioning URI", |bencher| {
        bencher.iter(|| Matrix::encode(black_box(uri.as_bytes()), Level::Medium, 4));
    });
    criterion.bench_function("its PNG, scale 10", |bencher| bencher.iter(|| matrix.png(black_box(10))));
    criterion.bench_function("its SVG", |bencher| bencher.iter(|| matrix.svg(black_box(10))));
}

criterion_group!(benches, otp, qr);
criterion_main!(benches);
