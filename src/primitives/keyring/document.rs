//! The JSON document of a key ring: version 1, as `docs/formats.md` describes it.
//!
//! Keys are borrowed from the text when it is read and written into a buffer that never grows, so no copy of them is left
//! behind in freed memory.

use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::{KeyRing, MAX_KEYS, RingKey, State, date, wrap};
use crate::primitives::secret::Key;
use crate::primitives::{Error, Result};

pub(super) const FORMAT: &str = "zenoo-security key ring";
const VERSION: u32 = 1;

/// A document of [`MAX_KEYS`] keys has some 16 KiB.
pub(super) const MAX_JSON_BYTES: usize = 1024 * 1024;

/// More than one key and its field names take, with indentation.
const BYTES_PER_KEY: usize = 200;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    format: &'a str,
    version: u32,
    #[serde(borrow)]
    keys: Vec<Entry<'a>>,
    index_key: &'a str,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    id: u32,
    state: State,
    created: &'a str,
    key: &'a str,
}

pub(super) fn parse(text: &str) -> Result<KeyRing> {
    if text.len() > MAX_JSON_BYTES {
        return Err(Error::KeyRing("the key ring is larger than 1 MiB: this is another file"));
    }
    let document: Document<'_> = serde_json::from_str(text).map_err(|error| reason(&error, text))?;
    if document.format != FORMAT || document.version != VERSION {
        return Err(Error::KeyRing("this is not a key ring of version 1"));
    }
    if document.keys.len() > MAX_KEYS {
        return Err(Error::KeyRing("the key ring has more than 100 keys"));
    }
    let keys = document.keys.iter().map(ring_key).collect::<Result<_>>()?;
    KeyRing::checked(keys, Arc::new(key(document.index_key)?))
}

/// Why the text could not be read. serde's own message may repeat a part of it, so it is dropped.
fn reason(error: &serde_json::Error, text: &str) -> Error {
    Error::KeyRing(if text.contains(wrap::FORMAT) {
        "the key ring is wrapped: it opens with its key-encryption key alone"
    } else if error.is_eof() {
        "the key ring ends in the middle: empty or half written, take it from a backup"
    } else if error.is_data() {
        "the key ring has a field that is missing, unknown, doubled or of another type: see docs/formats.md"
    } else {
        "the key ring is not JSON"
    })
}

fn ring_key(entry: &Entry<'_>) -> Result<RingKey> {
    let created = date(entry.created).map_err(|_| Error::KeyRing("a date of the key ring is not YYYY-MM-DD"))?;
    let root = Arc::new(key(entry.key)?);
    Ok(RingKey { id: entry.id, state: entry.state, created: created.into(), root })
}

fn key(encoded: &str) -> Result<Key> {
    let mut bytes = [0; 32];
    match Base64UrlUnpadded::decode(encoded, &mut bytes) {
        Ok(decoded) if decoded.len() == 32 => Ok(Key::take(&mut bytes)),
        _ => {
            bytes.zeroize();
            Err(Error::KeyRing("a key of the key ring is not 32 bytes in base64url without padding"))
        }
    }
}

pub(super) fn write(ring: &KeyRing) -> Result<Zeroizing<String>> {
    let roots: Vec<_> = ring.keys.iter().map(|key| encode(&key.root)).collect();
    let index = encode(&ring.index);
    let keys = ring.keys.iter().zip(&roots);
    let keys = keys.map(|(key, root)| Entry { id: key.id, state: key.state, created: &key.created, key: root });
    let document = Document { format: FORMAT, version: VERSION, keys: keys.collect(), index_key: &index };
    let capacity = roots.len().saturating_add(2).saturating_mul(BYTES_PER_KEY);
    let mut json = Zeroizing::new(Vec::with_capacity(capacity));
    serde_json::to_writer_pretty(&mut *json, &document)
        .map_err(|_| Error::KeyRing("the key ring cannot be written"))?;
    json.push(b'\n');
    let text = String::from_utf8(core::mem::take(&mut *json));
    text.map(Zeroizing::new).map_err(|_| Error::KeyRing("the key ring cannot be written"))
}

fn encode(key: &Key) -> Zeroizing<String> {
    Zeroizing::new(Base64UrlUnpadded::encode_string(key.expose()))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::primitives::Error;

    const GOOD: &str = r#"{"format": "zenoo-security key ring", "version": 1,
        "keys": [{"id": 7, "state": "primary", "created": "2026-11-24",
                  "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}],
        "index_key": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#;

    #[test]
    fn the_documented_form_is_read() {
        let ring = parse(GOOD).unwrap();
        assert_eq!(ring.primary_id(), 7);
        assert_eq!(ring.index().expose(), &[1; 32]);
    }

    #[test]
    fn every_prefix_is_refused() {
        for end in 0..GOOD.len() {
            assert!(matches!(parse(&GOOD[..end]), Err(Error::KeyRing(_))), "{end}");
        }
    }

    #[test]
    fn every_rule_is_enforced() {
        for (from, to) in [
            ("\"version\": 1", "\"version\": 2"),
            ("zenoo-security key ring", "another"),
            ("\"id\": 7", "\"id\": 0"),
            ("\"id\": 7", "\"id\": 4294967296"),
            ("\"id\": 7", "\"id\": 7, \"id\": 8"),
            ("\"id\": 7", "\"id\": 7, \"note\": \"x\""),
            ("\"primary\"", "\"decrypt-only\""),
            ("\"primary\"", "\"Primary\""),
            ("2026-11-24", "yesterday"),
            ("AAAA\"", "AAAB\""),
            ("AAAA\"", "AAA\""),
            ("AAAA\"", "AAAA=\""),
            ("AQE\"", "AQEBAQ\""),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD);
            assert!(matches!(parse(&text), Err(Error::KeyRing(_))), "{to}");
        }
    }

    #[test]
    fn errors_repeat_nothing_of_the_text() {
        let text = GOOD.replace("\"id\": 7", "\"id\": \"c2VjcmV0\"");
        assert!(!parse(&text).unwrap_err().to_string().contains("c2VjcmV0"));
    }
}
