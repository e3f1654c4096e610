//! `FieldCipher`: one value or many, with the GIL released above 2 KiB.

mod batches;
mod lists;
mod opened;
mod records;
mod undecryptable;

pub(super) use undecryptable::Undecryptable;

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyMapping, PyString};
use zeroize::Zeroizing;

use super::contexts::Recent;
use super::input::number;
use super::keyring::KeyRing;
use super::values::{Carried, to_python};
use crate::primitives::fields::{self, FieldKeys, Value};
use crate::primitives::{Error, Result};

/// Above so many bytes the GIL is released for one value.
const DETACH_BYTES: usize = 2048;

/// Encrypts and decrypts field values: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, docs/formats.md).
/// `padding`: bytes, 2 to 65535. Raises `ParameterError`.
#[pyclass(frozen, module = "zenoo_security")]
pub(super) struct FieldCipher {
    cipher: fields::FieldCipher,
    recent: Recent<FieldKeys>,
}

impl FieldCipher {
    fn keys(&self, context: &Bound<'_, PyAny>) -> PyResult<Arc<FieldKeys>> {
        self.recent.get(context, |context| self.cipher.keys(context))
    }
}

/// Runs `work` with the GIL released when there is much to do.
pub(super) fn detached<T: Send>(py: Python<'_>, bytes: usize, work: impl FnOnce() -> T + Send) -> T {
    if bytes > DETACH_BYTES { py.detach(work) } else { work() }
}

#[pymethods]
impl FieldCipher {
    /// A cipher with the keys of a ring; plaintexts are padded to a multiple of `padding` bytes.
    #[new]
    #[pyo3(signature = (key_ring, *, padding=None))]
    fn new(key_ring: &Bound<'_, KeyRing>, padding: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        let padding = padding.map(|padding| number(&padding, fields::PADDING)).transpose()?;
        let cipher = fields::FieldCipher::new(Arc::clone(&key_ring.get().0), padding)?;
        Ok(Self { cipher, recent: Recent::new() })
    }

    /// The token of a value: `zs1.` and base64url. What is a token already is refused.
    /// Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
    #[pyo3(signature = (value, *, context))]
    fn encrypt(&self, value: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<String> {
        let (keys, carried) = (self.keys(context)?, Carried::new(value)?);
        let plain = carried.value()?;
        Ok(detached(value.py(), plain.len(), || self.cipher.encrypt(&keys, &plain))?)
    }

    /// The value of a token, with its type. Raises `DecryptionError` for every reason alike, and `ParameterError`.
    #[pyo3(signature = (token, *, context))]
    fn decrypt<'py>(&self, token: &Bound<'py, PyAny>, context: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (py, keys, text) = (token.py(), self.keys(context)?, token_text(token)?);
        let mut buffer = Zeroizing::new(Vec::new());
        let plaintext = detached(py, text.len(), || self.cipher.decrypt(&keys, text, &mut buffer))?;
        to_python(py, &Value::parse(plaintext)?)
    }

    /// The token of the same value under the primary key; the value does not reach Python. An `Undecryptable` where there
    /// is none. Raises `InvalidInput`, and `ParameterError`.
    #[pyo3(signature = (token, *, context))]
    fn rewrap<'py>(&self, token: &Bound<'py, PyAny>, context: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (py, keys) = (token.py(), self.keys(context)?);
        let text = token_text(token).unwrap_or_default();
        match detached(py, text.len(), || self.cipher.rewrap(&keys, text)) {
            Ok(token) => Ok(PyString::new(py, &token).into_any()),
            Err(Error::Decryption) => Ok(Bound::new(py, Undecryptable::of(self.cipher.ring(), text))?.into_any()),
            Err(error) => Err(error.into()),
        }
    }

    /// The tokens of the same values under the primary key; None where it is the primary one already, and for what `rewrap`
    /// marks or refuses.
    #[pyo3(signature = (tokens, *, context))]
    fn rewrap_many<'py>(
        &self,
        tokens: &Bound<'py, PyAny>,
        context: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        lists::rewrap(self, tokens, &*self.keys(context)?)
    }

    /// The tokens of many values. Raises `InvalidInput` and `InputTooLarge`.
    #[pyo3(signature = (values, *, context))]
    fn encrypt_many<'py>(
        &self,
        values: &Bound<'py, PyAny>,
        context: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        lists::encrypt(self, values, &*self.keys(context)?)
    }

    /// The values of many tokens; `on_error="mark"` puts an `Undecryptable` where one cannot be decrypted.
    /// Raises `DecryptionError`.
    #[pyo3(signature = (tokens, *, context, on_error="raise"))]
    fn decrypt_many<'py>(
        &self,
        tokens: &Bound<'py, PyAny>,
        context: &Bound<'py, PyAny>,
        on_error: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        lists::decrypt(self, tokens, &*self.keys(context)?, marks(on_error)?)
    }

    /// New rows in which the fields that `fields` names (name -> context) are encrypted.
    /// Raises `InvalidInput` and `InputTooLarge`.
    fn encrypt_records<'py>(
        &self,
        records: &Bound<'py, PyAny>,
        fields: &Bound<'py, PyMapping>,
    ) -> PyResult<Bound<'py, PyList>> {
        records::encrypt(self, records, fields)
    }

    /// New rows in which the fields that `fields` names (name -> context) are decrypted. Raises `DecryptionError`.
    #[pyo3(signature = (records, fields, *, on_error="raise"))]
    fn decrypt_records<'py>(
        &self,
        records: &Bound<'py, PyAny>,
        fields: &Bound<'py, PyMapping>,
        on_error: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        records::decrypt(self, records, fields, marks(on_error)?)
    }

    /// New rows in which each column that `columns` names (column -> (field, context)) is replaced by its field, and those
    /// of `drop` are left out; and the places of the `Undecryptable`s, as row and field. Raises `InvalidInput`.
    #[pyo3(signature = (records, columns, *, drop))]
    #[expect(clippy::type_complexity, reason = "what Python gets, written out")]
    fn open_records<'py>(
        &self,
        records: &Bound<'py, PyAny>,
        columns: &Bound<'py, PyMapping>,
        drop: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyList>, Vec<(usize, Bound<'py, PyString>)>)> {
        opened::open(self, records, columns, drop)
    }

    /// The key id of a token; `DecryptionError` when it is not a well-formed one.
    #[staticmethod]
    fn key_id(token: &Bound<'_, PyAny>) -> PyResult<u32> {
        Ok(fields::key_id(token_text(token)?)?)
    }

    /// Whether the value is a well-formed token, of whatever key. It says nothing of whether it can be decrypted.
    #[staticmethod]
    fn is_encrypted(value: &Bound<'_, PyAny>) -> bool {
        token_text(value).is_ok_and(fields::is_token)
    }
}

/// The text of a token; what is not even text cannot be decrypted.
fn token_text<'a>(token: &'a Bound<'_, PyAny>) -> Result<&'a str> {
    token.cast::<PyString>().ok().and_then(|text| text.to_str().ok()).ok_or(Error::Decryption)
}

/// Whether `on_error` asks for marks.
fn marks(on_error: &str) -> Result<bool> {
    match on_error {
        "raise" => Ok(false),
        "mark" => Ok(true),
        _ => Err(Error::Parameter("on_error must be raise or mark")),
    }
}
