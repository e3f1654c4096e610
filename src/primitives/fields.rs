//! Encrypted values: text `zs1.`, cipher XChaCha20-Poly1305, one subkey for each key of the ring and each context.
//!
//! The additional data is the version marker, the key id and the context, so a value opens only where it was put.

pub mod batch;
mod envelope;
pub mod pipeline;
mod reason;
pub mod rewrapping;
mod subkeys;
mod value;

pub use envelope::{is_token, key_id};
pub use reason::Reason;
pub use subkeys::FieldKeys;
pub(super) use value::TEXT_TAG;
pub use value::{MAX_DECIMAL_CHARS, MAX_INT_BYTES, MAX_VALUE_BYTES, Value, shortest_int};

use std::sync::Arc;

use zeroize::Zeroizing;

use self::envelope::HEADER_BYTES;
use self::subkeys::Cache;
use super::aead::{NONCE_BYTES, TAG_BYTES};
use super::derive::Context;
use super::keyring::KeyRing;
use super::validate::codes;
use super::{Error, Result, random, secret};

/// What a padding may be.
pub const PADDING: &str = "padding must be None or 2 to 65535 bytes";

/// Encrypts and decrypts values with the keys of a ring.
pub struct FieldCipher {
    ring: Arc<KeyRing>,
    padding: Option<u16>,
    cache: Cache,
}

impl core::fmt::Debug for FieldCipher {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FieldCipher").field("ring", &self.ring).field("padding", &self.padding).finish_non_exhaustive()
    }
}

impl FieldCipher {
    /// A cipher. Plaintexts are padded to a multiple of `padding` bytes, 2 to 65535, or not at all.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `padding` is out of range.
    pub fn new(ring: Arc<KeyRing>, padding: Option<u16>) -> Result<Self> {
        if padding.is_some_and(|multiple| multiple < 2) {
            return Err(Error::Parameter(PADDING));
        }
        Ok(Self { ring, padding, cache: Cache::default() })
    }

    /// The ring.
    #[must_use]
    pub fn ring(&self) -> &Arc<KeyRing> {
        &self.ring
    }

    /// The keys of one context, derived or from the cache.
    ///
    /// # Errors
    /// None in practice, see [`super::derive::subkey`].
    pub fn keys(&self, context: &Context) -> Result<Arc<FieldKeys>> {
        self.cache.get(&self.ring, context)
    }

    /// Encrypts one value under the primary key and a fresh random nonce. A token is refused, see
    /// `docs/decisions/encrypted-already.md`.
    ///
    /// # Errors
    /// [`codes::ALREADY_ENCRYPTED`], [`Error::TooLarge`], [`Error::Randomness`].
    pub fn encrypt(&self, keys: &FieldKeys, value: &Value<'_>) -> Result<String> {
        self.encrypt_with(keys, value, &random::bytes()?)
    }

    /// As [`FieldCipher::encrypt`], with the nonce as an argument: a nonce used twice gives both plaintexts away, so this
    /// is for known answers only.
    ///
    /// # Errors
    /// [`codes::ALREADY_ENCRYPTED`], [`Error::TooLarge`].
    #[doc(hidden)]
    pub fn danger_encrypt_with_nonce(&self, keys: &FieldKeys, value: &Value<'_>, nonce: &[u8; 24]) -> Result<String> {
        self.encrypt_with(keys, value, nonce)
    }

    fn encrypt_with(&self, keys: &FieldKeys, value: &Value<'_>, nonce: &[u8; NONCE_BYTES]) -> Result<String> {
        let mut envelope = Vec::new();
        self.append_plain(keys, value, &mut envelope)?;
        seal(keys, nonce, &mut envelope)?;
        let mut token = String::new();
        envelope::append_token(&envelope, &mut token);
        Ok(token)
    }

    /// Appends an envelope with the plaintext in it and without nonce and tag, for [`seal`].
    fn append_plain(&self, keys: &FieldKeys, value: &Value<'_>, envelope: &mut Vec<u8>) -> Result<()> {
        if let Value::Text(text) = value
            && is_token(text)
        {
            return Err(codes::ALREADY_ENCRYPTED);
        }
        secret::reserve(envelope, value.plaintext_len(self.padding)?.saturating_add(HEADER_BYTES + TAG_BYTES));
        envelope.extend_from_slice(&keys.primary().id().to_be_bytes());
        envelope.extend_from_slice(&[0; NONCE_BYTES]);
        value.append_to(envelope, self.padding)?;
        envelope.extend_from_slice(&[0; TAG_BYTES]);
        Ok(())
    }

    /// Encrypts the value of a token anew, under the primary key.
    ///
    /// # Errors
    /// [`Error::Decryption`], and those of [`FieldCipher::encrypt`].
    pub fn rewrap(&self, keys: &FieldKeys, token: &str) -> Result<String> {
        let mut buffer = Zeroizing::new(Vec::new());
        self.encrypt(keys, &Value::parse(self.decrypt(keys, token, &mut buffer)?)?)
    }

    /// Decrypts a token into `buffer`, which then holds the plaintext that [`Value::parse`] reads. Wipe it after use.
    ///
    /// # Errors
    /// [`Error::Decryption`] for every reason alike.
    pub fn decrypt<'b>(&self, keys: &FieldKeys, token: &str, buffer: &'b mut Vec<u8>) -> Result<&'b [u8]> {
        envelope::decode(token, buffer)?;
        self.open(keys, buffer)
    }

    /// Decrypts an envelope where it stands.
    fn open<'b>(&self, keys: &FieldKeys, buffer: &'b mut [u8]) -> Result<&'b [u8]> {
        let key = keys.of_id(&self.ring, envelope::key_id_of(buffer)?)?;
        let (header, sealed) = buffer.split_at_mut_checked(HEADER_BYTES).ok_or(Error::Decryption)?;
        let nonce = header.last_chunk::<NONCE_BYTES>().ok_or(Error::Decryption)?;
        let (text, tag) = sealed.split_last_chunk_mut::<TAG_BYTES>().ok_or(Error::Decryption)?;
        key.aead().open(nonce, key.aad(), text, tag)?;
        Ok(text)
    }
}

/// Fills in the nonce, encrypts the plaintext where it stands, and fills in the tag.
fn seal(keys: &FieldKeys, nonce: &[u8; NONCE_BYTES], envelope: &mut [u8]) -> Result<()> {
    let (header, sealed) = envelope.split_at_mut_checked(HEADER_BYTES).ok_or(Error::Decryption)?;
    let (text, tag) = sealed.split_last_chunk_mut::<TAG_BYTES>().ok_or(Error::Decryption)?;
    *header.last_chunk_mut::<NONCE_BYTES>().ok_or(Error::Decryption)? = *nonce;
    *tag = keys.primary().aead().seal(nonce, keys.primary().aad(), text)?;
    Ok(())
}
