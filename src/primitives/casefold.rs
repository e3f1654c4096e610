//! The canonical caseless match of Unicode (D145): texts that people take for the same one have one form.
//!
//! It is NFC of the full case folding of the NFD. Both are stable for assigned characters, so the form outlives a Unicode
//! version; and it is the same in every process, whatever tables its Python has. No copy of the text stays behind.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

/// Shorter messages are put together on the stack.
const SHORT_BYTES: usize = 64;

/// No character has more bytes after folding than so many times those before: U+0390 has 6 for 2.
const MOST_GROWTH: usize = 3;

/// What `hash` makes of `prefix` and of the text behind it, folded.
pub(super) fn with_folded<T>(prefix: &[u8], text: &str, hash: impl FnOnce(&[u8]) -> T) -> T {
    let length = prefix.len().saturating_add(text.len());
    if length <= SHORT_BYTES && text.is_ascii() {
        let mut buffer = [0; SHORT_BYTES];
        let message = buffer.get_mut(..length).unwrap_or_default();
        let (before, letters) = message.split_at_mut_checked(prefix.len()).unwrap_or_default();
        before.copy_from_slice(prefix);
        letters.copy_from_slice(text.as_bytes());
        letters.make_ascii_lowercase();
        let result = hash(message);
        message.zeroize();
        return result;
    }
    // The buffer never grows: that would leave a part of the text behind in freed memory.
    let most = if text.is_ascii() { length } else { length.saturating_mul(MOST_GROWTH) };
    let mut message = Zeroizing::new(Vec::with_capacity(most));
    message.extend_from_slice(prefix);
    for character in text.nfd().default_case_fold().nfc() {
        message.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    hash(&message)
}

#[cfg(test)]
mod tests {
    use caseless::Caseless;
    use unicode_normalization::UnicodeNormalization;

    use super::{MOST_GROWTH, SHORT_BYTES, with_folded};

    fn folded(text: &str) -> String {
        String::from_utf8(with_folded(b"", text, <[u8]>::to_vec)).unwrap()
    }

    #[test]
    fn forms_of_one_text_meet() {
        for (text, expected) in [
            ("O'Brien", "o'brien"),
            ("Stra\u{df}e", "strasse"),
            ("STRASSE", "strasse"),
            ("E\u{301}", "\u{e9}"),
            ("\u{c9}", "\u{e9}"),
            ("\u{130}", "i\u{307}"),
            ("\u{3a3}\u{3c2}", "\u{3c3}\u{3c3}"),
        ] {
            assert_eq!(folded(text), expected);
        }
    }

    #[test]
    fn a_message_is_its_prefix_and_the_text_whatever_their_length() {
        for length in 0..=SHORT_BYTES + 1 {
            for letter in ["X", "\u{c9}"] {
                let message = with_folded(b"Ab", &letter.repeat(length), <[u8]>::to_vec);
                assert_eq!(message, format!("Ab{}", letter.to_lowercase().repeat(length)).as_bytes());
            }
        }
    }

    /// The parts of what a text is folded to have no more bytes, and NFC puts together none that has more than its parts.
    #[test]
    fn no_character_outgrows_the_buffer() {
        let length = |characters: &mut dyn Iterator<Item = char>| -> usize { characters.map(char::len_utf8).sum() };
        for character in '\0'..=char::MAX {
            let alone = || core::iter::once(character);
            let parts = length(&mut alone().nfd());
            assert!(length(&mut alone().nfd().default_case_fold()) <= MOST_GROWTH * character.len_utf8());
            assert!(length(&mut alone().nfd().nfc()) <= parts, "{character:?}");
        }
    }
}
