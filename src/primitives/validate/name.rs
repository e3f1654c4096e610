//! Names of people and companies, and other text of one line.
//!
//! A name is what its owner says it is: letters of all scripts, `O'Brien & Söhne`, `3M`, `Müller-Lüdenscheidt (Nord)`. It
//! is stored as it is and encoded where it goes out; what cannot be part of a name is refused, never taken out.

use std::borrow::Cow;

use super::{Result, codes, is_word, nfc, starts_with_mark, trimmed};

/// What names have beside letters, digits and marks.
const PUNCTUATION: &str = " \u{3000}'\"-.,&()/+!?#:;@%*_’‘‚“”„«»‹›·•–—°№®™©・、。，（）＆\u{200c}\u{200d}";

/// Letters that show nothing (Unicode's `Default_Ignorable_Code_Point` among letters and marks): Hangul and Khmer fillers,
/// the grapheme joiner, and Mongolian separators. A name made of them would look empty.
const INVISIBLE: [char; 12] = [
    '\u{34f}', '\u{115f}', '\u{1160}', '\u{17b4}', '\u{17b5}', '\u{180b}', '\u{180c}', '\u{180d}', '\u{180f}',
    '\u{3164}', '\u{ffa0}', '\u{2800}',
];

/// A character of four bytes, or a letter with several marks that NFC joins.
const BYTES_A_CHARACTER: usize = 16;

/// A line of text in NFC, without the spaces around it.
///
/// Refused: control characters and line breaks, characters that reorder text (UAX 9: U+202A to U+202E, U+2066 to U+2069),
/// tags, byte order marks and noncharacters. Markup is not refused: it is encoded where it goes out.
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
    let name = line(text, max_chars)?;
    let allowed = |character: char| {
        let word = is_word(character) && (character.is_ascii() || !INVISIBLE.contains(&character));
        word || PUNCTUATION.contains(character)
    };
    if starts_with_mark(&name) || !name.chars().all(allowed) || !name.chars().any(char::is_alphanumeric) {
        return Err(codes::NAME_CHARACTERS);
    }
    Ok(name)
}

fn is_hidden(character: char) -> bool {
    let code = u32::from(character);
    character.is_control()
        || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(code, 0xe0000..=0xe007f | 0xfdd0..=0xfdef)
        || code & 0xfffe == 0xfffe
}
