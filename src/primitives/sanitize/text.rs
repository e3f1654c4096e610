//! Text as people read it: NFC (Unicode Standard Annex 15), without characters that nobody sees, and trimmed.
//!
//! What is taken out, and why:
//!
//! - NUL, the other C0 and C1 controls and DEL: PostgreSQL refuses NUL, terminals and logs obey the others.
//! - Bidirectional embeddings, overrides and isolates (U+202A-202E, U+2066-2069): they show a text in another order than
//!   it is stored (CVE-2021-42574). The marks U+200E, U+200F and U+061C stay: Hebrew and Arabic need them.
//! - Zero-width space, word joiner and invisible operators, deprecated format characters, the byte order mark, and
//!   interlinear annotations: two values that look alike would differ. The joiners U+200C and U+200D stay: Persian, the
//!   scripts of India and emoji need them.
//! - Tag characters (U+E0000-E007F): invisible text that machines read. The flags of England, Scotland and Wales lose
//!   their tags with it.
//! - Noncharacters (Unicode 23.7), which are not for interchange.
//!
//! What is not done: no compatibility mapping (NFKC), no case folding, no look-alike detection (UTS 39), no escaping.

#![expect(clippy::needless_bitwise_bool, reason = "see scan: a branch keeps vectors away")]

mod removed;

pub use removed::removed;

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::scan;

/// What becomes of line breaks and tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Every line break and tab becomes a space.
    Single,
    /// Every line break becomes `\n`; tabs stay.
    Multi,
}

/// Cleans `text`; borrowed, and possibly shorter at the ends, when nothing inside it had to change.
///
/// Idempotent: what comes out goes through unchanged.
pub fn clean(text: &str, lines: Lines) -> Cow<'_, str> {
    // Most texts are printable ASCII, which one comparison a byte finds.
    let is_printable = !scan::any(text.as_bytes(), |byte| !matches!(byte, b' '..=b'~'));
    if is_printable { Cow::Borrowed(trim(text)) } else { clean_other(text, lines) }
}

/// What is not plain ASCII, or holds line breaks.
#[inline(never)]
fn clean_other(text: &str, lines: Lines) -> Cow<'_, str> {
    let is_plain = !scan::any(text.as_bytes(), |byte| is_suspect(byte, lines));
    if is_plain || text.chars().all(|character| is_settled(character, lines)) {
        return Cow::Borrowed(trim(text));
    }
    let visible = visible(text, lines);
    let composed = match is_nfc_quick(visible.chars()) {
        IsNormalized::Yes => visible,
        IsNormalized::No | IsNormalized::Maybe => visible.nfc().collect(),
    };
    trimmed(text, composed)
}

/// `str::trim`, which decodes characters; most texts show by their first and last byte that there is nothing to do.
fn trim(text: &str) -> &str {
    let is_visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if is_visible(text.as_bytes().first()) && is_visible(text.as_bytes().last()) { text } else { text.trim() }
}

/// Whether cleaning in whole would leave the character, whatever stands beside it, as it is.
///
/// The ranges hold no character that NFC changes or composes with its neighbor; a test walks through them.
fn is_settled(character: char, lines: Lines) -> bool {
    match character {
        '\u{0}'..'\u{80}' => u8::try_from(character).is_ok_and(|byte| !is_control(byte) || is_layout(byte, lines)),
        '\u{A0}'..'\u{300}'
        | '\u{400}'..'\u{483}'
        | '\u{5D0}'..'\u{5EB}'
        | '\u{620}'..'\u{64B}'
        | '\u{E01}'..'\u{E38}'
        | '\u{1E00}'..'\u{1F00}'
        | '\u{2010}'..'\u{2028}'
        | '\u{2030}'..'\u{2060}'
        | '\u{20A0}'..'\u{20D0}'
        | '\u{3001}'..'\u{302A}'
        | '\u{3041}'..'\u{3097}'
        | '\u{30A1}'..'\u{30FF}'
        | '\u{3400}'..'\u{A000}'
        | '\u{AC00}'..'\u{D7A4}' => true,
        _ => false,
    }
}

/// Whether a byte of UTF-8 may belong to a character that is not settled: a control character, or a lead byte of U+0080 to
/// U+00BF or of U+0300 and beyond. Between them are the letters of most European languages.
#[inline]
fn is_suspect(byte: u8, lines: Lines) -> bool {
    (byte >= 0xCC) | (byte == 0xC2) | (is_control(byte) & !is_layout(byte, lines))
}

#[inline]
fn is_control(byte: u8) -> bool {
    (byte < b' ') | (byte == 0x7f)
}

#[inline]
fn is_layout(byte: u8, lines: Lines) -> bool {
    ((byte == b'\n') | (byte == b'\t')) & (lines == Lines::Multi)
}

