//! Known answers and properties of encrypted values and blind indexes, from `tests/vectors`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value as Json;
use zenoo_security::primitives::Error;
use zenoo_security::primitives::blind_index::{BlindIndex, Normalizer};
use zenoo_security::primitives::derive::Context;
use zenoo_security::primitives::fields::batch::{Block, Opening, Sealing};
use zenoo_security::primitives::fields::rewrapping::Rewrapping;
use zenoo_security::primitives::fields::{self, FieldCipher, Reason, Value};
use zenoo_security::primitives::keyring::KeyRing;
use zenoo_security::primitives::validate::codes;

const FIELDS: &str = include_str!("vectors/fields.json");
const BLIND_INDEX: &str = include_str!("vectors/blind_index.json");

fn vectors(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn text<'a>(case: &'a Json, name: &str) -> &'a str {
    case[name].as_str().unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn context(case: &Json) -> Context {
    Context::new(case["context"].as_array().unwrap().iter().map(|part| part.as_str().unwrap())).unwrap()
}

fn ring(document: &Json) -> KeyRing {
    KeyRing::from_json(&document["key_ring"].to_string()).unwrap()
}

fn cipher(ring: KeyRing, padding: Option<u16>) -> FieldCipher {
    FieldCipher::new(Arc::new(ring), padding).unwrap()
}

#[test]
fn frozen_tokens_are_written_and_read() {
    let document = vectors(FIELDS);
    for case in document["valid"].as_array().unwrap() {
        let key_id = u32::try_from(case["key_id"].as_u64().unwrap()).unwrap();
        let padding = case["padding"].as_u64().map(|multiple| u16::try_from(multiple).unwrap());
        let cipher = cipher(ring(&document).promote(key_id).unwrap(), padding);
        let keys = cipher.keys(&context(case)).unwrap();
        let plaintext = hex(text(case, "plaintext"));
        let nonce = hex(text(case, "nonce")).try_into().unwrap();
        let value = Value::parse(&plaintext).unwrap();
        assert_eq!(cipher.danger_encrypt_with_nonce(&keys, &value, &nonce).unwrap(), text(case, "token"), "{case}");
        let mut buffer = Vec::new();
        assert_eq!(cipher.decrypt(&keys, text(case, "token"), &mut buffer).unwrap(), plaintext);
        assert_eq!(fields::key_id(text(case, "token")), Ok(key_id));
    }
}

#[test]
fn every_invalid_token_fails_alike() {
    let document = vectors(FIELDS);
    let cipher = cipher(ring(&document), None);
    for case in document["invalid"].as_array().unwrap() {
        let keys = cipher.keys(&context(case)).unwrap();
        let mut buffer = Vec::new();
        let result = cipher.decrypt(&keys, text(case, "token"), &mut buffer).and_then(Value::parse);
        // Dates and decimals are read by Python; here they are text of their type.
        let read_by_python = text(case, "why").contains("that is none");
        assert_eq!(result.is_err(), !read_by_python, "{case}");
        assert!(result.is_ok() || result == Err(Error::Decryption));
    }
}

#[test]
fn frozen_indexes_are_computed() {
    let document = vectors(BLIND_INDEX);
    let ring = Arc::new(ring(&document));
    for case in document["valid"].as_array().unwrap() {
        let length = usize::try_from(case["length"].as_u64().unwrap()).unwrap();
        let normalizer = Normalizer::from_name(text(case, "normalizer")).unwrap();
        let index = BlindIndex::new(Arc::clone(&ring), normalizer, length).unwrap();
        let key = index.key(&context(case)).unwrap();
        let computed = index.compute(&key, &Value::Text(text(case, "value"))).unwrap();
        assert_eq!(computed.as_str(), text(case, "index"), "{case}");
    }
}

#[test]
fn one_flipped_bit_anywhere_fails() {
    let document = vectors(FIELDS);
    let cipher = cipher(ring(&document), None);
    for case in document["valid"].as_array().unwrap().iter().filter(|case| text(case, "token").len() < 400) {
        let keys = cipher.keys(&context(case)).unwrap();
        let token = text(case, "token").as_bytes();
        for position in 0..token.len() {
            for bit in 0..7 {
                let mut flipped = token.to_vec();
                flipped[position] ^= 1 << bit;
                let flipped = String::from_utf8(flipped).unwrap();
                let result = cipher.decrypt(&keys, &flipped, &mut Vec::new()).map(<[u8]>::to_vec);
                assert_eq!(result, Err(Error::Decryption), "bit {bit} of byte {position}");
            }
        }
    }
}

