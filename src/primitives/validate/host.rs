//! Host names: RFC 1035 lengths, RFC 5890 letters-digits-hyphen labels, and IDN by UTS 46 with its validity checks on.
//!
//! A host here is a public one: two labels or more, and a last label that is a name. That leaves out `localhost`, IP
//! addresses in every notation that a URL parser may know (`127.1`, `0x7f.1`), and the root's trailing dot.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::{Part, Result, codes, is_row, is_word, reason, trimmed};

/// RFC 1035, 2.3.4: 255 octets on the wire are 253 as text.
const HOST_MAX: usize = 253;
/// RFC 1035, 2.3.4.
const LABEL_MAX: usize = 63;

/// The full stops that UTS 46 reads as dots.
const WIDE_DOTS: [char; 3] = ['\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// Letters and marks that UTS 46 passes and RFC 5892 (IDNA 2008) disallows: old Hangul, enclosing and musical marks, circled
/// letters, and single exceptions of its section 2.6.
const DISALLOWED: [core::ops::RangeInclusive<char>; 15] = [
    '\u{488}'..='\u{489}',
    '\u{640}'..='\u{640}',
    '\u{7fa}'..='\u{7fa}',
    '\u{1100}'..='\u{11ff}',
    '\u{1abe}'..='\u{1abe}',
    '\u{20d0}'..='\u{20f0}',
    '\u{302e}'..='\u{302f}',
    '\u{3031}'..='\u{3035}',
    '\u{303b}'..='\u{303b}',
    '\u{3260}'..='\u{327f}',
    '\u{a670}'..='\u{a672}',
    '\u{a960}'..='\u{a97f}',
    '\u{d7b0}'..='\u{d7ff}',
    '\u{1d165}'..='\u{1d244}',
    '\u{1f150}'..='\u{1f189}',
];

/// How a host that is well formed is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Normal,
    WithCapitals,
    /// It has a `--`, which is either harmless or the mark of an encoded label.
    MaybeEncoded,
}

/// A domain outside ASCII can be longer before it is encoded than after; nothing longer than this is looked at.
const INPUT_MAX: usize = 1024;

/// A public host name in lower case and in ASCII.
///
/// # Errors
/// `empty`, `too_long`, `control` or `url_host`.
pub fn parse(text: &str) -> Result<Cow<'_, str>> {
    let text = trimmed(text, INPUT_MAX)?;
    normalized(text).ok_or_else(|| reason(text, codes::URL_HOST))
}

/// The host in lower case, with non-ASCII labels encoded as `xn--`, or nothing when it is not a public host name.
pub fn normalized(host: &str) -> Option<Cow<'_, str>> {
    if is_normal(host) {
        return Some(Cow::Borrowed(host));
    }
    if !host.is_ascii() {
        return international(host).map(Cow::Owned);
    }
    match scan(host)? {
        Written::Normal => Some(Cow::Borrowed(host)),
        Written::WithCapitals => Some(Cow::Owned(host.to_ascii_lowercase())),
        Written::MaybeEncoded => {
            let ascii = international(host)?;
            Some(if ascii == host { Cow::Borrowed(host) } else { Cow::Owned(ascii) })
        }
    }
}

/// Whether a host is in its normal form already; a quick look that misses some that are.
fn is_normal(host: &str) -> bool {
    let part = |byte| match byte {
        b'a'..=b'z' | b'0'..=b'9' => Part::Word,
        b'-' | b'.' => Part::Mark,
        _ => Part::Other,
    };
    let letters = host.bytes().rev().take_while(u8::is_ascii_lowercase).count();
    let before = host.len().checked_sub(letters.saturating_add(1)).and_then(|at| host.as_bytes().get(at));
    letters >= 2 && before == Some(&b'.') && is_row(host, part)
}

/// UTS 46 maps and encodes. What went in and what the encoded labels stand for must be words, as in IDNA 2008: no symbols,
/// no emoji, and nothing invisible that the mapping would drop.
fn international(host: &str) -> Option<String> {
    let uts46 = Uts46::new();
    let ascii = uts46.to_ascii(host.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify).ok()?;
    let (unicode, _) = uts46.to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    scan(&ascii)?;
    let visible = host.replace(WIDE_DOTS, ".").split('.').all(|label| is_made_of(label, is_word));
    let words = unicode.split('.').all(|label| is_made_of(label, is_letter));
    (visible && words).then(|| ascii.into_owned())
}

/// Whether a label has characters of that kind, ASCII, and what RFC 5892, appendix A, allows beside them: joiners (whose
/// context UTS 46 checks), the dot of Catalan, the dot of Japanese, and the zero of Chinese (section 2.6).
fn is_made_of(label: &str, kind: fn(char) -> bool) -> bool {
    let japanese = label.chars().any(|character| matches!(character, 'ぁ'..='ヺ' | 'ー'..='ヿ' | '一'..='鿿'));
    label.replace("l·l", "ll").chars().all(|character| match character {
        '\u{200c}' | '\u{200d}' | '〇' => true,
        '・' => japanese,
        _ => character.is_ascii() || kind(character),
    })
}

/// A letter or a mark. Digits outside ASCII are left out: they look like others, and RFC 5892 wants their context checked.
fn is_letter(character: char) -> bool {
    is_word(character) && !character.is_numeric() && !DISALLOWED.iter().any(|range| range.contains(&character))
}

fn scan(host: &str) -> Option<Written> {
    if host.len() > HOST_MAX {
        return None;
    }
    let dot = memchr::memrchr(b'.', host.as_bytes())?;
    if !is_top_level(host.get(dot..)?.strip_prefix('.')?) {
        return None;
    }
    let mut written = Written::Normal;
    let mut length = 0_usize;
    let mut before = b'.';
    for byte in host.bytes() {
        match byte {
            b'A'..=b'Z' if written == Written::Normal => written = Written::WithCapitals,
            b'-' if before == b'.' => return None,
            b'-' if before == b'-' => written = Written::MaybeEncoded,
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'A'..=b'Z' => {}
            b'.' if matches!(before, b'.' | b'-') || length > LABEL_MAX => return None,
            b'.' => length = usize::MAX,
            _ => return None,
        }
        length = length.wrapping_add(1);
        before = byte;
    }
    // The last label has no hyphen at its end: it is letters, or goes through UTS 46.
    (length <= LABEL_MAX).then_some(written)
}

/// A top-level domain is letters alone (RFC 1123, 2.1, as RFC 3696 explains it), or an encoded label.
fn is_top_level(label: &str) -> bool {
    let encoded = label.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("xn--"));
    encoded || (label.len() >= 2 && label.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::{Written, is_normal, scan};
    use crate::primitives::validate::tests::every_text;

    #[test]
    fn the_quick_look_sees_what_the_scan_sees() {
        for host in every_text(&['a', '1', '-', '.', 'A', '_'], 5).iter().map(|start| format!("{start}.ab")) {
            assert_eq!(is_normal(&host), scan(&host) == Some(Written::Normal), "{host}");
        }
        assert!(!is_normal("") && !is_normal("ab") && !is_normal(".ab") && !is_normal("a.b") && !is_normal("a.1b"));
    }
}
