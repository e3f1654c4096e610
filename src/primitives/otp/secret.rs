//! The shared secret of a one-time password, as bytes and as base32 text (RFC 4648, section 6).

use core::fmt;
use std::sync::LazyLock;

use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE, Encoding, SpecificationError};
use zeroize::Zeroizing;

use crate::primitives::{Error, Result, random, validate::codes};

/// 128 bits at least (RFC 4226, R6).
pub const MIN_BYTES: usize = 16;
/// What HMAC-SHA-512 takes without hashing it first; more adds nothing.
pub const MAX_BYTES: usize = 128;
/// 160 bits, the length that RFC 4226 recommends in R6.
pub const GENERATED_BYTES: usize = 20;
/// Room for [`MAX_BYTES`] in groups with spaces between them.
const MAX_TEXT: usize = 512;

/// What people type: lower case and spaces. Bits beyond the last byte are ignored, as authenticator apps do: secrets that
/// were drawn as random letters have them.
static LENIENT: LazyLock<Result<Encoding, SpecificationError>> = LazyLock::new(|| {
    let mut specification = BASE32_NOPAD_NOCASE.specification();
    specification.check_trailing_bits = false;
    specification.ignore.push(' ');
    specification.encoding()
});

/// A secret of 16 to 128 bytes, wiped on drop.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// 160 fresh bits.
    ///
    /// # Errors
    /// [`Error::Randomness`] when the operating system gives no bytes.
    pub fn generate() -> Result<Self> {
        let mut bytes = Zeroizing::new(vec![0; GENERATED_BYTES]);
        random::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Takes over bytes.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they are fewer than [`MIN_BYTES`] or more than [`MAX_BYTES`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        let bytes = Zeroizing::new(bytes);
        if (MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(codes::OTP_SECRET_LENGTH) }
    }

    /// Reads base32 in either case, with or without spaces and padding.
    ///
    /// # Errors
    /// [`Error::TooLarge`] over 512 characters, [`Error::Invalid`] when it is not base32 or not 16 to 128 bytes.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_TEXT {
            return Err(Error::TooLarge("a TOTP secret has at most 512 characters"));
        }
        let base32 = LENIENT.as_ref().map_err(|_| codes::OTP_SECRET)?;
        let symbols = text.trim_end_matches([' ', '=']).as_bytes();
        let bytes = base32.decode(symbols).map_err(|_| codes::OTP_SECRET)?;
        Self::from_bytes(bytes)
    }

    /// Upper-case base32 without padding, as a provisioning URI wants it.
    pub fn to_base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&self.0))
    }

    /// The bytes, for the HMAC.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(<secret>)")
    }
}

#[cfg(test)]
mod tests {
    use super::{GENERATED_BYTES, MAX_BYTES, MIN_BYTES, Secret};
    use crate::primitives::Error;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::generate().unwrap()), "Secret(<secret>)");
    }

    #[test]
    fn two_secrets_of_160_bits_differ() {
        let (one, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert_eq!(one.expose().len(), GENERATED_BYTES);
        assert_ne!(one.expose(), other.expose());
    }

    #[test]
    fn lengths_are_bounded_on_both_sides() {
        for (length, fits) in
            [(0, false), (MIN_BYTES - 1, false), (MIN_BYTES, true), (MAX_BYTES, true), (MAX_BYTES + 1, false)]
        {
            assert_eq!(Secret::from_bytes(vec![1; length]).is_ok(), fits, "{length}");
        }
        assert_eq!(
            Secret::parse(&"A".repeat(513)).unwrap_err(),
            Error::TooLarge("a TOTP secret has at most 512 characters")
        );
    }
}
