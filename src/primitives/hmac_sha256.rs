//! HMAC-SHA256 (RFC 2104) with its key absorbed, for short messages: two compressions and nothing else.
//!
//! The `hmac` crate keeps the key absorbed too, but moves and buffers more than it hashes when the message is one block. The
//! compression is that of the `sha2` crate; the tests compare all lengths with the `hmac` crate, and RFC 4231.

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::secret::Key;

const BLOCK_BYTES: usize = 64;
const LENGTH_BYTES: usize = 8;

/// FIPS 180-4, section 5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The two states of SHA-256 after the padded key. Wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct HmacSha256 {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl core::fmt::Debug for HmacSha256 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("HmacSha256(<secret>)")
    }
}

impl HmacSha256 {
    /// Absorbs the key.
    #[must_use]
    pub fn new(key: &Key) -> Self {
        let absorbed = |pad: u8| {
            let mut block = [pad; BLOCK_BYTES];
            block.iter_mut().zip(key.expose()).for_each(|(byte, key)| *byte ^= key);
            let mut state = INITIAL;
            compress256(&mut state, &[block]);
            block.as_mut_slice().zeroize();
            state
        };
        Self { inner: absorbed(0x36), outer: absorbed(0x5c) }
    }

    /// The HMAC of `message`.
    #[must_use]
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        digest(self.outer, &digest(self.inner, message))
    }
}

/// SHA-256 of one block that `state` has absorbed, followed by `message`.
fn digest(mut state: [u32; 8], message: &[u8]) -> [u8; 32] {
    let (blocks, rest) = message.as_chunks::<BLOCK_BYTES>();
    compress256(&mut state, blocks);
    let bits = (message.len().saturating_add(BLOCK_BYTES) as u64).saturating_mul(8).to_be_bytes();
    let mut last = [[0; BLOCK_BYTES]; 2];
    let count = if rest.len() < BLOCK_BYTES.saturating_sub(LENGTH_BYTES) { 1 } else { 2 };
    let last = last.get_mut(..count).unwrap_or_default();
    let bytes = last.as_flattened_mut();
    bytes.iter_mut().zip(rest.iter().chain(&[0x80])).for_each(|(to, from)| *to = *from);
    bytes.iter_mut().rev().zip(bits.iter().rev()).for_each(|(to, from)| *to = *from);
    compress256(&mut state, last);
    let mut output = [0; 32];
    output.as_chunks_mut::<4>().0.iter_mut().zip(state).for_each(|(to, word)| *to = word.to_be_bytes());
    output
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;

    use super::HmacSha256;
    use crate::primitives::secret::Key;

    fn hex(text: &serde_json::Value) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_str().unwrap().as_bytes()).unwrap()
    }

    #[test]
    fn rfc_4231() {
        let vectors = include_str!("../../tests/vectors/hmac.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let mut ours = 0;
        for case in vectors["valid"].as_array().unwrap() {
            let (key, message, expected) = (hex(&case["key"]), hex(&case["message"]), hex(&case["hmac"]));
            let mut hmac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            hmac.update(&message);
            assert_eq!(hmac.finalize().into_bytes().as_slice(), expected);
            // HMAC pads a short key with zeros, so a key of 32 bytes can stand for it.
            let mut padded = [0; 32];
            if key.len() <= padded.len() {
                padded[..key.len()].copy_from_slice(&key);
                assert_eq!(HmacSha256::new(&Key::new(padded)).mac(&message).as_slice(), expected);
                ours += 1;
            }
        }
        assert_eq!(ours, 4);
    }

    #[test]
    fn every_length_is_as_the_crate_has_it() {
        let message: Vec<u8> = (0_u8..=255).cycle().take(400).collect();
        for length in 0..message.len() {
            let key = [u8::try_from(length % 251).unwrap(); 32];
            let mut hmac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            hmac.update(&message[..length]);
            let expected: [u8; 32] = hmac.finalize().into_bytes().into();
            assert_eq!(HmacSha256::new(&Key::new(key)).mac(&message[..length]), expected, "{length}");
        }
    }
}