#[test]
fn a_value_is_encrypted_anew_under_the_primary_key() {
    let ring = KeyRing::generate("2026-11-24").unwrap();
    let context = Context::new(["m", "f"]).unwrap();
    let old = cipher(ring.clone(), None);
    let token = old.encrypt(&old.keys(&context).unwrap(), &Value::Text("a")).unwrap();
    let new = cipher(ring.rotate("2026-11-25").unwrap(), None);
    let keys = new.keys(&context).unwrap();
    let rewrapped = new.rewrap(&keys, &token).unwrap();
    assert_eq!((fields::key_id(&token), fields::key_id(&rewrapped)), (Ok(1), Ok(2)));
    let mut buffer = Vec::new();
    assert_eq!(Value::parse(new.decrypt(&keys, &rewrapped, &mut buffer).unwrap()), Ok(Value::Text("a")));
}

#[test]
fn debug_shows_no_key() {
    let cipher = cipher(KeyRing::generate("2026-11-24").unwrap(), Some(16));
    let shown = format!("{cipher:?}");
    assert!(shown.starts_with("FieldCipher { ring: KeyRing") && shown.ends_with("padding: Some(16), .. }"), "{shown}");
}

#[test]
fn a_batch_gives_what_single_calls_give() {
    let cipher = cipher(KeyRing::generate("2026-11-24").unwrap(), None);
    let keys = cipher.keys(&Context::new(["m", "f"]).unwrap()).unwrap();
    let values: Vec<String> = (0..3000).map(|number| format!("value {number}")).collect();
    let mut sealing = Sealing::default();
    for value in &values {
        sealing.push(&cipher, &keys, &Value::Text(value)).unwrap();
    }
    sealing.run(&cipher);
    let mut tokens: Vec<_> = sealing.tokens().unwrap().map(str::to_owned).collect();
    tokens[7].push('x');
    let mut opening = Opening::default();
    for token in &tokens {
        opening.push(&keys, token);
    }
    opening.run(&cipher);
    assert_eq!(opening.values().count(), 3000);
    for (position, (value, (token, plaintext))) in values.iter().zip(opening.values()).enumerate() {
        assert_eq!(plaintext, if position == 7 { Err(Error::Decryption) } else { Ok(Value::Text(value)) });
        assert_eq!(token, tokens[position]);
    }
}

#[test]
fn a_block_that_was_cleared_holds_nothing_of_before() {
    let cipher = cipher(KeyRing::generate("2026-11-24").unwrap(), None);
    let keys = cipher.keys(&Context::new(["m", "f"]).unwrap()).unwrap();
    let large = vec![1; fields::MAX_INT_BYTES + 1];
    let mut sealing = Sealing::default();
    sealing.push(&cipher, &keys, &Value::Text("x")).unwrap();
    assert_eq!(format!("{sealing:?}"), "Sealing(<secret>)");
    assert!(matches!(sealing.push(&cipher, &keys, &Value::Int(&large)), Err(Error::TooLarge(_))));
    sealing.clear();
    sealing.push(&cipher, &keys, &Value::Null).unwrap();
    sealing.run(&cipher);
    assert_eq!(sealing.tokens().unwrap().count(), 1);
}

/// A cipher whose ring has the keys 1, decrypt-only, and 2, primary; and a token of each.
fn rotated() -> (FieldCipher, Context, [String; 2]) {
    let first = KeyRing::generate("2026-11-24").unwrap();
    let (old, new) = (cipher(first.clone(), None), cipher(first.rotate("2026-11-25").unwrap(), None));
    let context = Context::new(["m", "f"]).unwrap();
    let token = |cipher: &FieldCipher| cipher.encrypt(&cipher.keys(&context).unwrap(), &Value::Text("a")).unwrap();
    let tokens = [token(&old), token(&new)];
    (new, context, tokens)
}

#[test]
fn a_block_rewraps_what_is_under_another_key_and_nothing_else() {
    let (cipher, context, [old, current]) = rotated();
    let keys = cipher.keys(&context).unwrap();
    let altered = format!("{}{}", &old[..old.len() - 1], if old.ends_with('A') { 'Q' } else { 'A' });
    let mut rewrapping = Rewrapping::default();
    for token in ["no token", &current, &old, &altered, &old] {
        rewrapping.push(&keys, token);
    }
    rewrapping.run(&cipher);
    let tokens: Vec<_> = rewrapping.tokens().unwrap().collect();
    assert_eq!(tokens.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true, false, true]);
    for token in tokens.into_iter().flatten() {
        assert_eq!(fields::key_id(token), Ok(2));
        let mut buffer = Vec::new();
        assert_eq!(Value::parse(cipher.decrypt(&keys, token, &mut buffer).unwrap()), Ok(Value::Text("a")));
    }
    rewrapping.clear();
    rewrapping.push(&keys, &old);
    rewrapping.run(&cipher);
    assert_eq!(rewrapping.tokens().unwrap().filter(|token| token.is_some_and(fields::is_token)).count(), 1);
}

