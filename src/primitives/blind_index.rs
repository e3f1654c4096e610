//! Blind index `zi1.`: HMAC-SHA256 (RFC 2104) over the normalized value, so that equal values can be found while encrypted.
//!
//! It tells whoever sees the column which rows hold equal values, and nothing else while the key is safe.

mod normalize;

use std::collections::HashMap;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use parking_lot::RwLock;
use sha2::Sha256;

pub use normalize::Normalizer;

use super::derive::{Context, subkey};
use super::fields::Value;
use super::keyring::KeyRing;
use super::secret::Key;
use super::{Error, Result};

/// What every blind index starts with; the digit is the version of the format.
pub const PREFIX: &str = "zi1.";

/// What a length may be.
pub const LENGTH: &str = "the length of a blind index must be 8 to 32 bytes";

/// The prefix and 32 bytes in base64url.
const MAX_TEXT_BYTES: usize = PREFIX.len() + 43;

/// The first part of the derivation of every index key; the name of the normalizer comes second.
const PURPOSE: &str = "zenoo-security/index";

/// So many contexts are kept; a cache that is full is emptied.
const MAX_CONTEXTS: usize = 1024;

/// Computes blind indexes with the index key of a ring.
pub struct BlindIndex {
    ring: Arc<KeyRing>,
    normalizer: Normalizer,
    length: usize,
    cache: RwLock<HashMap<Context, Arc<IndexKey>>>,
}

impl core::fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("BlindIndex").field("normalizer", &self.normalizer).finish_non_exhaustive()
    }
}

impl BlindIndex {
    /// An index of the first `length` bytes of the HMAC, 8 to 32.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `length` is out of range.
    pub fn new(ring: Arc<KeyRing>, normalizer: Normalizer, length: usize) -> Result<Self> {
        if !(8..=32).contains(&length) {
            return Err(Error::Parameter(LENGTH));
        }
        Ok(Self { ring, normalizer, length, cache: RwLock::default() })
    }

    /// The key of one context, derived or from the cache.
    ///
    /// # Errors
    /// None in practice, see [`super::derive::subkey`].
    pub fn key(&self, context: &Context) -> Result<Arc<IndexKey>> {
        if let Some(key) = self.cache.read().get(context) {
            return Ok(Arc::clone(key));
        }
        let key = subkey(self.ring.index(), &[PURPOSE, self.normalizer.name()], context.as_bytes())?;
        let key = Arc::new(IndexKey::new(&key)?);
        let mut cache = self.cache.write();
        if cache.len() >= MAX_CONTEXTS {
            cache.clear();
        }
        cache.insert(context.clone(), Arc::clone(&key));
        Ok(key)
    }

    /// The index of a value: HMAC over the plaintext that the normalized value would have, type tag included.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the normalizer does not take the value, [`Error::TooLarge`].
    pub fn compute(&self, key: &IndexKey, value: &Value<'_>) -> Result<IndexText> {
        let digest = self.normalizer.with(value, |message| key.mac(message))?;
        Ok(IndexText::new(digest.get(..self.length).unwrap_or(&digest)))
    }
}

/// The key of one context, absorbed by HMAC once. Wiped on drop.
pub struct IndexKey(Hmac<Sha256>);

impl core::fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("IndexKey(<secret>)")
    }
}

impl IndexKey {
    fn new(key: &Key) -> Result<Self> {
        Hmac::new_from_slice(key.expose()).map(Self).map_err(|_| Error::Parameter("HMAC takes keys of every length"))
    }

    fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.0.clone().chain_update(message).finalize().into_bytes().into()
    }
}

/// The text of an index, without an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexText {
    bytes: [u8; MAX_TEXT_BYTES],
    length: usize,
}

impl IndexText {
    fn new(digest: &[u8]) -> Self {
        let mut text = Self { bytes: [0; MAX_TEXT_BYTES], length: PREFIX.len() };
        let (prefix, encoded) = text.bytes.split_at_mut(PREFIX.len());
        prefix.copy_from_slice(PREFIX.as_bytes());
        let length = BASE64URL_NOPAD.encode_len(digest.len());
        if let Some(encoded) = encoded.get_mut(..length) {
            BASE64URL_NOPAD.encode_mut(digest, encoded);
            text.length = text.length.saturating_add(length);
        }
        text
    }

