//! Password hashes against the known answers in `vectors/passwords.json`, and properties of the parser.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that panics is a test that fails"
)]

use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;
use zenoo_security::primitives::Error;
use zenoo_security::primitives::passwords::{Budget, Parameters, Scheme, StoredHash, argon2id};

fn vectors(section: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("vectors/passwords.json")).unwrap();
    file[section].as_array().unwrap().clone()
}

fn password(vector: &Value) -> Vec<u8> {
    match vector["password"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => data_encoding::HEXLOWER.decode(vector["password_hex"].as_str().unwrap().as_bytes()).unwrap(),
    }
}

fn budget() -> Budget {
    Budget::new(256 * 1024, Duration::from_secs(10), 2)
}

#[test]
fn debug_shows_nothing_of_a_stored_hash_but_its_scheme() {
    for vector in vectors("valid") {
        let stored = StoredHash::parse(vector["hash"].as_str().unwrap()).unwrap();
        assert_eq!(format!("{stored:?}"), format!("StoredHash {{ scheme: {:?}, .. }}", stored.scheme()));
    }
}

fn cheap() -> Parameters {
    Parameters::new(32, 1, 2).unwrap()
}

#[test]
fn published_hashes_verify() {
    let budget = budget();
    for vector in vectors("valid") {
        let hash = StoredHash::parse(vector["hash"].as_str().unwrap()).unwrap();
        assert_eq!(hash.verify(&password(&vector), &budget), Ok(true), "{vector}");
    }
}

#[test]
fn other_passwords_do_not() {
    let budget = budget();
    for vector in vectors("mismatch") {
        let hash = StoredHash::parse(vector["hash"].as_str().unwrap()).unwrap();
        assert_eq!(hash.verify(&password(&vector), &budget), Ok(false), "{vector}");
    }
}

#[test]
fn another_password_matches_no_pbkdf2_hash() {
    let budget = budget();
    let hashes = vectors("valid").into_iter().map(|vector| vector["hash"].as_str().unwrap().to_owned());
    for hash in hashes.filter(|hash| hash.starts_with("$pbkdf2-")) {
        assert_eq!(StoredHash::parse(&hash).unwrap().verify(b"another", &budget), Ok(false), "{hash}");
    }
}

#[test]
fn bad_hashes_are_refused_when_they_are_read() {
    for vector in vectors("invalid") {
        let expected = match vector["error"].as_str().unwrap() {
            "malformed" => Error::HashMalformed,
            "unsupported" => Error::HashUnsupported,
            _ => Error::HashCost,
        };
        assert_eq!(StoredHash::parse(vector["hash"].as_str().unwrap()).unwrap_err(), expected, "{vector}");
    }
}

#[test]
fn costs_and_lengths_at_their_cap_are_read() {
    let read = |text: &str| StoredHash::parse(text).map(|stored| stored.scheme());
    assert_eq!(read("$2b$15$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."), Ok(Scheme::Bcrypt));
    let pbkdf2 = |rounds: u32, salt_chars| {
        read(&format!("$pbkdf2-sha256${rounds}${}${}", "A".repeat(salt_chars), "A".repeat(43)))
    };
    assert_eq!(pbkdf2(4_000_000, 22), Ok(Scheme::Pbkdf2Sha256));
    assert_eq!(pbkdf2(1, 1366), Ok(Scheme::Pbkdf2Sha256), "1024 bytes of salt");
    assert_eq!(pbkdf2(1, 1367), Err(Error::HashMalformed), "1025 bytes of salt");
}

#[test]
fn schemes_have_their_names() {
    for vector in vectors("valid") {
        let text = vector["hash"].as_str().unwrap();
        let marker = text.split('$').nth(1).unwrap();
        let name = if marker.starts_with('2') { "bcrypt".to_owned() } else { marker.replace('-', "_") };
        assert_eq!(StoredHash::parse(text).unwrap().scheme().name(), name);
    }
}

#[test]
fn debug_of_a_budget_shows_its_size() {
    assert!(format!("{:?}", budget()).starts_with("Budget { total_kib: 262144, wait: 10s"));
}

#[test]
fn a_password_over_the_limit_is_refused_and_not_cut() {
    let budget = budget();
    let longest = [b'x'; 4096];
    let hash = argon2id::hash(&longest, &cheap(), &budget).unwrap();
    let stored = StoredHash::parse(&hash).unwrap();
    assert_eq!(stored.verify(&longest, &budget), Ok(true));
    assert_eq!(stored.verify(&longest[1..], &budget), Ok(false));
    assert_eq!(stored.verify(&[b'x'; 4097], &budget), Err(Error::PasswordTooLong));
    assert_eq!(argon2id::hash(&[b'x'; 4097], &cheap(), &budget), Err(Error::PasswordTooLong));
}

