//! What counts as equal in a blind index.

use zeroize::Zeroizing;

use crate::primitives::casefold::with_folded;
use crate::primitives::fields::{MAX_VALUE_BYTES, TEXT_TAG, Value};
use crate::primitives::validate::codes;
use crate::primitives::{Error, Result};

/// Trimmed from both ends of a text.
const TRIMMED: [char; 4] = [' ', '\t', '\r', '\n'];

/// What is done to a value before it is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Normalizer {
    /// Nothing: any value, with its type.
    Exact,
    /// Text: trimmed, and folded as [`with_folded`] does.
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
                let mut plaintext = Zeroizing::new(Vec::with_capacity(value.plaintext_len(None)?));
                value.append_to(&mut plaintext, None)?;
                return Ok(hash(&plaintext));
            }
            (_, Value::Text(text)) if text.len() <= MAX_VALUE_BYTES => text.trim_matches(TRIMMED),
            (_, Value::Text(_)) => return Err(Error::TooLarge("the value is too large: 16 MiB")),
            _ => return Err(codes::TYPE),
        };
        match self {
            Self::Digits => with_digits(text, hash),
            Self::Email if !is_address(text) => Err(codes::EMAIL_AT),
            Self::Exact | Self::Casefold | Self::Email => Ok(with_folded(&[TEXT_TAG], text, hash)),
        }
    }
}

fn with_digits<T>(text: &str, hash: impl FnOnce(&[u8]) -> T) -> Result<T> {
    let mut message = Zeroizing::new(Vec::with_capacity(text.len().saturating_add(1)));
    message.push(TEXT_TAG);
    message.extend(text.bytes().filter(u8::is_ascii_digit));
    if message.len() > 1 { Ok(hash(&message)) } else { Err(codes::NO_DIGITS) }
}

/// One `@` with something on both sides. Folding neither makes nor removes one.
fn is_address(text: &str) -> bool {
    memchr::memchr_iter(b'@', text.as_bytes()).count() == 1 && !text.starts_with('@') && !text.ends_with('@')
}

#[cfg(test)]
mod tests {
    use super::{MAX_VALUE_BYTES, Normalizer, Value, codes};
    use crate::primitives::Error;

    fn normalized(normalizer: Normalizer, text: &str) -> Result<String, Error> {
        let message = normalizer.with(&Value::Text(text), <[u8]>::to_vec)?;
        Ok(String::from_utf8(message[1..].to_vec()).unwrap())
    }

    #[test]
    fn casefold_trims_and_folds() {
        assert_eq!(normalized(Normalizer::Casefold, " \t O'BRIEN Stra\u{df}e\r\n").unwrap(), "o'brien strasse");
        assert_eq!(normalized(Normalizer::Casefold, "\u{a0}").unwrap(), "\u{a0}");
    }

    #[test]
    fn digits_are_the_ten_of_ascii() {
        assert_eq!(normalized(Normalizer::Digits, "+49 (30) 123-45 \u{661}").unwrap(), "493012345");
        assert_eq!(normalized(Normalizer::Digits, "none"), Err(codes::NO_DIGITS));
    }

    #[test]
    fn what_is_too_large_is_not_folded() {
        let large = "1".repeat(MAX_VALUE_BYTES);
        assert_eq!(normalized(Normalizer::Digits, &large).map(|digits| digits.len()), Ok(MAX_VALUE_BYTES));
        let larger = format!("{large}1");
        for normalizer in [Normalizer::Casefold, Normalizer::Digits, Normalizer::Email] {
            assert_eq!(normalized(normalizer, &larger), Err(Error::TooLarge("the value is too large: 16 MiB")));
        }
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
