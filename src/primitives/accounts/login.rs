//! The one form of a login, as `zenoo_security/accounts.py` has it: trimmed, case-folded, in NFC.

use crate::primitives::Result;
use crate::primitives::casefold::with_folded;
use crate::primitives::validate::codes;

/// The longest login in bytes.
pub const MAX_LOGIN_BYTES: usize = 1024;

/// The login, trimmed, if it can be one.
///
/// # Errors
/// `too_long`, `empty` or `control` of [`codes`].
pub fn check_login(login: &str) -> Result<&str> {
    if login.len() > MAX_LOGIN_BYTES {
        return Err(codes::TOO_LONG);
    }
    let trimmed = login.trim_matches(is_space);
    if trimmed.is_empty() {
        return Err(codes::EMPTY);
    }
    // Neither end that was trimmed can hold a NUL: it is no space.
    if memchr::memchr(0, trimmed.as_bytes()).is_some() { Err(codes::CONTROL) } else { Ok(trimmed) }
}

/// What Python's `str.strip()` takes away: Unicode's white space, and the four separators of ASCII.
fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// What `hash` makes of the canonical login; no copy of it stays behind.
pub(super) fn canonical<T>(login: &str, hash: impl FnOnce(&[u8]) -> T) -> Result<T> {
    Ok(with_folded(&[], check_login(login)?, hash))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    fn of(login: &str) -> String {
        String::from_utf8(canonical(login, <[u8]>::to_vec).unwrap()).unwrap()
    }

    #[test]
    fn forms_of_one_login_meet() {
        for (login, expected) in [
            ("\u{1f} Victim@Example.com\u{2003}", "victim@example.com"),
            ("STRASSE", "strasse"),
            ("Stra\u{df}e", "strasse"),
            ("E\u{301}", "\u{e9}"),
            ("\u{c9}", "\u{e9}"),
            ("\u{130}", "i\u{307}"),
        ] {
            assert_eq!(of(login), expected);
        }
        let long = "A\u{c9}".repeat(300);
        assert_eq!(of(&long), "a\u{e9}".repeat(300));
        assert_eq!(of(&"X".repeat(1024)), "x".repeat(1024));
    }
}
