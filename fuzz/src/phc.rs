//! Stored password hashes: what is accepted has one spelling and a cost within the caps; what we print we read and verify.

use core::fmt::Write;
use core::time::Duration;
use std::sync::LazyLock;

use zenoo_security::primitives::Error;
use zenoo_security::primitives::passwords::{Budget, MAX_PASSWORD_LEN, Parameters, Scheme, StoredHash, argon2id};

/// Verifying costs microseconds, or is refused.
static BUDGET: LazyLock<Budget> = LazyLock::new(|| Budget::new(64, Duration::ZERO, 1));

/// Reads the bytes as a stored hash, and hashes them as a password.
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match StoredHash::parse(&text) {
        Ok(hash) => assert_accepted(&text, &hash),
        Err(error) => assert!(matches!(error, Error::HashMalformed | Error::HashUnsupported | Error::HashCost)),
    }
    if data.len() <= MAX_PASSWORD_LEN && data.first().is_some_and(|first| first % 8 == 0) {
        assert_printed_is_read(data);
    }
}

fn assert_accepted(text: &str, hash: &StoredHash) {
    assert!(text.is_ascii() && text.len() <= 1500);
    let (scheme, rest) = Scheme::recognize(text).unwrap();
    assert_eq!(scheme, hash.scheme());
    let fields: Vec<&str> = rest.split('$').collect();
    let rounds = match scheme {
        Scheme::Bcrypt => {
            assert!(("04"..="15").contains(&fields[0]) && fields[1].len() == 53);
            return;
        }
        Scheme::Pbkdf2Sha256 | Scheme::Pbkdf2Sha512 => pbkdf2_rounds(&fields),
        _ => argon2_work(&fields),
    };
    if rounds <= 64 {
        assert!(matches!(hash.verify(b"a password", &BUDGET), Ok(false) | Err(Error::HashCost)));
    }
}

fn pbkdf2_rounds(fields: &[&str]) -> u64 {
    let rounds: u64 = fields[0].parse().unwrap();
    assert_eq!(rounds.to_string(), fields[0]);
    assert!((1..=4_000_000).contains(&rounds) && fields.len() == 3);
    assert!(base64_bytes(fields[1]) <= 1024 && [32, 64].contains(&base64_bytes(fields[2])));
    rounds
}

/// Memory times passes; the parameters are those that the text spells, in its one way to spell them.
fn argon2_work(fields: &[&str]) -> u64 {
    let (version, rest) = fields.split_at(fields.len() - 3);
    assert!(version.is_empty() || version == ["v=16"] || version == ["v=19"]);
    let numbers: Vec<u64> = rest[0].split(',').map(|named| named[2..].parse().unwrap()).collect();
    let [memory_kib, passes, lanes] = numbers[..] else { panic!("three parameters") };
    let mut printed = String::new();
    write!(printed, "m={memory_kib},t={passes},p={lanes}").unwrap();
    assert_eq!(printed, rest[0]);
    assert!(
        (1..=64).contains(&lanes) && memory_kib >= 8 * lanes && (1..=4 * 1024 * 1024).contains(&(memory_kib * passes))
    );
    assert!((8..=64).contains(&base64_bytes(rest[1])) && (12..=64).contains(&base64_bytes(rest[2])));
    memory_kib * passes
}

/// How many bytes a text in base64 without padding stands for.
fn base64_bytes(text: &str) -> usize {
    text.len() * 3 / 4
}

/// A hash of the password is read and matches; with one character changed it does not.
fn assert_printed_is_read(password: &[u8]) {
    let choice = usize::from(*password.last().unwrap());
    let parameters = Parameters::new(8 + u32::from(password[0] % 3), 1, 1).unwrap();
    let text = argon2id::hash(password, &parameters, &BUDGET).unwrap();
    let hash = StoredHash::parse(&text).unwrap();
    assert_eq!((hash.verify(password, &BUDGET), hash.needs_rehash(&parameters)), (Ok(true), false));
    let mut changed = text.clone().into_bytes();
    let at = choice % changed.len();
    changed[at] = if changed[at] == b'9' { b'8' } else { b'9' };
    let changed = StoredHash::parse(str::from_utf8(&changed).unwrap());
    assert!(!matches!(changed.map(|hash| hash.verify(password, &BUDGET)), Ok(Ok(true))));
}
