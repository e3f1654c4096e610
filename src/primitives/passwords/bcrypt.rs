//! bcrypt (Provos and Mazieres, 1999): verified, never made.
//!
//! bcrypt takes in 72 bytes. Older libraries cut longer passwords without a word; a longer one is refused here, see
//! `docs/decisions/`. The three prefixes name the same computation: what once told them apart were faults of other
//! implementations with passwords of more than 255 bytes or with bytes over 127.

use base64ct::Base64Bcrypt;
use zeroize::Zeroizing;

use super::parse;
use crate::primitives::{Error, Result, secret};

/// The highest cost that is verified, log2 of the rounds. It takes about 2 seconds on one core of 2026; each step doubles.
const MAX_COST: u32 = 15;
const MIN_COST: u32 = 4;
const SALT_CHARS: usize = 22;
const MAX_PASSWORD_LEN: usize = 72;

pub(super) struct BcryptHash {
    cost: u32,
    salt: [u8; 16],
    tag: [u8; 23],
}

impl BcryptHash {
    /// Reads what follows `$2b$`: a cost of two digits, 22 characters of salt and 31 of tag.
    pub(super) fn parse(rest: &str) -> Result<Self> {
        let [cost, body] = parse::fields(rest, '$')?;
        let (salt, tag) = body.split_at_checked(SALT_CHARS).ok_or(Error::HashMalformed)?;
        Ok(Self {
            cost: parse_cost(cost)?,
            salt: parse::base64_array::<Base64Bcrypt, 16>(salt)?,
            tag: parse::base64_array::<Base64Bcrypt, 23>(tag)?,
        })
    }

    pub(super) fn verify(&self, password: &[u8]) -> Result<bool> {
        if password.len() > MAX_PASSWORD_LEN {
            return Err(Error::PasswordTooLong);
        }
        let output = ::bcrypt::bcrypt(self.cost, self.salt, &terminated(password));
        // A NUL ended the password in the C libraries that made the hash: none of them can have hashed this one.
        let can_be = !password.contains(&0);
        let (tag, _last) = output.split_at(self.tag.len());
        Ok(secret::eq(&self.tag, tag) && can_be)
    }
}

fn parse_cost(text: &str) -> Result<u32> {
    let cost = match text.as_bytes() {
        [b'0', b'0'..=b'9'] => parse::decimal(text.trim_start_matches('0'))?,
        [b'1'..=b'9', b'0'..=b'9'] => parse::decimal(text)?,
        _ => return Err(Error::HashMalformed),
    };
    match cost {
        ..MIN_COST | 32.. => Err(Error::HashMalformed),
        cost if cost > MAX_COST => Err(Error::HashCost),
        cost => Ok(cost),
    }
}

/// The password with the NUL that ends it, as far as that fits in 72 bytes.
fn terminated(password: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(MAX_PASSWORD_LEN));
    key.extend_from_slice(password);
    if key.len() < MAX_PASSWORD_LEN {
        key.push(0);
    }
    key
}
