//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) in place, with a random nonce of 192 bits.
//!
//! Long texts go through the `chacha20poly1305` crate. Field values are short: for them the same construction (RFC 8439,
//! section 2.8) is put together here from the `chacha20` and `poly1305` crates, so that one pass of `ChaCha20` gives the
//! Poly1305 key and the whole key stream, where the crate makes two passes of four blocks each. The tests compare the two.

use chacha20::cipher::{KeyIvInit, StreamCipher};
use chacha20::{ChaCha20, R20, hchacha};
use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};
use poly1305::Poly1305;
use poly1305::universal_hash::UniversalHash;
use zeroize::Zeroize;

use crate::primitives::secret::{self, Key};
use crate::primitives::{Error, Result};

/// Random, 192 bits: as many values as anyone encrypts, and no two nonces meet.
pub(super) const NONCE_BYTES: usize = 24;

/// The Poly1305 tag.
pub(super) const TAG_BYTES: usize = 16;

/// One block of `ChaCha20` is for the Poly1305 key, the other three are for the text.
const BLOCK_BYTES: usize = 64;
const SHORT_BYTES: usize = 3 * BLOCK_BYTES;

/// One key, expanded for use. It is wiped on drop.
pub(super) struct Aead {
    key: Key,
    long: XChaCha20Poly1305,
}

impl Aead {
    pub(super) fn new(key: Key) -> Self {
        let long = XChaCha20Poly1305::new(key.expose().into());
        Self { key, long }
    }

    /// Encrypts `text` where it stands and gives its tag.
    pub(super) fn seal(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], text: &mut [u8]) -> Result<[u8; TAG_BYTES]> {
        if text.len() <= SHORT_BYTES {
            let stream = KeyStream::new(&self.key, nonce)?;
            stream.apply(text);
            return Ok(stream.tag(aad, text));
        }
        let tag = self.long.encrypt_inout_detached(nonce.into(), aad, text.into());
        tag.map(Into::into).map_err(|_| Error::TooLarge("a message of XChaCha20-Poly1305 has at most 256 GiB"))
    }

    /// Checks the tag (in constant time) and then decrypts `text` where it stands.
    pub(super) fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        text: &mut [u8],
        tag: &[u8; TAG_BYTES],
    ) -> Result<()> {
        if text.len() <= SHORT_BYTES {
            let stream = KeyStream::new(&self.key, nonce)?;
            if !secret::eq(&stream.tag(aad, text), tag) {
                return Err(Error::Decryption);
            }
            stream.apply(text);
            return Ok(());
        }
        self.long.decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into()).map_err(|_| Error::Decryption)
    }
}

/// The first four blocks of the key stream of one nonce: the Poly1305 key in the first, the text's in the others.
struct KeyStream([u8; BLOCK_BYTES + SHORT_BYTES]);

impl KeyStream {
    fn new(key: &Key, nonce: &[u8; NONCE_BYTES]) -> Result<Self> {
        let prefix = nonce.first_chunk::<16>().ok_or(Error::Decryption)?;
        let mut iv = [0; 12];
        *iv.last_chunk_mut::<8>().ok_or(Error::Decryption)? = *nonce.last_chunk().ok_or(Error::Decryption)?;
        let mut subkey = hchacha::<R20>(key.expose().into(), prefix.into());
        let mut stream = Self([0; BLOCK_BYTES + SHORT_BYTES]);
        ChaCha20::new(&subkey, &iv.into()).apply_keystream(&mut stream.0);
        subkey.as_mut_slice().zeroize();
        Ok(stream)
    }

    fn apply(&self, text: &mut [u8]) {
        let (_, stream) = self.0.split_at(BLOCK_BYTES);
        text.iter_mut().zip(stream).for_each(|(byte, key)| *byte ^= key);
    }

