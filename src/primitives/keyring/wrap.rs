//! The wrapped form of a key ring: its JSON document, sealed under a key-encryption key (KEK). Version 1, as
//! `docs/formats.md` describes it.
//!
//! The KEK id is a key check value: derived from the KEK, so that the wrong one is found before anything is decrypted, and
//! of no help in finding the KEK, which is random.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{KeyRing, document};
use crate::primitives::aead::{Aead, NONCE_BYTES, TAG_BYTES};
use crate::primitives::derive::{Context, subkey};
use crate::primitives::secret::Key;
use crate::primitives::{Error, Result, random};

pub(super) const FORMAT: &str = "zenoo-security wrapped key ring";
const VERSION: u32 = 1;

/// The first part of the derivation of what comes from a KEK.
const PURPOSE: &str = "zenoo-security/key-encryption-key";

/// Two random KEKs with the same 128 bits do not happen.
const ID_BYTES: usize = 16;

const NOT_WRAPPED: Error = Error::KeyRing("this is not a wrapped key ring of version 1");
const ALTERED: Error = Error::KeyRing("the wrapped key ring is damaged or was altered: take it from a backup");
const ANOTHER_KEK: Error = Error::KeyRing("the key ring is wrapped under another key-encryption key than this one");

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped<'a> {
    format: &'a str,
    version: u32,
    kek_id: &'a str,
    nonce: &'a str,
    sealed: &'a str,
}

/// What a key ring is wrapped under: 32 random bytes that are kept apart from it.
pub struct KeyEncryptionKey {
    id: String,
    aead: Aead,
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyEncryptionKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl KeyEncryptionKey {
    /// Takes over the bytes of a KEK; the caller wipes its own copy.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless there are 32 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self> {
        let mut bytes: [u8; 32] =
            bytes.try_into().map_err(|_| Error::Parameter("a key-encryption key has 32 bytes"))?;
        let kek = Key::take(&mut bytes);
        let check = subkey(&kek, &[PURPOSE, "id"], &[])?;
        let id = check.expose().first_chunk::<ID_BYTES>().map(|id| Base64UrlUnpadded::encode_string(id));
        Ok(Self { id: id.unwrap_or_default(), aead: Aead::new(subkey(&kek, &[PURPOSE, "wrap"], &[])?) })
    }

    /// The id that every ring wrapped under this KEK names. It is not secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The additional data: what the document says of itself in the clear.
    fn aad(&self) -> Result<Context> {
        Context::new([FORMAT, &VERSION.to_string(), &self.id])
    }
}

impl KeyRing {
    /// Writes the wrapped document. It is of no use without the KEK.
    ///
    /// # Errors
    /// [`Error::Randomness`]; [`Error::KeyRing`] should the document not serialize.
    pub fn wrap(&self, kek: &KeyEncryptionKey) -> Result<String> {
        let nonce: [u8; NONCE_BYTES] = random::bytes()?;
        let document = self.to_json()?;
        let mut sealed = Zeroizing::new(Vec::with_capacity(document.len().saturating_add(TAG_BYTES)));
        sealed.extend_from_slice(document.as_bytes());
        let tag = kek.aead.seal(&nonce, kek.aad()?.as_bytes(), &mut sealed)?;
        sealed.extend_from_slice(&tag);
        let (nonce, sealed) = (Base64UrlUnpadded::encode_string(&nonce), Base64UrlUnpadded::encode_string(&sealed));
        let wrapped = Wrapped { format: FORMAT, version: VERSION, kek_id: &kek.id, nonce: &nonce, sealed: &sealed };
        let json = serde_json::to_string_pretty(&wrapped);
        json.map(|json| json + "\n").map_err(|_| Error::KeyRing("the key ring cannot be written"))
    }

    /// Reads a wrapped document.
    ///
    /// # Errors
    /// [`Error::KeyRing`]: no wrapped ring, another KEK, or, whatever it is that was altered, one and the same text.
    pub fn unwrap(text: &str, kek: &KeyEncryptionKey) -> Result<Self> {
        let wrapped = parse(text)?;
        if wrapped.kek_id != kek.id {
            return Err(ANOTHER_KEK);
        }
        let nonce = decode(wrapped.nonce)?;
        let nonce = nonce.as_slice().try_into().map_err(|_| ALTERED)?;
        let mut sealed = decode(wrapped.sealed)?;
        let (document, tag) = sealed.split_last_chunk_mut::<TAG_BYTES>().ok_or(ALTERED)?;
        kek.aead.open(nonce, kek.aad()?.as_bytes(), document, tag).map_err(|_| ALTERED)?;
        document::parse(core::str::from_utf8(document).map_err(|_| ALTERED)?)
    }
}

fn parse(text: &str) -> Result<Wrapped<'_>> {
    if text.len() > document::MAX_JSON_BYTES {
        return Err(NOT_WRAPPED);
    }
    if text.contains(document::FORMAT) {
        return Err(Error::KeyRing("the key ring is not wrapped, but a key-encryption key was given for it"));
    }
    if !text.contains(FORMAT) {
        return Err(NOT_WRAPPED);
    }
    let wrapped: Wrapped<'_> = serde_json::from_str(text).map_err(|_| ALTERED)?;
    if wrapped.format != FORMAT || wrapped.version != VERSION {
        return Err(NOT_WRAPPED);
    }
    Ok(wrapped)
}

fn decode(encoded: &str) -> Result<Zeroizing<Vec<u8>>> {
    Base64UrlUnpadded::decode_vec(encoded).map(Zeroizing::new).map_err(|_| ALTERED)
}