    /// The text: `zi1.` and base64url.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{BlindIndex, IndexKey, MAX_CONTEXTS, Normalizer, PREFIX};
    use crate::primitives::derive::Context;
    use crate::primitives::fields::Value;
    use crate::primitives::keyring::KeyRing;
    use crate::primitives::secret::Key;

    fn compute(ring: &Arc<KeyRing>, normalizer: Normalizer, parts: [&str; 2], value: Value<'_>) -> String {
        let index = BlindIndex::new(Arc::clone(ring), normalizer, 16).unwrap();
        let key = index.key(&Context::new(parts).unwrap()).unwrap();
        index.compute(&key, &value).unwrap().as_str().to_owned()
    }

    #[test]
    fn equal_values_meet_and_others_do_not() {
        let ring = Arc::new(KeyRing::generate("2026-11-24").unwrap());
        let of = |value| compute(&ring, Normalizer::Exact, ["m", "f"], value);
        assert_eq!(of(Value::Text("a")), of(Value::Text("a")));
        assert_ne!(of(Value::Text("a")), of(Value::Text("A")));
        assert_ne!(of(Value::Text("a")), of(Value::Bytes(b"a")));
        assert_eq!(of(Value::Text("a")).len(), PREFIX.len() + 22);
    }

    #[test]
    fn keys_are_kept_for_so_many_contexts() {
        let index = BlindIndex::new(Arc::new(KeyRing::generate("2026-11-24").unwrap()), Normalizer::Exact, 16).unwrap();
        let key = |number: usize| index.key(&Context::new([number.to_string().as_str()]).unwrap()).unwrap();
        let first = key(0);
        for number in 1..MAX_CONTEXTS {
            key(number);
        }
        assert!(Arc::ptr_eq(&first, &key(0)));
        key(MAX_CONTEXTS);
        assert!(!Arc::ptr_eq(&first, &key(0)));
    }

    #[test]
    fn debug_shows_no_key() {
        let index = BlindIndex::new(Arc::new(KeyRing::generate("2026-11-24").unwrap()), Normalizer::Exact, 16).unwrap();
        assert_eq!(format!("{index:?}"), "BlindIndex { normalizer: Exact, .. }");
        let key = index.key(&Context::new(["m"]).unwrap()).unwrap();
        assert_eq!(format!("{key:?}"), "IndexKey(<secret>)");
    }

    #[test]
    fn context_normalizer_and_ring_all_count() {
        let ring = Arc::new(KeyRing::generate("2026-11-24").unwrap());
        let value = Value::Text("a@b");
        let one = compute(&ring, Normalizer::Exact, ["m", "f"], value);
        assert_ne!(one, compute(&ring, Normalizer::Exact, ["m", "g"], value));
        assert_ne!(one, compute(&ring, Normalizer::Casefold, ["m", "f"], value));
        let other = Arc::new(KeyRing::generate("2026-11-24").unwrap());
        assert_ne!(one, compute(&other, Normalizer::Exact, ["m", "f"], value));
        let rotated = Arc::new(ring.rotate("2026-11-24").unwrap());
        assert_eq!(one, compute(&rotated, Normalizer::Exact, ["m", "f"], value));
    }

    #[test]
    fn rfc_4231() {
        let hex = |text: &serde_json::Value| data_encoding::HEXLOWER.decode(text.as_str().unwrap().as_bytes()).unwrap();
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/hmac.json")).unwrap();
        // HMAC pads a short key with zeros, so a key of 32 bytes can stand for it.
        let cases = vectors["valid"].as_array().unwrap().iter().filter(|case| hex(&case["key"]).len() <= 32);
        let as_published = cases.map(|case| {
            let mut key = [0; 32];
            key[..hex(&case["key"]).len()].copy_from_slice(&hex(&case["key"]));
            let mac = IndexKey::new(&Key::new(key)).unwrap().mac(&hex(&case["message"]));
            mac.as_slice() == hex(&case["hmac"])
        });
        assert_eq!(as_published.collect::<Vec<_>>(), [true; 4]);
    }

    #[test]
    fn the_length_is_bounded() {
        let ring = Arc::new(KeyRing::generate("2026-11-24").unwrap());
        for length in [0, 7, 33] {
            assert!(BlindIndex::new(Arc::clone(&ring), Normalizer::Exact, length).is_err());
        }
    }
}
