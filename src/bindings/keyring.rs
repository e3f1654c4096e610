//! `KeyRing`: the ring as Python sees it. What it shows of itself are ids and states.

mod costs;

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use self::costs::{Cost, stretch};
use super::input::text;
use crate::primitives::keyring::{self, KeyEncryptionKey, State, passphrase};
use crate::primitives::{Error, Result};

/// Root keys with ids and states, and the root key of blind indexes. Frozen: changing a ring gives a new one.
#[pyclass(frozen, module = "zenoo_security")]
pub(crate) struct KeyRing(pub(crate) Arc<keyring::KeyRing>);

impl From<keyring::KeyRing> for KeyRing {
    fn from(ring: keyring::KeyRing) -> Self {
        Self(Arc::new(ring))
    }
}

/// `created`, or today's date in UTC.
fn day(py: Python<'_>, created: Option<String>) -> PyResult<String> {
    created.map_or_else(
        || {
            let datetime = py.import("datetime")?;
            let utc = datetime.getattr("timezone")?.getattr("utc")?;
            let now = datetime.getattr("datetime")?.call_method1("now", (utc,))?;
            now.call_method0("date")?.call_method0("isoformat")?.extract()
        },
        Ok,
    )
}

/// The id of a key. What cannot be one is no key of the ring.
fn id(key_id: &Bound<'_, PyAny>) -> Result<u32> {
    key_id.extract().map_err(|_| Error::KeyRing("the key ring has no key of this id"))
}

/// The text of a document, from a str or from UTF-8 bytes.
fn document<'a>(text: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    let text = match text.cast::<PyBytes>() {
        Ok(bytes) => core::str::from_utf8(bytes.as_bytes()).ok(),
        Err(_) => text.cast::<PyString>()?.to_str().ok(),
    };
    Ok(text.ok_or(Error::KeyRing("this is not UTF-8 text, so not a key ring"))?)
}

#[pymethods]
impl KeyRing {
    /// A ring with one fresh primary key and a fresh index key, from the operating system.
    /// Raises `ParameterError` and `RandomnessError`.
    #[staticmethod]
    #[pyo3(signature = (*, created=None))]
    fn generate(py: Python<'_>, created: Option<String>) -> PyResult<Self> {
        Ok(keyring::KeyRing::generate(&day(py, created)?)?.into())
    }

    /// Reads the JSON document of docs/formats.md; `KeyRingError` says what is wrong with it.
    #[staticmethod]
    fn from_json(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(keyring::KeyRing::from_json(document(text)?)?.into())
    }

    /// Reads the wrapped document of docs/formats.md with the 32 bytes of its key-encryption key.
    /// Raises `KeyRingError` and `ParameterError`.
    #[staticmethod]
    fn unwrap(text: &Bound<'_, PyAny>, kek: &[u8]) -> PyResult<Self> {
        Ok(keyring::KeyRing::unwrap(document(text)?, &KeyEncryptionKey::new(kek)?)?.into())
    }

    /// The id that a ring wrapped under these 32 bytes names, which is not secret. Raises `ParameterError`.
    #[staticmethod]
    fn kek_id(kek: &[u8]) -> PyResult<String> {
        Ok(KeyEncryptionKey::new(kek)?.id().to_owned())
    }

    /// The ring that a passphrase of at least 15 characters and a salt of at least 16 bytes always give.
    /// Raises `ParameterError` and `InvalidInput`.
    #[staticmethod]
    #[pyo3(
        signature = (passphrase, salt, *, kdf="argon2id", memory_kib=Cost(65_536), passes=Cost(3), lanes=Cost(4),
                     rounds=Cost(600_000), created=None),
        text_signature = "(passphrase, salt, *, kdf='argon2id', memory_kib=65536, passes=3, lanes=4, rounds=600000, created=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn from_passphrase(
        py: Python<'_>,
        passphrase: &Bound<'_, PyAny>,
        salt: &[u8],
        kdf: &str,
        memory_kib: Cost,
        passes: Cost,
        lanes: Cost,
        rounds: Cost,
        created: Option<String>,
    ) -> PyResult<Self> {
        let (passphrase, created) = (text(passphrase)?, day(py, created)?);
        let stretch = stretch(kdf, memory_kib, passes, lanes, rounds)?;
        Ok(py.detach(|| passphrase::key_ring(passphrase, salt, stretch, &created))?.into())
    }

    /// The JSON document. **It holds the keys in the clear**, and a Python str cannot be wiped.
    fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(PyString::new(py, &self.0.to_json()?))
    }

    /// The wrapped document: the JSON document encrypted under the 32 bytes of a key-encryption key.
    /// Raises `ParameterError` and `RandomnessError`.
    fn wrap(&self, kek: &[u8]) -> PyResult<String> {
        Ok(self.0.wrap(&KeyEncryptionKey::new(kek)?)?)
    }

    /// The ring with one more fresh key that only decrypts: give it to every process, then `promote` the key.
    /// Raises `KeyRingError`.
    #[pyo3(signature = (*, created=None))]
    fn add(&self, py: Python<'_>, created: Option<String>) -> PyResult<Self> {
        Ok(self.0.add(&day(py, created)?)?.0.into())
    }

    /// The ring with this key as primary; the one that was primary only decrypts. Raises `KeyRingError`.
    fn promote(&self, key_id: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(self.0.promote(id(key_id)?)?.into())
    }

    /// The ring with a fresh primary key; the one that was primary only decrypts. Raises `KeyRingError`.
    #[pyo3(signature = (*, created=None))]
    fn rotate(&self, py: Python<'_>, created: Option<String>) -> PyResult<Self> {
        Ok(self.0.rotate(&day(py, created)?)?.into())
    }

    /// The ring with this key retired: what it encrypted can no longer be read. Raises `KeyRingError`.
    fn retire(&self, key_id: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(self.0.retire(id(key_id)?)?.into())
    }

    /// The id of the key that encrypts.
    #[getter]
    fn primary_id(&self) -> u32 {
        self.0.primary_id()
    }

    /// Key id -> `"primary"`, `"decrypt-only"` or `"retired"`.
    #[getter]
    fn states<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let states = PyDict::new(py);
        for key in self.0.keys() {
            states.set_item(key.id(), State::name(key.state()))?;
        }
        Ok(states)
    }

    /// Key id -> the day on which the key was made, `YYYY-MM-DD`.
    #[getter]
    fn created<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let days = PyDict::new(py);
        for key in self.0.keys() {
            days.set_item(key.id(), key.created())?;
        }
        Ok(days)
    }

    fn __repr__(&self) -> String {
        let keys = self.0.keys().iter().map(|key| format!("{}: {}", key.id(), key.state().name()));
        format!("<KeyRing {}>", keys.collect::<Vec<_>>().join(", "))
    }
}
