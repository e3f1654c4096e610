//! The text form `zs1.`: base64url without padding (RFC 4648, section 5) of key id, nonce, ciphertext and tag.
//!
//! The decoding is strict: one text for one sequence of bytes, so that no character of a token can be changed unnoticed.

use data_encoding::BASE64URL_NOPAD;

use super::value::MAX_VALUE_BYTES;
use crate::primitives::aead::{NONCE_BYTES, TAG_BYTES};
use crate::primitives::{Error, Result};

/// What every encrypted value starts with; the digit is the version of the format.
pub(super) const PREFIX: &str = "zs1.";

/// Key id and nonce stand before the ciphertext.
pub(super) const HEADER_BYTES: usize = KEY_ID_BYTES + NONCE_BYTES;

const KEY_ID_BYTES: usize = 4;

/// The least that an envelope holds: a plaintext has at least its type tag.
const MIN_BYTES: usize = HEADER_BYTES + 1 + TAG_BYTES;

/// The most: the largest value, its tag byte, and the widest padding.
const MAX_BYTES: usize = HEADER_BYTES + MAX_VALUE_BYTES + 2 + 65_535 + TAG_BYTES;

/// Appends the token of an envelope.
pub(super) fn append_token(envelope: &[u8], token: &mut String) {
    token.reserve(BASE64URL_NOPAD.encode_len(envelope.len()).saturating_add(PREFIX.len()));
    token.push_str(PREFIX);
    BASE64URL_NOPAD.encode_append(envelope, token);
}

/// The bytes of a token, written over `envelope`.
///
/// # Errors
/// [`Error::Decryption`] for anything that is not the one text form of an envelope.
pub(super) fn decode(token: &str, envelope: &mut Vec<u8>) -> Result<()> {
    let encoded = token.strip_prefix(PREFIX).ok_or(Error::Decryption)?.as_bytes();
    let length = BASE64URL_NOPAD.decode_len(encoded.len()).map_err(|_| Error::Decryption)?;
    if !(MIN_BYTES..=MAX_BYTES).contains(&length) {
        return Err(Error::Decryption);
    }
    envelope.resize(length, 0);
    BASE64URL_NOPAD.decode_mut(encoded, envelope).map_err(|_| Error::Decryption)?;
    Ok(())
}

/// The key id of a token, which must be well-formed from end to end.
///
/// # Errors
/// [`Error::Decryption`] for anything that is not the one text form of an envelope.
pub fn key_id(token: &str) -> Result<u32> {
    let mut envelope = Vec::new();
    decode(token, &mut envelope)?;
    key_id_of(&envelope)
}

/// Whether the text is a well-formed token, of whatever key.
#[must_use]
pub fn is_token(text: &str) -> bool {
    text.starts_with(PREFIX) && key_id(text).is_ok()
}

/// The key id of a decoded envelope; no key has the id 0.
pub(super) fn key_id_of(envelope: &[u8]) -> Result<u32> {
    let id = envelope.first_chunk::<KEY_ID_BYTES>().ok_or(Error::Decryption)?;
    Some(u32::from_be_bytes(*id)).filter(|id| *id != 0).ok_or(Error::Decryption)
}

#[cfg(test)]
mod tests {
    use super::{append_token, decode, is_token, key_id};

    #[test]
    fn an_envelope_has_one_text_form() {
        let envelope = [7; 46];
        let mut token = String::new();
        append_token(&envelope, &mut token);
        assert!(is_token(&token));
        assert_eq!(key_id(&token), Ok(0x0707_0707));
        let mut decoded = Vec::new();
        decode(&token, &mut decoded).unwrap();
        assert_eq!(decoded, envelope);
    }

    #[test]
    fn other_texts_are_refused() {
        let mut token = String::new();
        append_token(&[7; 46], &mut token);
        let unpadded_bits = format!("{}x", &token[..token.len() - 1]);
        let padded = format!("{token}=");
        let standard = token.replace("zs1.B", "zs1.+");
        let broken = format!("{token}\n");
        let of_no_key = format!("zs1.{}", "A".repeat(64));
        for text in
            [&unpadded_bits, &padded, &standard, &broken, &of_no_key, &token[4..], &token[..30], "", "zs1.", "ZS1.AAAA"]
        {
            assert!(key_id(text).is_err() && !is_token(text), "{text}");
        }
    }
}
