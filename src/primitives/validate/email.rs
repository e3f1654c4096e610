//! E-mail addresses: the dot-atom form of RFC 5321 and RFC 5322, with RFC 6531 for names outside ASCII.
//!
//! Quoted names, comments, and IP addresses as domains are refused: hardly anyone has one, and they are where parsers
//! disagree. Whether the address exists is not known before a message has been answered.

use std::borrow::Cow;

use super::{Part, Result, codes, host, is_row, is_word, nfc, reason, starts_with_mark, trimmed};

/// RFC 5321, 4.5.3.1.3, as RFC 3696's erratum 1690 explains it.
const ADDRESS_MAX: usize = 254;
/// RFC 5321, 4.5.3.1.1.
const LOCAL_MAX: usize = 64;
/// A domain outside ASCII can be longer before it is encoded than after; nothing longer than this is looked at.
const INPUT_MAX: usize = 1024;

/// The address with its domain in lower case and in ASCII (`xn--`), its name before the @ as it was, in NFC.
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long`, `control`, or one that begins with `email_`.
pub fn parse(text: &str) -> Result<Cow<'_, str>> {
    let text = trimmed(text, INPUT_MAX)?;
    address(text).map_err(|found| reason(text, found))
}

fn address(text: &str) -> Result<Cow<'_, str>> {
    let at = memchr::memrchr(b'@', text.as_bytes()).ok_or(codes::EMAIL_AT)?;
    let (before, after) = text.split_at_checked(at).ok_or(codes::EMAIL_AT)?;
    let local = local_part(before)?;
    let domain = domain(after.strip_prefix('@').unwrap_or(after))?;
    // One byte for the @.
    if local.len().saturating_add(domain.len()) >= ADDRESS_MAX {
        return Err(codes::TOO_LONG);
    }
    Ok(match (&local, &domain) {
        (Cow::Borrowed(_), Cow::Borrowed(_)) => Cow::Borrowed(text),
        _ => Cow::Owned(format!("{local}@{domain}")),
    })
}

fn domain(text: &str) -> Result<Cow<'_, str>> {
    if text.is_empty() {
        return Err(codes::EMAIL_AT);
    }
    if text.starts_with('[') {
        return Err(codes::EMAIL_IP_LITERAL);
    }
    host::normalized(text).ok_or(codes::EMAIL_DOMAIN)
}

fn local_part(text: &str) -> Result<Cow<'_, str>> {
    if is_row(text, dot_atom_part) {
        return Ok(Cow::Borrowed(text));
    }
    if text.is_empty() {
        return Err(codes::EMAIL_AT);
    }
    if text.starts_with('"') {
        return Err(codes::EMAIL_QUOTED);
    }
    let local = nfc(text);
    let well_formed = if local.is_ascii() { is_dot_atom(local.bytes()) } else { is_wide_dot_atom(&local) };
    if !well_formed {
        return Err(if text.contains('@') { codes::EMAIL_AT } else { codes::EMAIL_LOCAL });
    }
    if local.len() > LOCAL_MAX {
        return Err(codes::EMAIL_LOCAL_TOO_LONG);
    }
    Ok(local)
}

/// What is in most names; the others are looked at one by one.
const fn dot_atom_part(byte: u8) -> Part {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'+' | b'-' => Part::Word,
        b'.' => Part::Mark,
        _ => Part::Other,
    }
}

/// RFC 5322, 3.2.3: `dot-atom-text`.
fn is_dot_atom(text: impl Iterator<Item = u8>) -> bool {
    let mut before = b'.';
    for byte in text {
        if !is_atom(byte) && (byte != b'.' || before == b'.') {
            return false;
        }
        before = byte;
    }
    before != b'.'
}

/// RFC 6531, 3.3, narrowed to words: symbols and invisible characters are refused. A mark needs something to stand on.
fn is_wide_dot_atom(text: &str) -> bool {
    let as_ascii = text.chars().map(|character| match u8::try_from(character) {
        Ok(byte) if byte.is_ascii() => byte,
        _ if is_word(character) => b'x',
        _ => b' ',
    });
    !starts_with_mark(text) && is_dot_atom(as_ascii)
}

/// RFC 5322, 3.2.3: `atext`.
pub(super) const fn is_atom(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'/' | b'=' | b'?'
        | b'^'..=b'`' | b'{'..=b'~')
}

#[cfg(test)]
mod tests {
    use super::{dot_atom_part, is_dot_atom};
    use crate::primitives::validate::{is_row, tests::every_text};

    #[test]
    fn the_quick_look_sees_what_the_slow_one_sees() {
        for text in every_text(&['a', 'B', '1', '.', '+', '"'], 5) {
            assert_eq!(is_row(&text, dot_atom_part), is_dot_atom(text.bytes()), "{text}");
        }
    }
}
