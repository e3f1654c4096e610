//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) in place, with a random nonce of 192 bits.

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};

use crate::primitives::secret::Key;
use crate::primitives::{Error, Result};

/// Random, 192 bits: as many values as anyone encrypts, and no two nonces meet.
pub(super) const NONCE_BYTES: usize = 24;

/// The Poly1305 tag.
pub(super) const TAG_BYTES: usize = 16;

/// One key, expanded for use. It is wiped on drop.
pub(super) struct Aead(XChaCha20Poly1305);

impl Aead {
    pub(super) fn new(key: &Key) -> Self {
        Self(XChaCha20Poly1305::new(key.expose().into()))
    }

    /// Encrypts `text` where it stands and gives its tag.
    pub(super) fn seal(&self, nonce: &[u8; NONCE_BYTES], aad: &[u8], text: &mut [u8]) -> Result<[u8; TAG_BYTES]> {
        let tag = self.0.encrypt_inout_detached(nonce.into(), aad, text.into());
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
        self.0.decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into()).map_err(|_| Error::Decryption)
    }
}

#[cfg(test)]
mod tests {
    use super::Aead;
    use crate::primitives::Error;
    use crate::primitives::secret::Key;

    #[test]
    fn what_was_sealed_opens_only_as_it_was() {
        let aead = Aead::new(&Key::new([1; 32]));
        let mut text = *b"secret";
        let tag = aead.seal(&[2; 24], b"aad", &mut text).unwrap();
        assert_ne!(&text, b"secret");
        assert_eq!(aead.open(&[2; 24], b"AAD", &mut text.clone(), &tag), Err(Error::Decryption));
        assert_eq!(aead.open(&[3; 24], b"aad", &mut text.clone(), &tag), Err(Error::Decryption));
        aead.open(&[2; 24], b"aad", &mut text, &tag).unwrap();
        assert_eq!(&text, b"secret");
    }
}
