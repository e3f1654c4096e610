//! PBKDF2 (RFC 8018) in passlib's `$pbkdf2-sha256$` and `$pbkdf2-sha512$`, which Odoo stores: verified, never made.
//!
//! The form is `rounds$salt$tag`: rounds without leading zeros, salt and tag in passlib's "adapted" base64, which is the
//! standard one without padding and with `.` for `+`.

use ::pbkdf2::pbkdf2_hmac_array;
use base64ct::Base64Pbkdf2;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{parse, pbkdf2_sha512};
use crate::primitives::{Error, Result, secret};

/// The highest number of rounds that is verified: about 2 seconds on one core of 2026. Odoo 19 writes 600,000.
const MAX_ROUNDS: u32 = 4_000_000;
/// passlib's own limit.
const MAX_SALT_LEN: usize = 1024;

#[derive(Debug, Clone, Copy)]
pub(super) enum Digest {
    Sha256,
    Sha512,
}

impl Digest {
    const fn output_len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

pub(super) struct Pbkdf2Hash {
    digest: Digest,
    rounds: u32,
    salt: Vec<u8>,
    tag: Vec<u8>,
}

impl Pbkdf2Hash {
    /// Reads what follows `$pbkdf2-sha512$`.
    pub(super) fn parse(digest: Digest, rest: &str) -> Result<Self> {
        let [rounds, salt, tag] = parse::fields(rest, '$')?;
        let hash = Self {
            digest,
            rounds: parse::decimal(rounds)?,
            salt: parse::base64::<Base64Pbkdf2>(salt)?,
            tag: parse::base64::<Base64Pbkdf2>(tag)?,
        };
        if hash.rounds == 0 || hash.salt.len() > MAX_SALT_LEN || hash.tag.len() != digest.output_len() {
            return Err(Error::HashMalformed);
        }
        if hash.rounds > MAX_ROUNDS {
            return Err(Error::HashCost);
        }
        Ok(hash)
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        match self.digest {
            Digest::Sha256 => {
                let tag = Zeroizing::new(pbkdf2_hmac_array::<Sha256, 32>(password, &self.salt, self.rounds));
                secret::eq(&self.tag, tag.as_slice())
            }
            Digest::Sha512 => {
                let tag = pbkdf2_sha512::derive(password, &self.salt, self.rounds);
                secret::eq(&self.tag, tag.as_slice())
            }
        }
    }
}
