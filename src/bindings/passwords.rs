//! `zenoo_security.passwords`: convert, detach, call, map.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::hashing::HashingBudget;
use super::input::{number, text};
use crate::primitives::passwords::{Parameters, Scheme, StoredHash, argon2id};
use crate::primitives::{Error, Result};

/// Hash a password with argon2id (RFC 9106) and a fresh salt of 16 bytes, to a PHC string with a tag of 32 bytes.
/// Raises `ParameterError`, `PasswordTooLong`, `InvalidInput`, `HashCostExceeded`, `HashingBusy` and `RandomnessError`.
#[pyfunction]
#[pyo3(signature = (password, *, costs, budget))]
pub(super) fn hash_password(
    py: Python<'_>,
    password: &Bound<'_, PyAny>,
    costs: &Bound<'_, PyAny>,
    budget: &Bound<'_, HashingBudget>,
) -> Result<String> {
    let (password, budget) = (exact_bytes(password)?, budget.get().get());
    let parameters = parameters(costs)?;
    py.detach(|| argon2id::hash(password, &parameters, budget))
}

/// Whether the password belongs to the stored hash: argon2 (RFC 9106), bcrypt or PBKDF2 (RFC 8018).
/// Raises `PasswordTooLong`, `InvalidInput`, `MalformedHash`, `UnsupportedHash`, `HashCostExceeded` and `HashingBusy`.
#[pyfunction]
#[pyo3(signature = (password, stored_hash, *, budget))]
pub(super) fn verify_password(
    py: Python<'_>,
    password: &Bound<'_, PyAny>,
    stored_hash: &Bound<'_, PyAny>,
    budget: &Bound<'_, HashingBudget>,
) -> Result<bool> {
    let (password, budget) = (exact_bytes(password)?, budget.get().get());
    let stored_hash = StoredHash::parse(hash_text(stored_hash)?)?;
    py.detach(|| stored_hash.verify(password, budget))
}

/// The name of the scheme that the prefix of a stored hash names. Raises `MalformedHash` and `UnsupportedHash`.
#[pyfunction]
pub(super) fn password_scheme(stored_hash: &Bound<'_, PyAny>) -> Result<&'static str> {
    Scheme::recognize(hash_text(stored_hash)?).map(|(scheme, _)| scheme.name())
}

/// Whether a hash made now with these costs would have another scheme, version, cost or length.
/// Raises `ParameterError`, `MalformedHash`, `UnsupportedHash` and `HashCostExceeded`.
#[pyfunction]
#[pyo3(signature = (stored_hash, *, costs))]
pub(super) fn password_needs_rehash(stored_hash: &Bound<'_, PyAny>, costs: &Bound<'_, PyAny>) -> Result<bool> {
    let parameters = parameters(costs)?;
    Ok(StoredHash::parse(hash_text(stored_hash)?)?.needs_rehash(&parameters))
}

/// A well-formed argon2id hash that no password matches: to verify against it takes as long as against a real one.
/// Raises `ParameterError` and `RandomnessError`.
#[pyfunction]
#[pyo3(signature = (*, costs))]
pub(super) fn unmatchable_password_hash(costs: &Bound<'_, PyAny>) -> Result<String> {
    argon2id::unmatchable_hash(&parameters(costs)?)
}

/// The costs of argon2: memory in KiB, passes, lanes.
fn parameters(costs: &Bound<'_, PyAny>) -> Result<Parameters> {
    let (memory_kib, passes, lanes) = number(costs, "costs must be three whole numbers from 1 to 4294967295")?;
    Parameters::new(memory_kib, passes, lanes)
}

/// The bytes of a `bytes`, or of a `str` in UTF-8, without a copy.
fn exact_bytes<'a>(password: &'a Bound<'_, PyAny>) -> Result<&'a [u8]> {
    match password.cast::<PyBytes>() {
        Ok(bytes) => Ok(bytes.as_bytes()),
        Err(_) => text(password).map(str::as_bytes),
    }
}

/// A stored hash. Whatever else a database column held (`None` for a user without a password) is no hash.
fn hash_text<'a>(stored_hash: &'a Bound<'_, PyAny>) -> Result<&'a str> {
    let hash_text = stored_hash.cast::<PyString>().map_err(|_| Error::HashMalformed)?;
    hash_text.to_str().map_err(|_| Error::HashMalformed)
}