#[test]
fn a_block_is_full_of_values_or_of_bytes() {
    let (cipher, context, [old, _]) = rotated();
    let keys = cipher.keys(&context).unwrap();
    let (mut sealing, mut opening, mut rewrapping) = (Sealing::default(), Opening::default(), Rewrapping::default());
    for _ in 0..1024 {
        assert!(!sealing.is_full() && !opening.is_full() && !rewrapping.is_full());
        sealing.push(&cipher, &keys, &Value::Null).unwrap();
        opening.push(&keys, &old);
        rewrapping.push(&keys, &old);
    }
    assert!(sealing.is_full() && opening.is_full() && rewrapping.is_full());
    sealing.clear();
    opening.clear();
    rewrapping.clear();
    assert!(!sealing.is_full() && !opening.is_full() && !rewrapping.is_full());
    let large = "x".repeat(256 * 1024);
    sealing.push(&cipher, &keys, &Value::Text(&large)).unwrap();
    opening.push(&keys, &large);
    rewrapping.push(&keys, &large);
    assert!(sealing.is_full() && opening.is_full() && rewrapping.is_full());
}

#[test]
fn an_opening_block_that_was_cleared_holds_nothing_of_before() {
    let (cipher, context, [old, current]) = rotated();
    let keys = cipher.keys(&context).unwrap();
    let mut opening = Opening::default();
    assert_eq!(format!("{opening:?}"), "Opening(<secret>)");
    for token in [&old, &current] {
        opening.push(&keys, token);
        opening.run(&cipher);
        assert_eq!(opening.values().collect::<Vec<_>>(), [(token.as_str(), Ok(Value::Text("a")))]);
        opening.clear();
    }
}

#[test]
fn why_a_text_does_not_open_follows_from_the_ring() {
    let (cipher, _, [old, current]) = rotated();
    let retired = cipher.ring().retire(1).unwrap();
    let other = KeyRing::generate("2026-11-24").unwrap();
    for (ring, text, name, key_id) in [
        (&retired, "no token", "plaintext", None),
        (&retired, old.as_str(), "retired_key", Some(1)),
        (&retired, current.as_str(), "altered", Some(2)),
        (cipher.ring(), old.as_str(), "altered", Some(1)),
        (&other, current.as_str(), "unknown_key", Some(2)),
    ] {
        let reason = Reason::of(ring, text);
        assert_eq!((reason.name(), reason.key_id()), (name, key_id));
    }
}

#[test]
fn debug_of_the_keys_of_a_context_shows_no_key() {
    let (cipher, context, _) = rotated();
    let shown = format!("{:?}", cipher.keys(&context).unwrap());
    assert!(shown.starts_with("FieldKeys { context: ") && shown.ends_with(", .. }"), "{shown}");
}

proptest! {
    #[test]
    fn any_text_comes_back(value in ".*", padding in prop::option::of(2_u16..300), part in "[a-z.]{1,20}") {
        let cipher = cipher(KeyRing::generate("2026-11-24").unwrap(), padding);
        let keys = cipher.keys(&Context::new([part.as_str()]).unwrap()).unwrap();
        let token = cipher.encrypt(&keys, &Value::Text(&value)).unwrap();
        let mut buffer = Vec::new();
        let plaintext = cipher.decrypt(&keys, &token, &mut buffer).unwrap();
        prop_assert_eq!(Value::parse(plaintext), Ok(Value::Text(&value)));
        prop_assert_eq!(cipher.encrypt(&keys, &Value::Text(&token)), Err(codes::ALREADY_ENCRYPTED));
    }

    #[test]
    fn arbitrary_texts_are_no_tokens(text in "(zs1\\.)?[A-Za-z0-9_=+/\\n-]{0,200}|.*") {
        let cipher = cipher(KeyRing::generate("2026-11-24").unwrap(), None);
        let keys = cipher.keys(&Context::new(["m"]).unwrap()).unwrap();
        let result = cipher.decrypt(&keys, &text, &mut Vec::new()).map(<[u8]>::to_vec);
        prop_assert_eq!(result, Err(Error::Decryption));
    }

    #[test]
    fn arbitrary_plaintexts_do_not_panic(plaintext in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = Value::parse(&plaintext) {
            let mut again = Vec::new();
            value.append_to(&mut again, None).unwrap();
            prop_assert!(Value::parse(&again) == Ok(value) || matches!(value, Value::Float(_)));
        }
    }

    #[test]
    fn arbitrary_documents_are_no_key_rings(text in ".*") {
        prop_assert!(matches!(KeyRing::from_json(&text), Err(Error::KeyRing(_))));
    }
}
