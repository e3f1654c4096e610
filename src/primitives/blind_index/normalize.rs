//! What counts as equal in a blind index.
//!
//! Unicode case folding and normalization are stable for assigned characters, so an index outlives a Unicode version.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

use crate::primitives::fields::Value;
use crate::primitives::{Error, Result};

/// Trimmed from both ends by [`Normalizer::Casefold`] and [`Normalizer::Email`].
const TRIMMED: [char; 4] = [' ', '\t', '\r', '\n'];

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

    /// Appends what is hashed: the plaintext form of the normalized value.
    pub(super) fn append_to(self, value: &Value<'_>, message: &mut Vec<u8>) -> Result<()> {
        let text = match (self, value) {
            (Self::Exact, value) => return value.append_to(message, None),
            (_, Value::Text(text)) => *text,
            _ => return Err(Error::Invalid("not_text")),
        };
        // The type tag of text.
        Value::Text("").append_to(message, None)?;
        let start = message.len();
        match self {
            Self::Digits => message.extend(text.bytes().filter(u8::is_ascii_digit)),
            _ => append_folded(text.trim_matches(TRIMMED), message),
        }
        let normalized = message.get(start..).unwrap_or_default();
        match self {
            Self::Digits if normalized.is_empty() => Err(Error::Invalid("no_digits")),
            Self::Email if !is_address(normalized) => Err(Error::Invalid("not_an_email")),
            _ => Ok(()),
        }
    }
}

fn append_folded(text: &str, message: &mut Vec<u8>) {
    if text.is_ascii() {
        message.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
        return;
    }
    for character in text.nfd().default_case_fold().nfc() {
        message.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

fn is_address(text: &[u8]) -> bool {
    let mut parts = text.split(|&byte| byte == b'@');
    let filled = |part: Option<&[u8]>| part.is_some_and(|part| !part.is_empty());
    filled(parts.next()) && filled(parts.next()) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{Normalizer, Value};
    use crate::primitives::Error;

    fn normalized(normalizer: Normalizer, text: &str) -> Result<String, Error> {
        let mut message = Vec::new();
        normalizer.append_to(&Value::Text(text), &mut message)?;
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
        assert_eq!(normalized(Normalizer::Digits, "none"), Err(Error::Invalid("no_digits")));
    }

    #[test]
    fn an_address_has_two_sides() {
        assert_eq!(normalized(Normalizer::Email, " Anna@Example.COM ").unwrap(), "anna@example.com");
        for text in ["", "anna", "@example.com", "anna@", "a@b@c"] {
            assert_eq!(normalized(Normalizer::Email, text), Err(Error::Invalid("not_an_email")));
        }
    }

    #[test]
    fn only_exact_takes_other_types() {
        let mut message = Vec::new();
        assert!(Normalizer::Exact.append_to(&Value::Null, &mut message).is_ok());
        assert_eq!(Normalizer::Digits.append_to(&Value::Int(&[5]), &mut message), Err(Error::Invalid("not_text")));
    }
}
