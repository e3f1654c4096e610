//! Key rings: what is read obeys the rules of a ring and is written as something that reads the same.

use std::sync::LazyLock;

use zenoo_security::primitives::keyring::{KeyEncryptionKey, KeyRing, MAX_KEYS, State};
use zenoo_security::primitives::{Error, Result};

static KEK: LazyLock<KeyEncryptionKey> = LazyLock::new(|| KeyEncryptionKey::new(&[7; 32]).unwrap());

/// Reads the bytes as a document, plain and wrapped.
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match KeyRing::from_json(&text) {
        Ok(ring) => assert_accepted(&ring, data.len()),
        Err(error) => assert_says_what_to_do(error),
    }
    if let Err(error) = KeyRing::unwrap(&text, &KEK) {
        assert_says_what_to_do(error);
    } else {
        panic!("a ring opened that nobody wrapped");
    }
}

fn assert_says_what_to_do(error: Error) {
    assert!(matches!(error, Error::KeyRing(_)), "{error:?}");
}

fn assert_accepted(ring: &KeyRing, choice: usize) {
    assert_rules(ring);
    assert_same(&KeyRing::from_json(&ring.to_json().unwrap()), ring);
    assert_same(&KeyRing::unwrap(&ring.wrap(&KEK).unwrap(), &KEK), ring);
    let id = ring.keys()[choice % ring.keys().len()].id();
    for changed in [ring.rotate("2026-01-31"), ring.promote(id), ring.retire(id)].into_iter().flatten() {
        assert_rules(&changed);
    }
}

fn assert_same(read: &Result<KeyRing>, ring: &KeyRing) {
    assert_eq!(read.as_ref().unwrap().to_json(), ring.to_json());
}

fn assert_rules(ring: &KeyRing) {
    let keys = ring.keys();
    assert!((1..=MAX_KEYS).contains(&keys.len()));
    assert_eq!(keys.iter().filter(|key| key.state() == State::Primary).count(), 1);
    assert!(keys.iter().all(|key| key.id() != 0 && key.created().len() == 10));
    for (index, key) in keys.iter().enumerate() {
        assert!(keys[..index].iter().all(|other| other.id() != key.id()));
        assert_eq!(ring.usable(key.id()).is_some(), key.state() != State::Retired);
    }
    assert!(ring.usable(ring.primary_id()).is_some());
}
