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

use core::ops::RangeInclusive;
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

/// Letters and marks that show nothing (Unicode's `Default_Ignorable_Code_Point` among them): fillers of Hangul and Khmer, the
/// grapheme joiner, Mongolian separators, and variation selectors. What is made of them would look empty, or like another.
const INVISIBLE: [RangeInclusive<char>; 9] = [
    '\u{34f}'..='\u{34f}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180d}',
    '\u{180f}'..='\u{180f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{e0100}'..='\u{e01ef}',
];

/// Whether a character is a letter, a digit, or a mark on one, in any script, and can be seen.
pub(crate) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    let is_invisible = || INVISIBLE.iter().any(|range| range.contains(&character));
    (character.is_alphanumeric() || is_mark(character)) && !is_invisible()
}

/// Whether a text begins with a mark that has nothing to stand on.
pub(crate) fn starts_with_mark(text: &str) -> bool {
    text.starts_with(is_mark)
}

fn is_mark(character: char) -> bool {
    !character.is_ascii() && unicode_normalization::char::is_combining_mark(character)
}
