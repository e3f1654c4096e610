//! E-mail addresses: what is accepted is a normal form within the limits of RFC 5321.

use std::borrow::Cow;

use zenoo_security::primitives::validate::{email, host, scripts};

/// Reads the bytes as an address.
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match email::parse(&text) {
        Ok(address) => {
            assert!(matches!(address, Cow::Owned(_)) || address == text.trim_matches(' '));
            assert_accepted(&address);
        }
        Err(error) => super::assert_documented(error),
    }
}

fn assert_accepted(address: &str) {
    assert_eq!(email::parse(address).as_deref(), Ok(address));
    let (local, domain) = address.rsplit_once('@').unwrap();
    assert!(address.len() <= 254 && (1..=64).contains(&local.len()));
    let separates = |character: char| character.is_control() || character.is_whitespace();
    assert!(!address.contains(separates) && !local.contains(|character| "@\"(),:;<>[\\]".contains(character)));
    assert_host(domain);
}

/// A host that is part of a normal form is in its own.
pub(super) fn assert_host(name: &str) {
    assert_eq!(host::parse(name), Ok(Cow::Borrowed(name)));
    assert!(name.is_ascii() && name.len() <= 253 && name.contains('.'));
    assert!(!name.bytes().any(|byte| byte.is_ascii_uppercase()));
    assert!(name.split('.').all(|label| (1..=63).contains(&label.len())));
    assert!(scripts::looks_alike(name).is_ok());
}
