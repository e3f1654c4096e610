//! The plaintext of an encrypted value: one type tag, the payload, and padding when it was asked for.
//!
//! The formats are those of `docs/formats.md`: numbers big endian, dates and decimals as Python writes them.

use crate::primitives::{Error, Result};

/// A value of at most this many bytes can be encrypted: 16 MiB.
pub const MAX_VALUE_BYTES: usize = 16 * 1024 * 1024;

/// An integer of at most this many bytes can be encrypted: 32,768 bits.
pub const MAX_INT_BYTES: usize = 4096;

/// A decimal of at most this many characters can be encrypted.
pub const MAX_DECIMAL_CHARS: usize = 4096;

/// The type tag of text.
pub(in crate::primitives) const TEXT_TAG: u8 = 4;

/// Set in the tag byte of a padded plaintext.
const PADDED: u8 = 0x80;

/// Ends the payload of a padded plaintext; zeros follow it (ISO/IEC 7816-4).
const PADDING_MARK: u8 = 0x80;

/// A value with its type, borrowed from whoever holds it.
#[derive(Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Python's `None`.
    Null,
    /// `False` or `True`.
    Bool(bool),
    /// Two's complement, big endian, as short as it can be.
    Int(&'a [u8]),
    /// IEEE 754 binary64.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// `date.isoformat()`.
    Date(&'a str),
    /// `datetime.isoformat()`, with the offset from UTC where there is one.
    DateTime(&'a str),
    /// `str(Decimal)`.
    Decimal(&'a str),
}

impl core::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Value(<secret>)")
    }
}

impl<'a> Value<'a> {
    const fn tag(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Float(_) => 3,
            Self::Text(_) => TEXT_TAG,
            Self::Bytes(_) => 5,
            Self::Date(_) => 6,
            Self::DateTime(_) => 7,
            Self::Decimal(_) => 8,
        }
    }

    /// The length of the payload in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Float(_) => 8,
            Self::Int(bytes) | Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) | Self::Date(text) | Self::DateTime(text) | Self::Decimal(text) => text.len(),
        }
    }

    /// Whether there is no payload.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length of the plaintext.
    ///
    /// # Errors
    /// As [`Value::append_to`].
    pub(in crate::primitives) fn plaintext_len(&self, padding: Option<u16>) -> Result<usize> {
        let most = match self {
            Self::Int(_) => MAX_INT_BYTES,
            Self::Decimal(_) => MAX_DECIMAL_CHARS,
            _ => MAX_VALUE_BYTES,
        };
        if self.len() > most {
            return Err(Error::TooLarge("the value is too large: 16 MiB, or 4096 bytes for an int or a Decimal"));
        }
        let tagged = self.len().saturating_add(1);
        Ok(padding.map_or(tagged, |multiple| tagged.saturating_add(1).next_multiple_of(usize::from(multiple.max(1)))))
    }

    /// Appends the plaintext: tag, payload, and padding up to the next multiple of `padding` bytes.
    ///
    /// # Errors
    /// [`Error::TooLarge`] over [`MAX_VALUE_BYTES`], [`MAX_INT_BYTES`] or [`MAX_DECIMAL_CHARS`].
    pub fn append_to(&self, plaintext: &mut Vec<u8>, padding: Option<u16>) -> Result<()> {
        let end = plaintext.len().saturating_add(self.plaintext_len(padding)?);
        let padded = if padding.is_some() { PADDED } else { 0 };
        plaintext.push(self.tag() | padded);
        match *self {
            Self::Null => {}
            Self::Bool(value) => plaintext.push(u8::from(value)),
            Self::Float(value) => plaintext.extend_from_slice(&value.to_be_bytes()),
            Self::Int(bytes) | Self::Bytes(bytes) => plaintext.extend_from_slice(bytes),
            Self::Text(text) | Self::Date(text) | Self::DateTime(text) | Self::Decimal(text) => {
                plaintext.extend_from_slice(text.as_bytes());
            }
        }
        if padding.is_some() {
            plaintext.push(PADDING_MARK);
            plaintext.resize(end, 0);
        }
        Ok(())
    }

    /// Reads a plaintext that was authenticated.
    ///
    /// # Errors
    /// [`Error::Decryption`] for anything that [`Value::append_to`] would not have written.
    pub fn parse(plaintext: &'a [u8]) -> Result<Self> {
        let (&tag, payload) = plaintext.split_first().ok_or(Error::Decryption)?;
        let payload = if tag & PADDED == 0 { payload } else { unpad(payload)? };
        Ok(match (tag & !PADDED, payload) {
            (0, []) => Self::Null,
            (1, [0]) => Self::Bool(false),
            (1, [1]) => Self::Bool(true),
            (2, bytes) if is_shortest_int(bytes) => Self::Int(bytes),
            (3, bytes) => Self::Float(f64::from_be_bytes(bytes.try_into().map_err(|_| Error::Decryption)?)),
            (TEXT_TAG, bytes) => Self::Text(text(bytes)?),
            (5, bytes) => Self::Bytes(bytes),
            (6, bytes) => Self::Date(text(bytes)?),
            (7, bytes) => Self::DateTime(text(bytes)?),
            (8, bytes) if bytes.len() <= MAX_DECIMAL_CHARS => Self::Decimal(text(bytes)?),
            _ => return Err(Error::Decryption),
        })
    }
}

