//! Known answers and properties of wrapped key rings, from `tests/vectors/keyring.json`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

use proptest::prelude::*;
use serde_json::Value as Json;
use zenoo_security::primitives::Error;
use zenoo_security::primitives::keyring::{KeyEncryptionKey, KeyRing};

const VECTORS: &str = include_str!("vectors/keyring.json");
const DAY: &str = "2026-11-24";

fn vectors() -> Json {
    serde_json::from_str(VECTORS).unwrap()
}

fn kek(case: &Json) -> KeyEncryptionKey {
    KeyEncryptionKey::new(&data_encoding::HEXLOWER.decode(case["kek"].as_str().unwrap().as_bytes()).unwrap()).unwrap()
}

fn refusal(text: &str, kek: &KeyEncryptionKey) -> String {
    let refused = KeyRing::unwrap(text, kek).unwrap_err();
    assert!(matches!(refused, Error::KeyRing(_)), "{refused:?}");
    refused.to_string()
}

#[test]
fn frozen_rings_are_read() {
    for case in vectors()["valid"].as_array().unwrap() {
        let kek = kek(case);
        assert_eq!(kek.id(), case["kek_id"].as_str().unwrap());
        let ring = KeyRing::unwrap(&case["wrapped"].to_string(), &kek).unwrap();
        assert_eq!(serde_json::from_str::<Json>(&ring.to_json().unwrap()).unwrap(), case["key_ring"]);
    }
}

#[test]
fn a_file_has_one_mebibyte_at_most() {
    let kek = KeyEncryptionKey::new(&[7; 32]).unwrap();
    let ring = KeyRing::generate(DAY).unwrap();
    let filled = |text: &str, bytes: usize| format!("{text}{}", " ".repeat(bytes - text.len()));
    for (text, read) in [
        (ring.to_json().unwrap().to_string(), &KeyRing::from_json as &dyn Fn(&str) -> _),
        (ring.wrap(&kek).unwrap(), &|text: &str| KeyRing::unwrap(text, &kek)),
    ] {
        assert_eq!(read(&filled(&text, 1 << 20)).unwrap().primary_id(), 1);
        assert!(matches!(read(&filled(&text, (1 << 20) + 1)), Err(Error::KeyRing(_))));
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let kek = KeyEncryptionKey::new(&[7; 32]).unwrap();
    let text = KeyRing::generate(DAY).unwrap().wrap(&kek).unwrap();
    for bit in 0..text.len() * 8 {
        let mut bytes = text.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // What is not UTF-8 any more does not get here.
        if let Ok(flipped) = String::from_utf8(bytes) {
            refusal(&flipped, &kek);
        }
    }
}

#[test]
fn every_prefix_is_refused() {
    let kek = KeyEncryptionKey::new(&[7; 32]).unwrap();
    let text = KeyRing::generate(DAY).unwrap().wrap(&kek).unwrap();
    for end in 0..text.trim_end().len() {
        refusal(&text[..end], &kek);
    }
}

#[test]
fn another_kek_is_named_before_anything_is_decrypted() {
    let [one, other] = [1, 2].map(|byte| KeyEncryptionKey::new(&[byte; 32]).unwrap());
    let text = KeyRing::generate(DAY).unwrap().wrap(&one).unwrap();
    assert!(refusal(&text, &other).contains("another key-encryption key"));
    // A ring that claims the other KEK does not open under it.
    assert!(refusal(&text.replace(one.id(), other.id()), &other).contains("altered"));
}

#[test]
fn a_plain_ring_is_told_from_a_wrapped_one() {
    let (ring, kek) = (KeyRing::generate(DAY).unwrap(), KeyEncryptionKey::new(&[1; 32]).unwrap());
    assert!(refusal(&ring.to_json().unwrap(), &kek).contains("not wrapped"));
    assert!(KeyRing::from_json(&ring.wrap(&kek).unwrap()).unwrap_err().to_string().contains("is wrapped"));
    for text in ["", "{}", "[]", "\"", &"x".repeat(2 << 20)] {
        assert!(refusal(text, &kek).contains("not a wrapped key ring"), "{}", text.len());
    }
}

#[test]
fn a_key_has_its_day_and_its_state() {
    let ring = KeyRing::generate(DAY).unwrap().rotate("2026-11-25").unwrap();
    let told = |ring: &KeyRing| -> Vec<_> {
        ring.keys().iter().map(|key| (key.created().to_owned(), key.state().name())).collect()
    };
    let days = [DAY.to_owned(), "2026-11-25".to_owned()];
    assert_eq!(told(&ring), days.clone().into_iter().zip(["decrypt-only", "primary"]).collect::<Vec<_>>());
    let retired = ring.retire(ring.keys()[0].id()).unwrap();
    assert_eq!(told(&retired), days.into_iter().zip(["retired", "primary"]).collect::<Vec<_>>());
}

#[test]
fn the_primary_key_is_not_retired() {
    let ring = KeyRing::generate(DAY).unwrap();
    let refused = |id| ring.retire(id).unwrap_err();
    assert_eq!(refused(ring.primary_id()), Error::KeyRing("the primary key cannot be retired: rotate first"));
    assert_eq!(refused(0), Error::KeyRing("the key ring has no key of this id"));
}

#[test]
fn a_kek_has_32_bytes_and_shows_none() {
    for length in [0, 16, 31, 33, 64] {
        assert!(matches!(KeyEncryptionKey::new(&vec![1; length]), Err(Error::Parameter(_))));
    }
    let kek = KeyEncryptionKey::new(&[1; 32]).unwrap();
    assert_eq!(format!("{kek:?}"), format!("KeyEncryptionKey {{ id: {:?}, .. }}", kek.id()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_wrapped_comes_back(kek in any::<[u8; 32]>(), rotations in 0_usize..100) {
        let kek = KeyEncryptionKey::new(&kek).unwrap();
        let ring = (0..rotations).fold(KeyRing::generate(DAY).unwrap(), |ring, _| ring.rotate(DAY).unwrap());
        let text = ring.wrap(&kek).unwrap();
        prop_assert_eq!(&*KeyRing::unwrap(&text, &kek).unwrap().to_json().unwrap(), &*ring.to_json().unwrap());
        prop_assert_ne!(text, ring.wrap(&kek).unwrap());
    }
}
