//! Web addresses: RFC 3986 with an authority, a public host (see [`super::host`]), and nothing that parsers read differently.
//!
//! Refused: user information, backslashes, spaces, IP addresses, hosts without a dot. This keeps odd addresses out of a
//! database; it is no protection for a server that fetches the address, since a public name may point to a private IP.

use std::borrow::Cow;
use std::fmt::Write;

use super::{Result, codes, host, reason, trimmed};

/// What browsers and servers are known to take.
const URL_MAX: usize = 2048;

/// The schemes that are accepted unless the caller names others.
pub const WEB: [&str; 2] = ["http", "https"];

/// The address with scheme and host in lower case, the host in ASCII, the scheme's own port left out, and characters
/// outside ASCII percent-encoded (RFC 3987, 3.1).
///
/// # Errors
/// A code of [`codes`]: `empty`, `too_long`, `control`, or one that begins with `url_`.
pub fn parse<'a>(text: &'a str, schemes: &[&str]) -> Result<Cow<'a, str>> {
    let text = trimmed(text, URL_MAX)?;
    if is_normal(text, schemes) {
        return Ok(Cow::Borrowed(text));
    }
    let url = address(text, schemes).map_err(|found| reason(text, found))?;
    if url.len() > URL_MAX {
        return Err(codes::TOO_LONG);
    }
    Ok(if url == text { Cow::Borrowed(text) } else { Cow::Owned(url) })
}

/// Whether an address is in its normal form already; a quick look that misses some that are.
fn is_normal(text: &str, schemes: &[&str]) -> bool {
    let is_lower = |scheme: &&&str| scheme.bytes().all(|byte| byte.is_ascii_lowercase());
    let after = |scheme: &&str| text.strip_prefix(*scheme)?.strip_prefix("://");
    let Some(rest) = schemes.iter().filter(is_lower).find_map(after) else { return false };
    let is_end = |byte: u8| matches!(byte, b'/' | b'?' | b'#');
    let end = rest.bytes().position(is_end).unwrap_or(rest.len());
    let (host, tail) = rest.split_at_checked(end).unwrap_or_default();
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/' | b'?' | b'=' | b'&')
    };
    tail.bytes().all(plain) && matches!(host::normalized(host), Some(Cow::Borrowed(_)))
}

/// The host of an address that [`parse`] gave back.
pub fn host_of(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    rest.split([':', '/', '?', '#']).next().unwrap_or(rest)
}

fn address(text: &str, schemes: &[&str]) -> Result<String> {
    let (scheme, rest) = text.split_once("://").ok_or(codes::URL_SCHEME)?;
    let scheme = scheme.to_ascii_lowercase();
    if !schemes.contains(&scheme.as_str()) {
        return Err(codes::URL_SCHEME);
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).ok_or(codes::URL_HOST)?;
    if authority.contains('@') {
        return Err(codes::URL_USERINFO);
    }
    let (name, port) = authority.split_once(':').map_or((authority, None), |(name, port)| (name, Some(port)));
    let host = host::normalized(name).ok_or(codes::URL_HOST)?;
    let mut url = format!("{scheme}://{host}");
    if let Some(port) = port.map(port_number).transpose()?
        && Some(port) != default_port(&scheme)
    {
        let _ = write!(url, ":{port}");
    }
    encode(tail, &mut url)?;
    Ok(url)
}

fn port_number(text: &str) -> Result<u16> {
    let plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(codes::URL_PORT)
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

/// Path, query and fragment: RFC 3986, 3.3 to 3.5.
fn encode(tail: &str, url: &mut String) -> Result<()> {
    let mut fragments = 0_u8;
    for (at, character) in tail.char_indices() {
        match character {
            '%' if !is_escape(tail, at) => return Err(codes::URL_CHARACTERS),
            '#' if fragments > 0 => return Err(codes::URL_CHARACTERS),
            '#' => fragments = 1,
            'a'..='z' | 'A'..='Z' | '0'..='9' | '%' => {}
            _ if "-._~!$&'()*+,;=:@/?[]".contains(character) => {}
            _ if character.is_ascii() || character.is_whitespace() => return Err(codes::URL_CHARACTERS),
            _ if character.is_control() => return Err(codes::CONTROL),
            _ => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(url, "%{byte:02X}");
                }
                continue;
            }
        }
        url.push(character);
    }
    Ok(())
}

fn is_escape(tail: &str, at: usize) -> bool {
    let mut bytes = tail.bytes().skip(at).skip(1).take(2).filter(u8::is_ascii_hexdigit);
    bytes.next().is_some() && bytes.next().is_some()
}
