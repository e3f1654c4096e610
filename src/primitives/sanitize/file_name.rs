//! The name for a file that came from outside: one path component that Linux, macOS and Windows all accept.
//!
//! Only the part behind the last separator counts (RFC 6266, section 4.3). The name says nothing about the content, and
//! two uploads can have the same one: store files under names of your own, and keep this one for people to read.

use std::borrow::Cow;

use super::text::{self, Lines};
use crate::primitives::Result;
use crate::primitives::validate::codes;

/// The longest name that the common file systems accept, in bytes of UTF-8.
pub const MAX_BYTES: usize = 255;

/// An extension longer than this is not worth keeping when a name is cut, in bytes.
const MAX_EXTENSION_BYTES: usize = 32;

/// A name that can be used as it is; idempotent.
///
/// # Errors
/// [`codes::FILE_NAME`] when nothing is left of it.
pub fn safe(name: &str) -> Result<Cow<'_, str>> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let unmarked = without_marks(base);
    let readable = text::clean(&unmarked, Lines::Single);
    let stripped = strip(&readable);
    if stripped.is_empty() {
        return Err(codes::FILE_NAME);
    }
    if stripped == name && is_acceptable(name) {
        return Ok(Cow::Borrowed(name));
    }
    // Cut first: what is left of a long name may be the name of a device.
    let mut out = cut(stripped.chars().map(|c| if is_refused(c) { '_' } else { c }).collect());
    if out.starts_with('-') || is_reserved(&out) {
        out.insert(0, '_');
        out = cut(out);
    }
    Ok(Cow::Owned(out))
}

/// Without the marks of direction that text may have: in a name they show `exe` in front of the dot and `txt` behind it.
fn without_marks(name: &str) -> Cow<'_, str> {
    const MARKS: [char; 3] = ['\u{200E}', '\u{200F}', '\u{61C}'];
    if name.contains(MARKS) { Cow::Owned(name.replace(MARKS, "")) } else { Cow::Borrowed(name) }
}

/// Windows drops dots and spaces at the end; a dot at the start hides a file or climbs to the folder above.
fn strip(name: &str) -> &str {
    let is_edge = |character: char| character == '.' || character.is_whitespace();
    name.trim_matches(is_edge)
}

fn is_acceptable(name: &str) -> bool {
    name.len() <= MAX_BYTES && !name.contains(is_refused) && !name.starts_with('-') && !is_reserved(name)
}

/// The characters that Windows refuses in a name, and those that become one of them, a separator or dots where a program
/// brings names to NFKC or to a code page of Windows. The separators themselves are gone already.
fn is_refused(character: char) -> bool {
    matches!(character, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        || matches!(character, '＜' | '＞' | '：' | '＂' | '｜' | '？' | '＊' | '／' | '＼' | '．')
        || matches!(character, '⁄' | '∕' | '∖' | '⧸' | '⧹' | '﹨' | '﹕' | '‥' | '…' | '﹒' | '․')
}

/// The device names of Windows, with any extension (Microsoft, "Naming Files, Paths, and Namespaces").
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().filter_map(|device| stem.strip_prefix(device));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered.into_iter().any(|number| {
            let mut characters = number.chars();
            characters.next().is_some_and(|digit| matches!(digit, '0'..='9' | '¹' | '²' | '³'))
                && characters.next().is_none()
        })
}

/// At most [`MAX_BYTES`], with the extension kept where there is one.
fn cut(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let extension = name
        .rfind('.')
        .and_then(|dot| name.get(dot..))
        .filter(|extension| extension.len() <= MAX_EXTENSION_BYTES)
        .unwrap_or_default();
    let room = MAX_BYTES.saturating_sub(extension.len());
    let stem = (0..=room).rev().find_map(|end| name.get(..end)).unwrap_or_default();
    let mut out = strip(stem).to_owned();
    out.push_str(extension);
    out
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::{MAX_BYTES, safe};

    #[test]
    fn good_names_are_borrowed() {
        for name in ["invoice 2026.pdf", "Söhne.txt", "a", "archive.tar.gz", "console.log"] {
            assert!(matches!(safe(name), Ok(Cow::Borrowed(same)) if same == name), "{name}");
        }
    }

    #[test]
    fn paths_dots_and_devices_are_made_harmless() {
        assert_eq!(safe("../../etc/passwd").unwrap(), "passwd");
        assert_eq!(safe("C:\\fakepath\\a.png").unwrap(), "a.png");
        assert_eq!(safe(".htaccess").unwrap(), "htaccess");
        assert_eq!(safe("nul.txt").unwrap(), "_nul.txt");
        assert_eq!(safe("com1").unwrap(), "_com1");
        assert_eq!(safe("-rf").unwrap(), "_-rf");
        assert_eq!(safe("a:b?.txt. ").unwrap(), "a_b_.txt");
    }

    #[test]
    fn what_shows_another_name_or_becomes_one_is_replaced() {
        assert_eq!(safe("\u{200f}txt\u{200f}.\u{200f}exe").unwrap(), "txt.exe");
        assert_eq!(safe("‥／etc／passwd").unwrap(), "__etc_passwd");
        assert_eq!(safe("\u{200f}").ok(), None);
    }

    #[test]
    fn nothing_left_is_refused() {
        for name in ["", ".", "..", "a/..", " . ", "\0", "a/"] {
            assert!(safe(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_name_that_becomes_a_device_when_it_is_cut_is_made_harmless() {
        let cut = safe(&format!("CON{}x.pdf", " ".repeat(300))).unwrap().into_owned();
        assert_eq!(cut, "_CON.pdf");
        assert_eq!(safe(&cut).unwrap(), cut);
        for first in ["-", "nul."] {
            let long = safe(&format!("{first}{}", "x".repeat(300))).unwrap().into_owned();
            assert!(long.len() == MAX_BYTES && long.starts_with(&format!("_{first}")), "{long}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let cut = safe(&format!("{}.pdf", "ö".repeat(300))).unwrap().into_owned();
        assert!(cut.len() <= MAX_BYTES && cut.ends_with("ö.pdf"));
    }

    proptest! {
        #[test]
        fn names_are_safe_and_stable(name in "\\PC{0,300}|[a-z./\\\\: ]{0,300}") {
            if let Ok(once) = safe(&name) {
                prop_assert!(!once.is_empty() && once.len() <= MAX_BYTES);
                prop_assert!(!once.contains(['/', '\\', '\0', ':']) && !once.starts_with('.'));
                prop_assert_eq!(safe(&once).unwrap(), once.as_ref());
            }
        }
    }
}
