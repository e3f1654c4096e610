//! Subkeys: HKDF-SHA256 (RFC 5869) from a root key, one for each purpose and context.

use hkdf::Hkdf;
use sha2::Sha256;

use super::secret::Key;
use super::{Error, Result};

/// At most this many bytes in one part of a context.
pub const MAX_PART_BYTES: usize = 255;

/// At most this many parts in one context.
pub const MAX_PARTS: usize = 16;

/// What a key or a ciphertext is bound to, such as model and field: a list of texts, each with its length before it.
///
/// The encoding of a part is its length in bytes (4 bytes, big endian) and its UTF-8. No two lists have the same encoding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Context(Vec<u8>);

impl Context {
    /// Encodes the parts.
    ///
    /// # Errors
    /// [`Error::Parameter`] for no part, more than [`MAX_PARTS`], an empty part, or one over [`MAX_PART_BYTES`].
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut encoded = Vec::with_capacity(64);
        let mut count = 0_usize;
        for part in parts {
            count = count.saturating_add(1);
            if part.is_empty() || part.len() > MAX_PART_BYTES || count > MAX_PARTS {
                return Err(Error::Parameter("a context has 1 to 16 parts of 1 to 255 bytes each"));
            }
            append_part(&mut encoded, part.as_bytes());
        }
        if count == 0 {
            return Err(Error::Parameter("a context has 1 to 16 parts of 1 to 255 bytes each"));
        }
        Ok(Self(encoded))
    }

    /// The encoded parts, one after the other.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Appends the length (4 bytes, big endian) and the bytes of one part.
fn append_part(encoded: &mut Vec<u8>, part: &[u8]) {
    // Parts are purposes and context parts, 255 bytes at most: the length always fits.
    encoded.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    encoded.extend_from_slice(part);
}

/// The subkey of `root` for one purpose and context: HKDF-SHA256 without salt, info = the length-prefixed purpose parts
/// and then the encoded context.
///
/// # Errors
/// None in practice: 32 bytes are within what HKDF can give. [`Error::Parameter`] stands for the impossible case.
pub fn subkey(root: &Key, purpose: &[&str], context: &[u8]) -> Result<Key> {
    let mut info = Vec::with_capacity(64);
    for part in purpose {
        append_part(&mut info, part.as_bytes());
    }
    let mut bytes = [0; 32];
    Hkdf::<Sha256>::new(None, root.expose())
        .expand_multi_info(&[&info, context], &mut bytes)
        .map_err(|_| Error::Parameter("HKDF gives at most 8160 bytes"))?;
    Ok(Key::take(&mut bytes))
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use hkdf::Hkdf;
    use sha2::Sha256;

    use super::{Context, subkey};
    use crate::primitives::Error;
    use crate::primitives::secret::Key;

    const VECTORS: &str = include_str!("../../tests/vectors/hkdf.json");

    fn hex(case: &serde_json::Value, name: &str) -> Vec<u8> {
        HEXLOWER.decode(case[name].as_str().unwrap().as_bytes()).unwrap()
    }

    fn texts(case: &serde_json::Value, name: &str) -> Vec<String> {
        case[name].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn rfc_5869_appendix_a() {
        let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
        for case in vectors["rfc5869"].as_array().unwrap() {
            let (prk, hkdf) = Hkdf::<Sha256>::extract(Some(&hex(case, "salt")), &hex(case, "ikm"));
            assert_eq!(prk.as_slice(), hex(case, "prk"));
            let mut output = vec![0; hex(case, "okm").len()];
            hkdf.expand(&hex(case, "info"), &mut output).unwrap();
            assert_eq!(output, hex(case, "okm"));
        }
    }

    #[test]
    fn frozen_subkeys() {
        let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
        for case in vectors["subkeys"].as_array().unwrap() {
            let root = Key::new(hex(case, "root").try_into().unwrap());
            let (purpose, parts) = (texts(case, "purpose"), texts(case, "context"));
            let purpose: Vec<_> = purpose.iter().map(String::as_str).collect();
            let context = Context::new(parts.iter().map(String::as_str)).unwrap();
            assert_eq!(subkey(&root, &purpose, context.as_bytes()).unwrap().expose().as_slice(), hex(case, "subkey"));
        }
    }

    #[test]
    fn lists_that_join_to_the_same_text_differ() {
        let left = Context::new(["ab", "c"]).unwrap();
        let right = Context::new(["a", "bc"]).unwrap();
        assert_ne!(left, right);
        assert_eq!(left.as_bytes(), b"\0\0\0\x02ab\0\0\0\x01c");
    }

    #[test]
    fn empty_and_oversized_contexts_are_refused() {
        let long = "x".repeat(256);
        for parts in [vec![], vec![""], vec!["a", ""], vec![long.as_str()], vec!["a"; 17]] {
            assert!(matches!(Context::new(parts), Err(Error::Parameter(_))));
        }
        assert!(Context::new(vec!["a"; 16]).is_ok());
    }

    #[test]
    fn purpose_and_context_both_count() {
        let root = Key::new([1; 32]);
        let context = Context::new(["m"]).unwrap();
        let one = subkey(&root, &["p"], context.as_bytes()).unwrap();
        assert_ne!(one.expose(), subkey(&root, &["q"], context.as_bytes()).unwrap().expose());
        let other = Context::new(["n"]).unwrap();
        assert_ne!(one.expose(), subkey(&root, &["p"], other.as_bytes()).unwrap().expose());
    }
}
