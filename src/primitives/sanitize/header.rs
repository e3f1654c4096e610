//! The value of an HTTP header field (RFC 9110, section 5.5).
//!
//! Refused, never repaired: a value with a line break in it is an attack on the reply, and one beyond ASCII means
//! different bytes to different recipients (use [`super::escape::url_part`] with RFC 8187's `name*=UTF-8''` for those).

use crate::primitives::validate::codes;
use crate::primitives::{Error, Result};

/// What common servers take for a whole header line, in bytes.
pub const MAX_BYTES: usize = 8190;

/// The value without white space around it, which is not part of it.
///
/// # Errors
/// [`Error::TooLarge`] beyond [`MAX_BYTES`]; [`codes::HEADER_VALUE`] when a character is not visible ASCII, space or tab.
pub fn value(text: &str) -> Result<&str> {
    if text.len() > MAX_BYTES {
        return Err(Error::TooLarge("a header value has at most 8190 bytes"));
    }
    if text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        Ok(text.trim_matches([' ', '\t']))
    } else {
        Err(codes::HEADER_VALUE)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, value};
    use crate::primitives::Error;
    use crate::primitives::validate::codes;

    #[test]
    fn line_breaks_nul_and_other_scripts_are_refused() {
        for text in ["a\r\nSet-Cookie: x=1", "a\nb", "a\rb", "a\0b", "a\x7fb", "Söhne"] {
            assert_eq!(value(text), Err(codes::HEADER_VALUE), "{text:?}");
        }
    }

    #[test]
    fn visible_ascii_is_kept() {
        assert_eq!(value(" attachment; filename=\"a.txt\"\t"), Ok("attachment; filename=\"a.txt\""));
        assert!(value(&"a".repeat(MAX_BYTES)).is_ok());
        assert!(matches!(value(&"a".repeat(MAX_BYTES + 1)), Err(Error::TooLarge(_))));
    }
}
