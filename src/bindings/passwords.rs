//! `zenoo_security.passwords`: convert, detach, call, map.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::hashing::HashingBudget;
use crate::primitives::passwords::{Parameters, Scheme, StoredHash, argon2id};
use crate::primitives::{Error, Result};

/// Hash a password with argon2id (RFC 9106) and a fresh salt of 16 bytes, to a PHC string with a tag of 32 bytes.
#[pyfunction]
#[pyo3(signature = (password, *, memory_kib, passes, lanes, budget))]
pub(crate) fn hash_password(
    py: Python<'_>,
    password: &Bound<'_, PyAny>,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    budget: &Bound<'_, HashingBudget>,
) -> PyResult<String> {
    let (password, budget) = (exact_bytes(password)?, budget.get().get());
    let parameters = Parameters::new(memory_kib, passes, lanes)?;
    Ok(py.detach(|| argon2id::hash(password, &parameters, budget))?)
}

/// Whether the password belongs to the stored hash.
#[pyfunction]
#[pyo3(signature = (password, hash, *, budget))]
pub(crate) fn verify_password(
    py: Python<'_>,
    password: &Bound<'_, PyAny>,
    hash: &Bound<'_, PyAny>,
    budget: &Bound<'_, HashingBudget>,
) -> PyResult<bool> {
    let (password, budget) = (exact_bytes(password)?, budget.get().get());
    let hash = StoredHash::parse(text(hash)?)?;
    Ok(py.detach(|| hash.verify(password, budget))?)
}

/// The name of the scheme that the prefix of a stored hash names.
#[pyfunction]
pub(crate) fn password_scheme(hash: &Bound<'_, PyAny>) -> Result<&'static str> {
    Scheme::recognize(text(hash)?).map(|(scheme, _)| scheme.name())
}

/// Whether a hash made now with these costs would have another scheme, version, cost or length.
#[pyfunction]
#[pyo3(signature = (hash, *, memory_kib, passes, lanes))]
pub(crate) fn password_needs_rehash(hash: &Bound<'_, PyAny>, memory_kib: u32, passes: u32, lanes: u32) -> Result<bool> {
    let parameters = Parameters::new(memory_kib, passes, lanes)?;
    Ok(StoredHash::parse(text(hash)?)?.needs_rehash(&parameters))
}

/// A well-formed argon2id hash that no password matches: to verify against it takes as long as against a real one.
#[pyfunction]
#[pyo3(signature = (*, memory_kib, passes, lanes))]
pub(crate) fn unmatchable_password_hash(memory_kib: u32, passes: u32, lanes: u32) -> Result<String> {
    argon2id::unmatchable_hash(&Parameters::new(memory_kib, passes, lanes)?)
}

/// The bytes of a `bytes`, or of a `str` in UTF-8, without a copy. The error has no cause: Python's would hold the text.
fn exact_bytes<'a>(password: &'a Bound<'_, PyAny>) -> Result<&'a [u8]> {
    if let Ok(text) = password.cast::<PyString>() {
        return text.to_str().map(str::as_bytes).map_err(|_| Error::Invalid("lone_surrogate"));
    }
    let bytes = password.cast::<PyBytes>().map_err(|_| Error::Invalid("not_text"))?;
    Ok(bytes.as_bytes())
}

/// A stored hash as text. Whatever else a database column held (`None` for a user without a password) is no hash.
fn text<'a>(hash: &'a Bound<'_, PyAny>) -> Result<&'a str> {
    let text = hash.cast::<PyString>().map_err(|_| Error::HashMalformed)?;
    text.to_str().map_err(|_| Error::HashMalformed)
}
