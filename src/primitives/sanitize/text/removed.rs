//! How much cleaning takes out of a text, by kind, for whoever wants to be told.

use super::{Kind, Lines, kind, visible};

/// Kinds and how many characters of each [`super::clean`] takes out of `text`: the kinds of the head of the file above,
/// and `space` at the ends. Kinds of which there are none are left out.
///
/// Line breaks that become another one, and what NFC composes, are changed and not taken out.
pub fn removed(text: &str, lines: Lines) -> Vec<(&'static str, usize)> {
    let of =
        |wanted| text.chars().filter(|&character| !is_line_end(character) && kind(character) == Some(wanted)).count();
    let kept = visible(text, lines);
    let space = kept.chars().count().saturating_sub(kept.trim().chars().count());
    let all = [
        ("control", of(Kind::Control)),
        ("bidirectional", of(Kind::Bidirectional)),
        ("invisible", of(Kind::Invisible)),
        ("noncharacter", of(Kind::Noncharacter)),
        ("space", space),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// The controls that [`visible`] turns into a line break or a tab.
fn is_line_end(character: char) -> bool {
    matches!(character, '\t'..='\r' | '\u{85}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Lines, clean};
    use super::removed;

    #[test]
    fn each_kind_is_counted() {
        let text = " a\0\u{7f}b\u{202e}c\u{200b}\u{feff}\u{e0041}\u{fdd0}\r\n\n";
        let expected = [("control", 2), ("bidirectional", 1), ("invisible", 3), ("noncharacter", 1), ("space", 3)];
        assert_eq!(removed(text, Lines::Multi), expected);
        assert_eq!(removed("O\u{308}l\r\nb", Lines::Single), []);
    }

    proptest! {
        #[test]
        fn what_is_clean_loses_nothing(text: String) {
            let once = clean(&text, Lines::Multi);
            prop_assert_eq!(removed(&once, Lines::Multi), []);
        }

        #[test]
        fn nothing_else_shortens_a_text(text in "[a\0\u{202e}\u{200b}\u{fdd0} \n]{0,40}") {
            let lost: usize = removed(&text, Lines::Multi).into_iter().map(|(_, count)| count).sum();
            prop_assert_eq!(text.chars().count(), lost.saturating_add(clean(&text, Lines::Multi).chars().count()));
        }
    }
}
