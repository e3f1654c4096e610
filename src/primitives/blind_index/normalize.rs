//! What counts as equal in a blind index.
//!
//! Unicode case folding and normalization are stable for assigned characters, so an index outlives a Unicode version.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use crate::primitives::fields::{MAX_VALUE_BYTES, TEXT_TAG, Value};
use crate::primitives::validate::codes;
use crate::primitives::{Error, Result};

/// Trimmed from both ends by [`Normalizer::Casefold`] and [`Normalizer::Email`].
const TRIMMED: [char; 4] = [' ', '\t', '\r', '\n'];

/// Shorter texts are folded on the stack.
const SHORT_BYTES: usize = 64;

/// What is done to a value before it is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Normalizer {
    /// Nothing: any value, with its type.
    Exact,
    /// Text: trimmed, and NFC of the full case folding of its NFD (the canonical caseless match of Unicode, D145).
    Casefold,
    /// Text: its characters 0 to 9 and no others.
    Digits,
    /// Text: as [`Normalizer::Casefold`], and it must have one `@` with something before and after.
    Email,
}

impl Normalizer {
    /// The normalizer of this name.
    ///
    /// # Errors
    /// [`Error::Parameter`] for an unknown name.
    pub fn from_name(name: &str) -> Result<Self> {
        Ok(match name {
            "exact" => Self::Exact,
            "casefold" => Self::Casefold,
            "digits" => Self::Digits,
            "email" => Self::Email,
            _ => return Err(Error::Parameter("the normalizer must be exact, casefold, digits or email")),
        })
    }

    /// The name, which is also a part of the key derivation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Casefold => "casefold",
            Self::Digits => "digits",
            Self::Email => "email",
        }
    }

    /// What `hash` makes of the message: the plaintext form of the normalized value, type tag included.
    pub(super) fn with<T>(self, value: &Value<'_>, hash: impl FnOnce(&[u8]) -> T) -> Result<T> {
        let text = match (self, value) {
            (Self::Exact, value) => {
                let mut plaintext = Zeroizing::new(Vec::with_capacity(value.plaintext_len(None)));
                value.append_to(&mut plaintext, None)?;
                return Ok(hash(&plaintext));
            }
            (_, Value::Text(text)) if text.len() <= MAX_VALUE_BYTES => text.trim_matches(TRIMMED),
            (_, Value::Text(_)) => return Err(Error::TooLarge("the value is too large: 16 MiB")),
            _ => return Err(codes::TYPE),
        };
        match self {
            Self::Digits if !text.bytes().any(|byte| byte.is_ascii_digit()) => return Err(codes::NO_DIGITS),
            Self::Email if !is_address(text) => return Err(codes::EMAIL_AT),
            _ => {}
        }
        if self != Self::Digits && text.is_ascii() && text.len() < SHORT_BYTES {
            return Ok(with_lower(text, hash));
        }
        let mut message = Zeroizing::new(Vec::with_capacity(text.len().saturating_add(1)));
        message.push(TEXT_TAG);
        if self == Self::Digits {
            message.extend(text.bytes().filter(u8::is_ascii_digit));
        } else {
            let folded = text.nfd().default_case_fold().nfc();
            folded.for_each(|character| message.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()));
        }
        Ok(hash(&message))
    }
}

/// Most names and addresses: short and ASCII, where folding is lower case. No allocation.
fn with_lower<T>(text: &str, hash: impl FnOnce(&[u8]) -> T) -> T {
    let mut message = [TEXT_TAG; SHORT_BYTES];
    let message = message.get_mut(..=text.len()).unwrap_or_default();
    if let Some((_, letters)) = message.split_first_mut() {
        letters.copy_from_slice(text.as_bytes());
        letters.make_ascii_lowercase();
    }
    let result = hash(message);
    message.zeroize();
    result
}

/// One `@` with something on both sides. Folding neither makes nor removes one.
fn is_address(text: &str) -> bool {
    memchr::memchr_iter(b'@', text.as_bytes()).count() == 1 && !text.starts_with('@') && !text.ends_with('@')
}

#[cfg(test)]
mod tests {
    use super::{Normalizer, Value, codes};
    use crate::primitives::Error;

    fn normalized(normalizer: Normalizer, text: &str) -> Result<String, Error> {
        let message = normalizer.with(&Value::Text(text), <[u8]>::to_vec)?;
        Ok(String::from_utf8(message[1..].to_vec()).unwrap())
    }

    #[test]
    fn casefold_is_the_canonical_caseless_match() {
        for (text, expected) in [
            (" O'Brien\n", "o'brien"),
            ("Stra\u{df}e", "strasse"),
            ("STRASSE", "strasse"),
            ("E\u{301}", "\u{e9}"),
            ("\u{c9}", "\u{e9}"),
            ("\u{130}", "i\u{307}"),
            ("\u{3a3}\u{3c2}", "\u{3c3}\u{3c3}"),
        ] {
            assert_eq!(normalized(Normalizer::Casefold, text).unwrap(), expected);
        }
    }

    #[test]
    fn digits_are_the_ten_of_ascii() {
        assert_eq!(normalized(Normalizer::Digits, "+49 (30) 123-45 \u{661}").unwrap(), "493012345");
        assert_eq!(normalized(Normalizer::Digits, "none"), Err(codes::NO_DIGITS));
    }

    #[test]
    fn an_address_has_two_sides() {
        assert_eq!(normalized(Normalizer::Email, " Anna@Example.COM ").unwrap(), "anna@example.com");
        for text in ["", "anna", "@example.com", "anna@", "a@b@c"] {
            assert_eq!(normalized(Normalizer::Email, text), Err(codes::EMAIL_AT));
        }
    }

    #[test]
    fn only_exact_takes_other_types() {
        assert!(Normalizer::Exact.with(&Value::Null, |_| ()).is_ok());
        assert_eq!(Normalizer::Digits.with(&Value::Int(&[5]), |_| ()), Err(codes::TYPE));
    }
}
