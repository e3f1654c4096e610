//! argon2 hashes as strings, in the form of the reference implementation and of the PHC string format:
//! `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`.
//!
//! Parameters come in that order and once each. A hash without a version is of version 1.0, as the reference wrote it
//! first. `keyid` and `data`, which the format has dropped again, are not supported: they need a key that is not here.

use core::fmt;

use argon2::{Algorithm, Version};
use base64ct::{Base64Unpadded, Encoding};
use zeroize::Zeroizing;

use super::argon2id::{self, Parameters, SALT_LEN, TAG_LEN};
use super::{Budget, parse};
use crate::primitives::{Error, Result, secret};

/// RFC 9106, section 3.1 recommends 16 bytes and the crate takes 8 or more; 64 is the longest of the PHC string format.
const SALT_LENS: core::ops::RangeInclusive<usize> = 8..=64;
/// The PHC string format's range for argon2: a shorter tag could be guessed.
const TAG_LENS: core::ops::RangeInclusive<usize> = 12..=64;

pub(super) struct Argon2Hash {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) parameters: Parameters,
    pub(super) salt: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl Argon2Hash {
    /// Reads what follows `$argon2id$`.
    pub(super) fn parse(algorithm: Algorithm, rest: &str) -> Result<Self> {
        let (version, rest) = parse_version(rest)?;
        let [parameters, salt, tag] = parse::fields(rest, '$')?;
        let hash = Self {
            algorithm,
            version,
            parameters: parse_parameters(parameters)?,
            salt: parse::base64::<Base64Unpadded>(salt)?,
            tag: parse::base64::<Base64Unpadded>(tag)?,
        };
        if !SALT_LENS.contains(&hash.salt.len()) || !TAG_LENS.contains(&hash.tag.len()) {
            return Err(Error::HashMalformed);
        }
        Ok(hash)
    }

    pub(super) fn verify(&self, password: &[u8], budget: &Budget) -> Result<bool> {
        Ok(secret::eq(&self.tag, &self.recompute(password, budget)?))
    }

    /// The tag that this password would have.
    pub(super) fn recompute(&self, password: &[u8], budget: &Budget) -> Result<Zeroizing<Vec<u8>>> {
        let context = argon2id::context(self.algorithm, self.version, &self.parameters)?;
        argon2id::tag(&context, password, &self.salt, self.tag.len(), budget)
    }

    /// Whether a new hash with these parameters would look like this one.
    pub(super) fn is_as_made_with(&self, parameters: &Parameters) -> bool {
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.parameters == *parameters
            && self.salt.len() == SALT_LEN
            && self.tag.len() == TAG_LEN
    }
}

fn parse_version(rest: &str) -> Result<(Version, &str)> {
    let Some(after) = rest.strip_prefix("v=") else {
        return Ok((Version::V0x10, rest));
    };
    let (number, rest) = after.split_once('$').ok_or(Error::HashMalformed)?;
    let version = Version::try_from(parse::decimal(number)?).map_err(|_| Error::HashUnsupported)?;
    Ok((version, rest))
}

fn parse_parameters(text: &str) -> Result<Parameters> {
    if text.contains(",keyid=") || text.contains(",data=") {
        return Err(Error::HashUnsupported);
    }
    let [memory_kib, passes, lanes] = parse::fields(text, ',')?;
    Parameters::stored(
        parse::named_decimal(memory_kib, "m")?,
        parse::named_decimal(passes, "t")?,
        parse::named_decimal(lanes, "p")?,
    )
}

impl fmt::Display for Argon2Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "${}$v={}$m={},t={},p={}${}${}",
            self.algorithm.as_str(),
            u32::from(self.version),
            self.parameters.memory_kib(),
            self.parameters.passes(),
            self.parameters.lanes(),
            Base64Unpadded::encode_string(&self.salt),
            Base64Unpadded::encode_string(&self.tag),
        )
    }
}
