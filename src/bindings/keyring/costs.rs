//! What a key ring from a passphrase may cost.

use pyo3::prelude::*;

use crate::bindings::input::number;
use crate::primitives::keyring::passphrase;
use crate::primitives::{Error, Result};

pub(super) fn stretch(
    kdf: &str,
    memory_kib: Cost,
    passes: Cost,
    lanes: Cost,
    rounds: Cost,
) -> Result<passphrase::Stretch> {
    match kdf {
        "argon2id" => Ok(passphrase::Stretch::Argon2id { memory_kib: memory_kib.0, passes: passes.0, lanes: lanes.0 }),
        "pbkdf2-sha256" => Ok(passphrase::Stretch::Pbkdf2 { rounds: rounds.0 }),
        _ => Err(Error::Parameter("kdf must be argon2id or pbkdf2-sha256")),
    }
}

/// Kibibytes, passes, lanes or rounds.
pub(super) struct Cost(pub(super) u32);

impl<'py> FromPyObject<'_, 'py> for Cost {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(number(&value, "a cost must be a whole number from 1 to 4294967295")?))
    }
}
