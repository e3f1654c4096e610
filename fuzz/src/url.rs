//! Web addresses: what is accepted is a normal form, in which a browser's parser finds the same scheme, host and port.

use std::borrow::Cow;

use ammonia::Url;
use zenoo_security::primitives::validate::url;

const SCHEMES: [&str; 5] = ["ftp", "http", "https", "ws", "wss"];

/// Reads the bytes as an address.
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match url::parse(&text, &SCHEMES) {
        Ok(address) => {
            assert!(matches!(address, Cow::Owned(_)) || address == text.trim_matches(' '));
            assert_accepted(&address);
        }
        Err(error) => super::assert_documented(error),
    }
}

fn assert_accepted(address: &str) {
    assert_eq!(url::parse(address, &SCHEMES).as_deref(), Ok(address));
    assert!(
        address.len() <= 2048 && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
    );
    let host = url::host_of(address);
    super::email::assert_host(host);
    let (scheme, rest) = address.split_once("://").unwrap();
    let browser = Url::parse(address).unwrap();
    assert_eq!((browser.scheme(), browser.host_str()), (scheme, Some(host)));
    assert_eq!((browser.username(), browser.password()), ("", None));
    assert_eq!(browser.port(), port_of(rest, host));
}

fn port_of(rest: &str, host: &str) -> Option<u16> {
    let after = rest.strip_prefix(host)?.strip_prefix(':')?;
    let end = after.find(|character: char| !character.is_ascii_digit()).unwrap_or(after.len());
    Some(after[..end].parse().unwrap())
}