fn unpad(payload: &[u8]) -> Result<&[u8]> {
    let end = payload.iter().rposition(|&byte| byte != 0).ok_or(Error::Decryption)?;
    match payload.split_at_checked(end) {
        Some((payload, [PADDING_MARK, ..])) => Ok(payload),
        _ => Err(Error::Decryption),
    }
}

fn text(bytes: &[u8]) -> Result<&str> {
    core::str::from_utf8(bytes).map_err(|_| Error::Decryption)
}

/// The shortest two's complement form of the number that `bytes` (two's complement, big endian) is.
#[must_use]
pub fn shortest_int(mut bytes: &[u8]) -> &[u8] {
    while let [sign @ (0x00 | 0xff), rest @ ..] = bytes
        && rest.first().is_some_and(|next| (next ^ sign) & 0x80 == 0)
    {
        bytes = rest;
    }
    bytes
}

fn is_shortest_int(bytes: &[u8]) -> bool {
    (1..=MAX_INT_BYTES).contains(&bytes.len()) && shortest_int(bytes).len() == bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{MAX_DECIMAL_CHARS, MAX_INT_BYTES, MAX_VALUE_BYTES, Value};
    use crate::primitives::Error;

    fn plaintext(value: Value<'_>, padding: Option<u16>) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.append_to(&mut bytes, padding).unwrap();
        bytes
    }

    #[test]
    fn every_type_comes_back() {
        let values = [
            Value::Null,
            Value::Bool(false),
            Value::Bool(true),
            Value::Int(&[0xff, 0x7f]),
            Value::Float(-0.0),
            Value::Text(""),
            Value::Text("Söhne\0"),
            Value::Bytes(&[0x80, 0, 0]),
            Value::Date("2026-11-24"),
            Value::DateTime("2026-11-24T13:00:00+01:00"),
            Value::Decimal("1E+5"),
        ];
        for value in values {
            for padding in [None, Some(1), Some(16), Some(u16::MAX)] {
                assert!(Value::parse(&plaintext(value, padding)).unwrap() == value);
            }
        }
    }

    #[test]
    fn a_value_tells_of_itself_no_more_than_whether_it_is_empty() {
        assert_eq!(format!("{:?}", Value::Text("a")), "Value(<secret>)");
        assert!(Value::Text("").is_empty());
        assert!(!Value::Text("a").is_empty());
    }

    #[test]
    fn padding_hides_the_length_within_its_multiple() {
        for length in 0..14 {
            assert_eq!(plaintext(Value::Bytes(&vec![1; length]), Some(16)).len(), 16);
        }
        assert_eq!(plaintext(Value::Bytes(&[1; 15]), Some(16)).len(), 32);
    }

    #[test]
    fn what_would_not_have_been_written_is_refused() {
        let bad: [&[u8]; 12] = [
            b"",
            b"\x00x",
            b"\x01",
            b"\x01\x02",
            b"\x02",
            b"\x02\x00\x7f",
            b"\x02\xff\x80",
            b"\x03\0\0",
            b"\x04\xff",
            b"\x09",
            b"\x84abc\0",
            b"\x84",
        ];
        for bytes in bad {
            assert_eq!(Value::parse(bytes), Err(Error::Decryption), "{bytes:?}");
        }
        let decimal = [b"\x08".as_slice(), &[b'1'; MAX_DECIMAL_CHARS + 1]].concat();
        assert_eq!(Value::parse(&decimal), Err(Error::Decryption));
    }

    #[test]
    fn sizes_are_bounded_before_anything_is_written() {
        let long = vec![b'1'; MAX_VALUE_BYTES + 1];
        let text = core::str::from_utf8(&long).unwrap();
        for (value, most) in [
            (Value::Int(&long[..=MAX_INT_BYTES]), Value::Int(&long[..MAX_INT_BYTES])),
            (Value::Decimal(&text[..=MAX_DECIMAL_CHARS]), Value::Decimal(&text[..MAX_DECIMAL_CHARS])),
            (Value::Bytes(&long), Value::Bytes(&long[1..])),
            (Value::Text(text), Value::Text(&text[1..])),
            (Value::Date(text), Value::Date(&text[1..])),
            (Value::DateTime(text), Value::DateTime(&text[1..])),
        ] {
            for padding in [None, Some(16)] {
                let mut plaintext = Vec::new();
                assert!(matches!(value.append_to(&mut plaintext, padding), Err(Error::TooLarge(_))));
                assert!(matches!(value.plaintext_len(padding), Err(Error::TooLarge(_))));
                assert_eq!(plaintext.capacity(), 0);
                assert!(most.append_to(&mut plaintext, padding).is_ok());
                assert_eq!(most.plaintext_len(padding), Ok(plaintext.len()));
            }
        }
    }
}
