//! What the parsers of stored hashes share. Each field has one spelling; every other one is malformed.

use base64ct::Encoding;

use crate::primitives::{Error, Result};

/// Splits into exactly `N` fields.
pub(super) fn fields<const N: usize>(text: &str, separator: char) -> Result<[&str; N]> {
    let mut parts = text.split(separator);
    let mut found = [""; N];
    for field in &mut found {
        *field = parts.next().ok_or(Error::HashMalformed)?;
    }
    if parts.next().is_some() {
        return Err(Error::HashMalformed);
    }
    Ok(found)
}

/// A decimal number: digits only, no leading zero. A number that is too large for its type is a cost over the cap.
pub(super) fn decimal(text: &str) -> Result<u32> {
    let digits_only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits_only || (text.len() > 1 && text.starts_with('0')) {
        return Err(Error::HashMalformed);
    }
    text.parse().map_err(|_| Error::HashCost)
}

/// The number after `name=`.
pub(super) fn named_decimal(text: &str, name: &str) -> Result<u32> {
    let value = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
    decimal(value.ok_or(Error::HashMalformed)?)
}

/// Base64 without padding, in its one canonical spelling: unused bits of the last character must be zero.
pub(super) fn base64<E: Encoding>(text: &str) -> Result<Vec<u8>> {
    E::decode_vec(text).map_err(|_| Error::HashMalformed)
}

/// [`base64`] of a field that has exactly `N` bytes.
pub(super) fn base64_array<E: Encoding, const N: usize>(text: &str) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    match E::decode(text, &mut bytes) {
        Ok(decoded) if decoded.len() == N => Ok(bytes),
        _ => Err(Error::HashMalformed),
    }
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64Bcrypt, Base64Pbkdf2, Base64Unpadded};

    use super::{base64, base64_array, decimal, fields};
    use crate::primitives::Error;

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(decimal("0"), Ok(0));
        assert_eq!(decimal("4294967295"), Ok(u32::MAX));
        assert_eq!(decimal("4294967296"), Err(Error::HashCost));
        for text in ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "0x1", "\u{661}"] {
            assert_eq!(decimal(text), Err(Error::HashMalformed), "{text}");
        }
    }

    #[test]
    fn fields_are_counted() {
        assert_eq!(fields("a$b", '$'), Ok(["a", "b"]));
        assert_eq!(fields::<2>("a", '$'), Err(Error::HashMalformed));
        assert_eq!(fields::<2>("a$b$", '$'), Err(Error::HashMalformed));
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(base64::<Base64Unpadded>("AQ"), Ok(vec![1]));
        assert_eq!(base64::<Base64Pbkdf2>("././"), Ok(vec![0xfb, 0xff, 0xbf]));
        for text in ["A", "AR", "AQ=", "AQ==", "A Q", "AQ\n", "A-", "A\u{e9}"] {
            assert_eq!(base64::<Base64Unpadded>(text), Err(Error::HashMalformed), "{text}");
        }
        assert_eq!(base64::<Base64Pbkdf2>("+/+/"), Err(Error::HashMalformed));
        assert_eq!(base64_array::<Base64Bcrypt, 1>(".O"), Ok([1]));
        assert_eq!(base64_array::<Base64Bcrypt, 2>(".O"), Err(Error::HashMalformed));
    }
}
