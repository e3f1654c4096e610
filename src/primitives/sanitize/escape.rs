//! Encoders that replace single characters: HTML, JavaScript, URL and LIKE.
//!
//! Each is for one place of output (OWASP Cross Site Scripting Prevention Cheat Sheet; ASVS 5.0, 1.2) and returns the
//! borrowed input when there is nothing to replace. None is idempotent: encoding twice is a defect of the caller.

#![expect(
    clippy::needless_bitwise_bool,
    clippy::manual_range_contains,
    reason = "see scan: a branch keeps vectors away"
)]

use std::borrow::Cow;

use super::table::Table;

/// HTML text, and attribute values in quotes: `& < > " '`, written as Python's `html.escape` writes them.
pub fn html_text(text: &str) -> Cow<'_, str> {
    static TABLE: Table = Table::new(MARKUP);
    TABLE.replace(text, is_markup)
}

/// An HTML attribute value, safe even where the quotes were forgotten: also white space, `=`, `` ` `` and `/`.
///
/// An empty value still needs its quotes.
pub fn html_attribute(text: &str) -> Cow<'_, str> {
    static TABLE: Table = Table::new(MARKUP).and(&[
        (b'\t', "&#x9;"),
        (b'\n', "&#xA;"),
        (0x0b, "&#xB;"),
        (0x0c, "&#xC;"),
        (b'\r', "&#xD;"),
        (b' ', "&#x20;"),
        (b'/', "&#x2F;"),
        (b'=', "&#x3D;"),
        (b'`', "&#x60;"),
    ]);
    TABLE.replace(text, |byte| {
        let space = (byte == b' ') | ((byte >= b'\t') & (byte <= b'\r'));
        is_markup(byte) | space | (byte == b'=') | (byte == b'`') | (byte == b'/')
    })
}

/// The inside of a JavaScript or JSON string, without its quotes.
///
/// Safe between `'`, `"` and `` ` ``, in a script element (no `<`, no `&`), in an event-handler attribute, and in JSON:
/// every special character becomes `\uXXXX` (RFC 8259, section 7), U+2028 and U+2029 too.
pub fn js_string(text: &str) -> Cow<'_, str> {
    if !text.contains(is_special_in_js) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_mul(2));
    for character in text.chars() {
        if is_special_in_js(character) {
            out.push_str("\\u");
            for shift in [12, 8, 4, 0] {
                out.push(hex_digit(u32::from(character) >> shift));
            }
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// One component of a URL: every byte of the UTF-8 form that is not unreserved becomes `%XX` (RFC 3986, 2.1 and 2.3).
///
/// A path segment `..` is made of unreserved characters and goes through: it is the caller who refuses it.
pub fn url_part(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_unreserved) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_mul(3));
    for byte in text.bytes() {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(hex_digit(u32::from(byte) >> 4));
            out.push(hex_digit(u32::from(byte)));
        }
    }
    Cow::Owned(out)
}

/// A literal for the right side of `LIKE`, `ilike` and `=like`: `%`, `_` and `\` behind a backslash, which is
/// PostgreSQL's escape character unless a statement names another.
pub fn like_pattern(text: &str) -> Cow<'_, str> {
    static TABLE: Table = Table::new(&[(b'%', "\\%"), (b'_', "\\_"), (b'\\', "\\\\")]);
    TABLE.replace(text, |byte| (byte == b'%') | (byte == b'_') | (byte == b'\\'))
}

const MARKUP: &[(u8, &str)] = &[(b'&', "&amp;"), (b'<', "&lt;"), (b'>', "&gt;"), (b'"', "&quot;"), (b'\'', "&#x27;")];

#[inline]
fn is_markup(byte: u8) -> bool {
    (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"') | (byte == b'\'')
}

fn is_special_in_js(character: char) -> bool {
    character.is_control()
        || matches!(character, '"' | '\'' | '\\' | '<' | '>' | '&' | '`' | '$' | '\u{2028}' | '\u{2029}')
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The lowest four bits as an upper-case hexadecimal digit.
fn hex_digit(value: u32) -> char {
    char::from_digit(value & 0xF, 16).unwrap_or_default().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::{html_attribute, html_text, js_string, like_pattern, url_part};

    #[test]
    fn plain_text_is_borrowed() {
        for encoder in [html_text, html_attribute, js_string, url_part, like_pattern] {
            assert!(matches!(encoder("Plain-123"), Cow::Borrowed("Plain-123")));
            assert!(matches!(encoder(""), Cow::Borrowed("")));
        }
        assert!(matches!(js_string("10 €"), Cow::Borrowed("10 €")));
    }

    #[test]
    fn each_character_is_replaced_once() {
        assert_eq!(html_text("<b>&amp;"), "&lt;b&gt;&amp;amp;");
        assert_eq!(like_pattern(r"50%_\"), r"50\%\_\\");
    }

    proptest! {
        #[test]
        fn html_text_holds_no_markup(text: String) {
            prop_assert!(!html_text(&text).contains(['<', '>', '"', '\'']));
        }

        #[test]
        fn attributes_hold_nothing_that_ends_an_unquoted_value(text: String) {
            let out = html_attribute(&text);
            prop_assert!(!out.contains(['<', '>', '"', '\'', '`', '=', '/', ' ', '\t', '\n', '\x0c', '\r']));
        }

        #[test]
        fn a_js_string_is_the_inside_of_a_json_string(text: String) {
            let out = js_string(&text);
            let special = ['<', '>', '&', '"', '\'', '`', '$', '\u{2028}', '\u{2029}'];
            prop_assert!(!out.contains(special));
            prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{out}\"")).unwrap(), text);
        }

        #[test]
        fn url_parts_are_unreserved_or_percent_encoded(text: String) {
            let out = url_part(&text);
            prop_assert!(out.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
        }
    }
}