/// `text` without the characters that are taken out, and with its line breaks made equal.
fn visible(text: &str, lines: Lines) -> String {
    let (line_break, tab) = match lines {
        Lines::Single => (' ', ' '),
        Lines::Multi => ('\n', '\t'),
    };
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                characters.next_if_eq(&'\n');
                out.push(line_break);
            }
            // Unicode 5.8: LF, VT, FF, NEL, LS and PS all end a line.
            '\n' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(line_break),
            '\t' => out.push(tab),
            _ if is_hidden(character) => {}
            _ => out.push(character),
        }
    }
    out
}

/// What is taken out, in the order of the head of this file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Control,
    Bidirectional,
    Invisible,
    Noncharacter,
}

/// Whether a character is taken out.
pub fn is_hidden(character: char) -> bool {
    kind(character).is_some()
}

/// Why a character is taken out; `None` for one that stays.
fn kind(character: char) -> Option<Kind> {
    match character {
        _ if character.is_control() => Some(Kind::Control),
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Some(Kind::Bidirectional),
        '\u{180E}'
        | '\u{200B}'
        | '\u{2060}'..='\u{2064}'
        | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => Some(Kind::Invisible),
        '\u{FDD0}'..='\u{FDEF}' => Some(Kind::Noncharacter),
        _ => (u32::from(character) & 0xFFFE == 0xFFFE).then_some(Kind::Noncharacter),
    }
}

/// `cleaned` without white space at its ends; borrowed from `text` when it is a part of it all the same.
fn trimmed(text: &str, cleaned: String) -> Cow<'_, str> {
    let kept = cleaned.trim();
    if kept.len() == text.len() && kept == text {
        return Cow::Borrowed(text);
    }
    if kept.len() == cleaned.len() {
        return Cow::Owned(cleaned);
    }
    Cow::Owned(kept.to_owned())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;
    use unicode_normalization::{IsNormalized, is_nfc, is_nfc_quick};

    use super::{Lines, clean, is_settled, is_suspect, kind};

    /// A character is inert under NFC when no neighbor changes it: quick check Yes, and nothing composes onto it.
    fn is_inert(character: char) -> bool {
        is_nfc_quick(core::iter::once(character)) == IsNormalized::Yes
            && unicode_normalization::char::canonical_combining_class(character) == 0
    }

    #[test]
    fn settled_characters_are_kept_and_stable_under_nfc() {
        for character in '\0'..=char::MAX {
            if is_settled(character, Lines::Multi) && !matches!(character, '\n' | '\t') {
                assert!(kind(character).is_none(), "{:x}", u32::from(character));
                assert!(is_inert(character), "{:x}", u32::from(character));
            }
        }
    }

    #[test]
    fn characters_without_suspect_bytes_are_settled() {
        for character in '\0'..=char::MAX {
            for lines in [Lines::Single, Lines::Multi] {
                let suspect = character.encode_utf8(&mut [0; 4]).bytes().any(|byte| is_suspect(byte, lines));
                assert!(suspect || is_settled(character, lines), "{:x}", u32::from(character));
            }
        }
    }

    #[test]
    fn clean_text_is_borrowed() {
        for text in ["", "O'Brien & Söhne <GmbH>", "Nguyễn Thị Ánh", "株式会社", "a\u{200D}b"] {
            assert!(matches!(clean(text, Lines::Single), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_nobody_sees_is_taken_out() {
        assert_eq!(
            clean("a\0b\u{7f}c\u{9b}d\u{202e}e\u{2066}f\u{200b}g\u{feff}h\u{e0041}i", Lines::Multi),
            "abcdefghi"
        );
    }

    #[test]
    fn line_breaks_are_made_equal_or_become_spaces() {
        let text = "a\r\nb\rc\nd\u{85}e\u{2028}f\tg";
        assert_eq!(clean(text, Lines::Multi), "a\nb\nc\nd\ne\nf\tg");
        assert_eq!(clean(text, Lines::Single), "a b c d e f g");
    }

    #[test]
    fn decomposed_text_is_composed() {
        assert_eq!(clean(" So\u{308}hne ", Lines::Single), "Söhne");
    }

    proptest! {
        #[test]
        fn cleaning_is_idempotent_and_leaves_nothing_behind(text: String, multi: bool) {
            let lines = if multi { Lines::Multi } else { Lines::Single };
            let once = clean(&text, lines).into_owned();
            prop_assert_eq!(clean(&once, lines), once.as_str());
            prop_assert!(is_nfc(&once));
            prop_assert_eq!(once.trim(), once.as_str());
            let allowed = |character| multi && matches!(character, '\n' | '\t');
            prop_assert!(once.chars().all(|character| kind(character).is_none() || allowed(character)));
        }
    }
}
