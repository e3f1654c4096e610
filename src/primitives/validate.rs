//! Validation: each function takes text from outside once and gives back its normal form, or one code that says what is
//! wrong.
//!
//! Every scanner is linear in the input and looks at its length first. A value that is already in its normal form comes
//! back borrowed, so that a caller can keep the original. Normalizing twice changes nothing.

pub mod codes;
pub mod domain;
pub mod email;
pub mod host;
pub mod name;
pub mod odoo;
pub mod partner;
pub mod phone;
pub mod scripts;
pub mod url;
pub mod vat;

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{Error, Result};

/// The text without the spaces around it; an error when nothing is left, or more than `max_bytes`.
///
/// Only U+0020 is trimmed: a line feed at the end of an address is an attempt at header injection, not a typo.
pub(crate) fn trimmed(text: &str, max_bytes: usize) -> Result<&str> {
    let text = text.trim_matches(' ');
    match text.len() {
        0 => Err(codes::EMPTY),
        length if length > max_bytes => Err(codes::TOO_LONG),
        _ => Ok(text),
    }
}

/// The text in Unicode normalization form C.
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// What another check found, unless the true reason is a control character: that is said first.
pub(crate) fn reason(text: &str, found: Error) -> Error {
    if text.chars().any(char::is_control) { codes::CONTROL } else { found }
}

/// Whether a character is a letter, a digit, or a mark on one, in any script.
pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || is_mark(character)
}

/// Whether a text begins with a mark that has nothing to stand on.
pub(crate) fn starts_with_mark(text: &str) -> bool {
    text.starts_with(is_mark)
}

fn is_mark(character: char) -> bool {
    !character.is_ascii() && unicode_normalization::char::is_combining_mark(character)
}
