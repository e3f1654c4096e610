//! Names of people and companies, and other text of one line.
//!
//! A name is what its owner says it is: letters of all scripts, `O'Brien & Söhne`, `3M`, `Müller-Lüdenscheidt (Nord)`. It
//! is stored as it is and encoded where it goes out; what cannot be part of a name is refused, never taken out.

use std::borrow::Cow;

use super::{Part, Result, codes, is_row, is_word, nfc, starts_with_mark, trimmed};
use crate::primitives::sanitize::text;

/// What names have beside letters, digits and marks.
const PUNCTUATION: &str = " \u{3000}'\"-.,&()/+!?#:;@%*_’‘‚“”„«»‹›·•–—°№®™©・、。，（）＆\u{200c}\u{200d}";

/// A character of four bytes, or a letter with several marks that NFC joins.
const BYTES_A_CHARACTER: usize = 16;

/// A line of text in NFC, without the spaces around it.
///
/// Refused: line breaks, and what [`text::clean`] takes out, since nobody sees it. Markup is not refused: it is encoded where
/// it goes out.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long` when it has more than `max_chars` characters, `control`.
pub fn line(text: &str, max_chars: usize) -> Result<Cow<'_, str>> {
    let text = trimmed(text, max_chars.saturating_mul(BYTES_A_CHARACTER))?;
    let text = text.trim_matches([' ', '\u{3000}']);
    if text.is_empty() {
        return Err(codes::EMPTY);
    }
    let hidden =
        if text.is_ascii() { text.bytes().any(|byte| byte.is_ascii_control()) } else { text.chars().any(is_hidden) };
    if hidden {
        return Err(codes::CONTROL);
    }
    let text = nfc(text);
    if text.len() > max_chars && text.chars().count() > max_chars {
        return Err(codes::TOO_LONG);
    }
    Ok(text)
}

/// The name of a person or a company in NFC, without the spaces around it.
///
/// # Errors
/// Those of [`line`], and `name_characters`.
pub fn name(text: &str, max_chars: usize) -> Result<Cow<'_, str>> {
    if text.len() <= max_chars && is_row(text, plain_part) {
        return Ok(Cow::Borrowed(text));
    }
    let name = line(text, max_chars)?;
    let allowed = |character: char| is_word(character) || PUNCTUATION.contains(character) || is_variant(character);
    if starts_with_mark(&name) || !name.chars().all(allowed) || !name.chars().any(char::is_alphanumeric) {
        return Err(codes::NAME_CHARACTERS);
    }
    Ok(name)
}

/// What most names in ASCII are made of. Where that is all, a name is in its normal form.
const fn plain_part(byte: u8) -> Part {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => Part::Word,
        b' ' | b'\'' | b'-' | b'.' | b'&' => Part::Mark,
        _ => Part::Other,
    }
}

/// Whether a character chooses the shape of the one before it, as Japanese names need it.
fn is_variant(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_hidden(character: char) -> bool {
    text::is_hidden(character) || matches!(character, '\u{2028}' | '\u{2029}')
}
