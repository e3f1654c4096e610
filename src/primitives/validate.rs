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
    // Most texts have none, as their first and last byte show.
    let spaced = text.starts_with(' ') || text.ends_with(' ');
    let text = if spaced { text.trim_matches(' ') } else { text };
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

/// What a byte is to [`is_row`].
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Word = 0,
    /// Stands alone between two words.
    Mark = 1,
    Other = 2,
}

/// The longest text for which [`is_row`] may hold.
const ROW_MAX: usize = 62;

/// Whether a short text is words with single marks between them: a quick look, without a branch for each byte.
pub(crate) fn is_row(text: &str, part: impl Fn(u8) -> Part) -> bool {
    let mut seen = 0;
    // Both ends count as marks, and no two marks may stand side by side.
    let mut marks = 1_u64;
    for byte in text.bytes().take(ROW_MAX) {
        let part = part(byte) as u8;
        seen |= part;
        marks = marks << 1 | u64::from(part & Part::Mark as u8);
    }
    marks = marks << 1 | 1;
    text.len() <= ROW_MAX && seen < Part::Other as u8 && marks & marks >> 1 == 0
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

#[cfg(test)]
mod tests {
    use super::{Part, ROW_MAX, codes, is_row, trimmed};

    /// Every text of these characters, up to so many.
    pub(super) fn every_text(characters: &[char], most: usize) -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut longest = texts.clone();
        for _ in 0..most {
            longest =
                longest.iter().flat_map(|text| characters.iter().map(move |next| format!("{text}{next}"))).collect();
            texts.extend_from_slice(&longest);
        }
        texts
    }

    #[test]
    fn spaces_around_do_not_count() {
        for text in ["ab", " ab", "ab ", "  ab  "] {
            assert_eq!(trimmed(text, 2), Ok("ab"));
            assert_eq!(trimmed(text, 1), Err(codes::TOO_LONG));
        }
        assert_eq!(trimmed("  ", 2), Err(codes::EMPTY));
        assert_eq!(trimmed("\tab\n", 4), Ok("\tab\n"));
    }

    #[test]
    fn a_row_is_words_with_single_marks_between_them() {
        let part = |byte| match byte {
            b'a' => Part::Word,
            b'.' => Part::Mark,
            _ => Part::Other,
        };
        for text in every_text(&['a', '.', 'x', 'é'], 5) {
            let words = text.split('.').all(|word| !word.is_empty() && word.bytes().all(|byte| byte == b'a'));
            assert_eq!(is_row(&text, part), words, "{text}");
        }
        assert!(is_row(&"a".repeat(ROW_MAX), part) && is_row(&format!("{}.a", "a".repeat(ROW_MAX - 2)), part));
        assert!(!is_row(&"a".repeat(ROW_MAX + 1), part) && !is_row(&format!("{}.", "a".repeat(ROW_MAX - 1)), part));
    }
}
