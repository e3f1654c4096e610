//! The fuzz targets without a fuzzer: over every file of `fuzz/corpus` and `fuzz/regressions`, and over files of the corpus
//! that were mixed and edited. `docs/testing.md` says how to fuzz.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::path::{Path, PathBuf};
use std::{fs, panic};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;

/// A file, and where the rest of it goes in place of the rest of another one.
type Tail = (Vec<u8>, Index);

/// A place, how many bytes go there, and what comes instead.
type Edit = (Index, usize, Vec<u8>);

/// Runs a target over its files as they are, and `cases` times over files that were changed.
fn holds(surface: &str, fuzz: fn(&[u8]), cases: u32) {
    let corpus = files("corpus", surface);
    assert!(!corpus.is_empty());
    for (path, data) in corpus.iter().chain(&files("regressions", surface)) {
        assert!(panic::catch_unwind(|| fuzz(data)).is_ok(), "{}", path.display());
    }
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let data: Vec<Vec<u8>> = corpus.into_iter().map(|(_, data)| data).collect();
    let other = prop::option::of((select(data.clone()), any::<Index>()));
    let edited = (select(data), other, prop::collection::vec(edit(), 1..4)).prop_map(changed);
    TestRunner::new(config)
        .run(&edited, |data| {
            fuzz(&data);
            Ok(())
        })
        .unwrap();
}

fn files(kind: &str, surface: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind).join(surface);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn edit() -> impl Strategy<Value = Edit> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        "[ -~]{0,4}".prop_map(String::into_bytes),
        any::<char>().prop_map(|character| character.to_string().into_bytes()),
    ];
    (any::<Index>(), 0..8_usize, bytes)
}

/// A file, or its start and the rest of another one, with the edits.
fn changed((mut data, other, edits): (Vec<u8>, Option<Tail>, Vec<Edit>)) -> Vec<u8> {
    if let Some((other, at)) = other {
        let at = at.index(data.len() + 1);
        data.truncate(at);
        data.extend(other.iter().skip(at));
    }
    for (at, length, bytes) in edits {
        let start = at.index(data.len() + 1);
        let end = data.len().min(start + length);
        data.splice(start..end, bytes);
    }
    data
}

#[test]
fn domains() {
    holds("domain", targets::domain::fuzz, 10_000);
}

#[test]
fn email_addresses() {
    holds("email", targets::email::fuzz, 10_000);
}

#[test]
fn encrypted_values() {
    holds("fields", targets::fields::fuzz, 10_000);
}

#[test]
fn markup() {
    holds("html", targets::html::fuzz, 2_000);
}

#[test]
fn json() {
    holds("json", targets::json::fuzz, 10_000);
}

#[test]
fn key_rings() {
    holds("keyring", targets::keyring::fuzz, 5_000);
}

#[test]
fn one_time_passwords() {
    holds("otpauth", targets::otpauth::fuzz, 5_000);
}

#[test]
fn password_hashes() {
    holds("phc", targets::phc::fuzz, 3_000);
}

#[test]
fn web_addresses() {
    holds("url", targets::url::fuzz, 10_000);
}
