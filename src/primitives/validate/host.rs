//! Host names: RFC 1035 lengths, RFC 5890 letters-digits-hyphen labels, and IDN by UTS 46 with its validity checks on.
//!
//! A host here is a public one: two labels or more, and a last label that is a name. That leaves out `localhost`, IP
//! addresses in every notation that a URL parser may know (`127.1`, `0x7f.1`), and the root's trailing dot.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::is_word;

/// RFC 1035, 2.3.4: 255 octets on the wire are 253 as text.
const HOST_MAX: usize = 253;
/// RFC 1035, 2.3.4.
const LABEL_MAX: usize = 63;

/// RFC 5892, appendix A: punctuation and joiners that are part of a name in their context, which UTS 46 checks for the
/// joiners and the registries for the rest.
const CONTEXTUAL: [char; 7] = ['\u{b7}', '\u{375}', '\u{5f3}', '\u{5f4}', '\u{30fb}', '\u{200c}', '\u{200d}'];

/// How a host that is well formed is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Normal,
    WithCapitals,
    /// It has a `--`, which is either harmless or the mark of an encoded label.
    MaybeEncoded,
}

/// The host in lower case, with non-ASCII labels encoded as `xn--`, or nothing when it is not a public host name.
pub fn normalized(host: &str) -> Option<Cow<'_, str>> {
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

/// UTS 46 maps and encodes; what the encoded labels stand for must be words, as in IDNA 2008: no symbols, no emoji.
fn international(host: &str) -> Option<String> {
    let uts46 = Uts46::new();
    let ascii = uts46.to_ascii(host.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify).ok()?;
    let (unicode, valid) = uts46.to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    valid.ok()?;
    let words = |character: char| character.is_ascii() || is_word(character) || CONTEXTUAL.contains(&character);
    if !unicode.chars().all(words) {
        return None;
    }
    scan(&ascii)?;
    Some(ascii.into_owned())
}

fn scan(host: &str) -> Option<Written> {
    if host.len() > HOST_MAX {
        return None;
    }
    let (_, last) = host.rsplit_once('.')?;
    if !is_top_level(last) {
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
    (before != b'-' && length <= LABEL_MAX).then_some(written)
}

/// A top-level domain is letters alone (RFC 1123, 2.1, as RFC 3696 explains it), or an encoded label.
fn is_top_level(label: &str) -> bool {
    let encoded = label.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("xn--"));
    encoded || (label.len() >= 2 && label.bytes().all(|byte| byte.is_ascii_alphabetic()))
}
