//! Cleaning and encoding, without Python.
#![allow(missing_docs, reason = "made by criterion's macros")]

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use zenoo_security::primitives::sanitize::html::Profile;
use zenoo_security::primitives::sanitize::text::Lines;
use zenoo_security::primitives::sanitize::{escape, html, text};

fn sanitize(criterion: &mut Criterion) {
    let clean = "Azure Interior, Fremont.".repeat(43);
    let special = "<i>\"A&B\" & 'C&D' <E></i>".repeat(43);
    criterion
        .bench_function("html_text, 1 KB, clean", |bench| bench.iter(|| escape::html_text(black_box(&clean)).len()));
    criterion.bench_function("html_text, 1 KB, special", |bench| {
        bench.iter(|| escape::html_text(black_box(&special)).len());
    });
    for (name, input) in [("ASCII", "Azure Interior"), ("German", "Hauptstraße 12"), ("decomposed", "So\u{308}hne\0")]
    {
        let name = format!("clean, {name}");
        criterion.bench_function(&name, |bench| bench.iter(|| text::clean(black_box(input), Lines::Multi).len()));
    }
    let page =
        "<p class='x'>A <b>bold</b> <a href='https://example.com/?a=1'>link</a><script>x</script></p>".repeat(500);
    for profile in [Profile::Default, Profile::Odoo] {
        let name = format!("HTML, 45 KB, {profile:?}");
        criterion
            .bench_function(&name, |bench| bench.iter(|| html::clean(black_box(&page), profile).map(|out| out.len())));
    }
}

criterion_group!(benches, sanitize);
criterion_main!(benches);