#[test]
fn bcrypt_refuses_more_than_72_bytes() {
    let hash = StoredHash::parse("$2a$04$R1lJ2gkNaoPGdafE.H.16.nVyh2niHsGJhayOHLMiXlI45o8/DU.6").unwrap();
    assert_eq!(hash.verify(&[b'0'; 72], &budget()), Ok(true));
    assert_eq!(hash.verify(&[b'0'; 73], &budget()), Err(Error::PasswordTooLong));
}

#[test]
fn two_hashes_of_one_password_differ() {
    let budget = budget();
    let hash = || argon2id::hash(b"password", &cheap(), &budget).unwrap();
    assert_ne!(hash(), hash());
}

#[test]
fn a_hash_names_its_costs() {
    let (parameters, budget) = (Parameters::new(64, 3, 2).unwrap(), budget());
    assert_eq!((parameters.memory_kib(), parameters.passes(), parameters.lanes()), (64, 3, 2));
    let hash = argon2id::hash(b"password", &parameters, &budget).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=3,p=2$"), "{hash}");
    assert_eq!(StoredHash::parse(&hash).unwrap().verify(b"password", &budget), Ok(true));
}

#[test]
fn no_password_matches_an_unmatchable_hash() {
    let parameters = cheap();
    let stored = StoredHash::parse(&argon2id::unmatchable_hash(&parameters).unwrap()).unwrap();
    assert!(!stored.needs_rehash(&parameters));
    assert_eq!(stored.verify(b"", &budget()), Ok(false));
}

#[test]
fn a_hash_needs_rehash_when_anything_of_its_form_differs() {
    let (parameters, budget) = (cheap(), budget());
    let hash = argon2id::hash(b"password", &parameters, &budget).unwrap();
    let needs = |text: &str, parameters: &Parameters| StoredHash::parse(text).unwrap().needs_rehash(parameters);
    assert!(!needs(&hash, &parameters));
    for (memory_kib, passes, lanes) in [(33, 1, 2), (16, 1, 2), (32, 2, 2), (32, 1, 1)] {
        assert!(needs(&hash, &Parameters::new(memory_kib, passes, lanes).unwrap()));
    }
    assert!(needs(&hash.replace("argon2id", "argon2i"), &parameters));
    assert!(needs(&hash.replace("v=19", "v=16"), &parameters));
    assert!(needs(&hash.replace("v=19$", ""), &parameters));
    let short_tag = &hash[..hash.len() - 4];
    assert!(needs(&short_tag[..short_tag.rfind('$').unwrap() + 33], &parameters));
    let (start, end) = hash.split_at(hash.find("p=2$").unwrap() + 4);
    assert!(needs(&format!("{start}c29tZXNhbHQ{}", &end[22..]), &parameters));
}

#[test]
fn costs_out_of_range_are_refused() {
    for (memory_kib, passes, lanes) in
        [(0, 1, 1), (7, 1, 1), (8, 0, 1), (8, 1, 0), (15, 1, 2), (1024, 1, 65), (4_194_305, 1, 1), (65_536, 65, 1)]
    {
        assert!(
            matches!(Parameters::new(memory_kib, passes, lanes), Err(Error::Parameter(_))),
            "{memory_kib} {passes}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A hash verifies its own password, and no other one.
    #[test]
    fn round_trip(password in prop::collection::vec(any::<u8>(), 0..100), other in prop::collection::vec(any::<u8>(), 0..100)) {
        let budget = budget();
        let stored = StoredHash::parse(&argon2id::hash(&password, &cheap(), &budget).unwrap()).unwrap();
        prop_assert_eq!(stored.verify(&password, &budget), Ok(true));
        prop_assert_eq!(stored.verify(&other, &budget), Ok(password == other));
    }

    /// One changed character anywhere makes the hash one that is refused or that does not match.
    #[test]
    fn one_changed_character_fails(position in 0_usize..97, replacement in "[A-Za-z0-9+/$=,.]") {
        let budget = budget();
        let hash = argon2id::hash(b"password", &cheap(), &budget).unwrap();
        let position = position % hash.len();
        let changed = format!("{}{replacement}{}", &hash[..position], &hash[position + 1..]);
        prop_assume!(changed != hash);
        let verified = StoredHash::parse(&changed).and_then(|stored| stored.verify(b"password", &budget));
        prop_assert_ne!(verified, Ok(true));
    }
}

proptest! {
    /// The parser takes any text, and never panics.
    #[test]
    fn any_text_is_parsed_or_refused(prefix in prop::sample::select(PREFIXES), rest in "\\PC*") {
        let _ = StoredHash::parse(&format!("{prefix}{rest}"));
    }

    /// Text that is almost a hash does not make it panic either.
    #[test]
    fn almost_hashes_are_parsed_or_refused(prefix in prop::sample::select(PREFIXES), rest in "[A-Za-z0-9./+$=,vmtp]{0,120}") {
        let _ = StoredHash::parse(&format!("{prefix}{rest}"));
    }
}

const PREFIXES: &[&str] =
    &["", "$", "$argon2id$", "$argon2id$v=19$m=65536,t=2,p=1$", "$argon2i$m=", "$2b$", "$2b$05$", "$pbkdf2-sha512$1$"];