    /// Poly1305 over the additional data and the ciphertext, each padded to 16 bytes, and their lengths.
    fn tag(&self, aad: &[u8], ciphertext: &[u8]) -> [u8; TAG_BYTES] {
        let mut key = poly1305::Key::default();
        let (start, _) = self.0.split_at(key.len());
        key.copy_from_slice(start);
        let mut mac = Poly1305::new(&key);
        key.as_mut_slice().zeroize();
        mac.update_padded(aad);
        mac.update_padded(ciphertext);
        let lengths = (ciphertext.len() as u128) << 64 | aad.len() as u128;
        mac.update(&[lengths.to_le_bytes().into()]);
        mac.finalize().into()
    }
}

impl Drop for KeyStream {
    fn drop(&mut self) {
        // A slice is wiped in one fill, an array byte by byte.
        self.0.as_mut_slice().zeroize();
    }
}

#[cfg(test)]
mod tests {
    use chacha20::{R20, hchacha};
    use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};

    use super::{Aead, SHORT_BYTES};
    use crate::primitives::Error;
    use crate::primitives::secret::Key;

    const VECTORS: &str = include_str!("../../tests/vectors/xchacha.json");

    fn hex(case: &serde_json::Value, name: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(case[name].as_str().unwrap().as_bytes()).unwrap()
    }

    #[test]
    fn draft_xchacha_section_2_2_1() {
        let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
        for case in vectors["hchacha20"].as_array().unwrap() {
            let (key, nonce): ([u8; 32], [u8; 16]) =
                (hex(case, "key").try_into().unwrap(), hex(case, "nonce").try_into().unwrap());
            assert_eq!(hchacha::<R20>(&key.into(), &nonce.into()).as_slice(), hex(case, "subkey"));
        }
    }

    #[test]
    fn draft_xchacha_appendix_a_3_1() {
        let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
        for case in vectors["aead"].as_array().unwrap() {
            let aead = Aead::new(Key::new(hex(case, "key").try_into().unwrap()));
            let nonce = hex(case, "nonce").try_into().unwrap();
            let mut text = hex(case, "plaintext");
            let tag = aead.seal(&nonce, &hex(case, "aad"), &mut text).unwrap();
            assert_eq!((text.clone(), tag.to_vec()), (hex(case, "ciphertext"), hex(case, "tag")));
            aead.open(&nonce, &hex(case, "aad"), &mut text, &tag).unwrap();
            assert_eq!(text, hex(case, "plaintext"));
        }
    }

    #[test]
    fn what_was_sealed_opens_only_as_it_was() {
        let aead = Aead::new(Key::new([1; 32]));
        for length in [0, 6, SHORT_BYTES, SHORT_BYTES + 1] {
            let plain = vec![5; length];
            let mut text = plain.clone();
            let tag = aead.seal(&[2; 24], b"aad", &mut text).unwrap();
            assert_eq!(aead.open(&[2; 24], b"AAD", &mut text.clone(), &tag), Err(Error::Decryption));
            assert_eq!(aead.open(&[3; 24], b"aad", &mut text.clone(), &tag), Err(Error::Decryption));
            assert_eq!(aead.open(&[2; 24], b"aad", &mut text.clone(), &[0; 16]), Err(Error::Decryption));
            aead.open(&[2; 24], b"aad", &mut text, &tag).unwrap();
            assert_eq!(text, plain);
        }
    }

    #[test]
    fn short_texts_are_sealed_as_the_crate_does() {
        let bytes: Vec<u8> = (0_u8..=255).cycle().take(SHORT_BYTES + 64).map(|byte| byte.wrapping_mul(167)).collect();
        for length in 0..=SHORT_BYTES + 64 {
            for aad in [&b""[..], b"a", &[9; 16], &[9; 47]] {
                let key: [u8; 32] = bytes[length % 100..][..32].try_into().unwrap();
                let nonce: [u8; 24] = bytes[length % 64..][..24].try_into().unwrap();
                let (mut ours, mut theirs) = (bytes[..length].to_vec(), bytes[..length].to_vec());
                let tag = Aead::new(Key::new(key)).seal(&nonce, aad, &mut ours).unwrap();
                let crate_ = XChaCha20Poly1305::new(&key.into());
                let other = crate_.encrypt_inout_detached(&nonce.into(), aad, theirs.as_mut_slice().into()).unwrap();
                assert_eq!((ours, tag), (theirs, other.into()), "{length}");
            }
        }
    }
}
