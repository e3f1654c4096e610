//! argon2id (RFC 9106): new password hashes, as PHC strings.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::phc::Argon2Hash;
use super::{Budget, check_length, lanes};
use crate::primitives::{Error, Result, random};

/// 128 bits, as RFC 9106, section 3.1 recommends.
pub(super) const SALT_LEN: usize = 16;
/// 256 bits, as in both choices of RFC 9106, section 4.
pub(super) const TAG_LEN: usize = 32;

/// The cap on memory times passes, in KiB: 4 GiB, about 2 seconds on one core of 2026. RFC 9106's first choice (2 GiB
/// once) and libsodium's most costly one (1 GiB four times) are within it.
const MAX_WORK_KIB: u64 = 4 * 1024 * 1024;
const MAX_LANES: u32 = 64;

/// The costs of argon2, in the words of RFC 9106, section 3.1: within what the RFC allows and what the caps afford.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Parameters {
    /// The costs for new hashes.
    ///
    /// # Errors
    /// [`Error::Parameter`] when one is out of range.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self> {
        let parameters = Self { memory_kib, passes, lanes };
        if lanes == 0 || lanes > MAX_LANES {
            return Err(Error::Parameter("lanes must be from 1 to 64"));
        }
        if passes == 0 || !parameters.has_room() {
            return Err(Error::Parameter("passes must be at least 1, and memory_kib at least 8 times lanes"));
        }
        if !parameters.is_affordable() {
            return Err(Error::Parameter("memory_kib times passes must be at most 4194304 (4 GiB)"));
        }
        Ok(parameters)
    }

    /// The costs that a stored hash names.
    pub(super) const fn stored(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self> {
        let parameters = Self { memory_kib, passes, lanes };
        if passes == 0 || lanes == 0 || !parameters.has_room() {
            return Err(Error::HashMalformed);
        }
        if !parameters.is_affordable() {
            return Err(Error::HashCost);
        }
        Ok(parameters)
    }

    /// Memory, in KiB.
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub const fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes, which can be filled in parallel.
    pub const fn lanes(&self) -> u32 {
        self.lanes
    }

    const fn has_room(self) -> bool {
        self.memory_kib >= self.lanes.saturating_mul(8)
    }

    const fn is_affordable(self) -> bool {
        let work = (self.memory_kib as u64).saturating_mul(self.passes as u64);
        self.lanes <= MAX_LANES && work <= MAX_WORK_KIB
    }
}

/// Hashes a password with a fresh salt, to a PHC string.
///
/// # Errors
/// [`Error::PasswordTooLong`]; [`Error::HashCost`] when the parameters need more than the whole budget;
/// [`Error::HashingBusy`] when it stays in use; [`Error::Randomness`].
pub fn hash(password: &[u8], parameters: &Parameters, budget: &Budget) -> Result<String> {
    check_length(password)?;
    let mut hash = with_fresh_salt(parameters)?;
    hash.tag = hash.recompute(password, budget)?.to_vec();
    Ok(hash.to_string())
}

/// A well-formed hash with these costs that no password matches, for users that do not exist: to verify against it
/// is the work of a real one.
///
/// # Errors
/// [`Error::Randomness`].
pub fn unmatchable_hash(parameters: &Parameters) -> Result<String> {
    let mut hash = with_fresh_salt(parameters)?;
    random::fill(&mut hash.tag)?;
    Ok(hash.to_string())
}

fn with_fresh_salt(parameters: &Parameters) -> Result<Argon2Hash> {
    Ok(Argon2Hash {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        parameters: *parameters,
        salt: random::bytes::<SALT_LEN>()?.to_vec(),
        tag: vec![0; TAG_LEN],
    })
}

/// The tag of `length` bytes, computed in memory of the budget, with the lanes in parallel.
pub(in crate::primitives) fn tag(
    context: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    length: usize,
    budget: &Budget,
) -> Result<Zeroizing<Vec<u8>>> {
    let lanes = usize::try_from(context.params().p_cost()).unwrap_or(usize::MAX);
    let mut tag = Zeroizing::new(vec![0; length]);
    let mut memory = budget.claim(context.params().block_count())?;
    lanes::run(lanes.min(budget.cores()), || {
        let outcome = context.hash_password_into_with_memory(password, salt, &mut tag, memory.blocks());
        memory.wipe_in_parallel();
        outcome
    })?
    .map_err(|_| Error::HashMalformed)?;
    Ok(tag)
}

/// The crate's form of the costs.
pub(super) fn context<'a>(algorithm: Algorithm, version: Version, parameters: &Parameters) -> Result<Argon2<'a>> {
    let Parameters { memory_kib, passes, lanes } = *parameters;
    let params = Params::new(memory_kib, passes, lanes, None).map_err(|_| Error::HashMalformed)?;
    Ok(Argon2::new(algorithm, version, params))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use argon2::{AssociatedData, ParamsBuilder};
    use data_encoding::HEXLOWER;
    use serde_json::Value;

    use super::{Algorithm, Argon2, Budget, Version, tag};

    /// RFC 9106, section 5, and its like for version 1.0, with a secret and associated data that PHC strings lack.
    #[test]
    fn known_answers() {
        let budget = Budget::new(64, Duration::ZERO, 2);
        let file: Value = serde_json::from_str(include_str!("../../../tests/vectors/passwords.json")).unwrap();
        for vector in file["argon2"].as_array().unwrap() {
            let bytes = |name: &str| HEXLOWER.decode(vector[name].as_str().unwrap().as_bytes()).unwrap();
            let number = |name: &str| u32::try_from(vector[name].as_u64().unwrap()).unwrap();
            let params = ParamsBuilder::new()
                .m_cost(number("memory_kib"))
                .t_cost(number("passes"))
                .p_cost(number("lanes"))
                .data(AssociatedData::new(&bytes("data")).unwrap())
                .build()
                .unwrap();
            let algorithm = Algorithm::new(vector["algorithm"].as_str().unwrap()).unwrap();
            let version = Version::try_from(number("version")).unwrap();
            let secret = bytes("secret");
            let context = Argon2::new_with_secret(&secret, algorithm, version, params).unwrap();
            let computed = tag(&context, &bytes("password"), &bytes("salt"), 32, &budget).unwrap();
            assert_eq!(*computed, bytes("tag"), "{vector}");
        }
    }
}
