//! `BlindIndex`: equal values can be found while they are encrypted.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::contexts::Recent;
use super::input::number;
use super::keyring::KeyRing;
use super::places::Place;
use super::values::Carried;
use crate::primitives::blind_index::{self, IndexKey, Normalizer};

/// Computes blind indexes: HMAC-SHA256 (RFC 2104, docs/formats.md). `length`: bytes, 8 to 32. Raises `ParameterError`.
#[pyclass(frozen, module = "zenoo_security")]
pub(super) struct BlindIndex {
    index: blind_index::BlindIndex,
    recent: Recent<IndexKey>,
}

impl BlindIndex {
    fn key(&self, context: &Bound<'_, PyAny>) -> PyResult<Arc<IndexKey>> {
        self.recent.get(context, |context| self.index.key(context))
    }

    fn text<'py>(&self, key: &IndexKey, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        let (py, carried) = (value.py(), Carried::new(value)?);
        let plain = carried.value()?;
        let text = super::fields::detached(py, plain.len(), || self.index.compute(key, &plain))?;
        Ok(PyString::new(py, text.as_str()))
    }
}

#[pymethods]
impl BlindIndex {
    /// An index of the first `length` bytes (8 to 32) of the HMAC of the normalized value.
    #[new]
    #[pyo3(
        signature = (key_ring, *, normalizer="exact", length=None),
        text_signature = "(key_ring, *, normalizer='exact', length=16)"
    )]
    fn new(key_ring: &Bound<'_, KeyRing>, normalizer: &str, length: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        let length = length.map_or(Ok(16), |length| number(&length, blind_index::LENGTH))?;
        let ring = Arc::clone(&key_ring.get().0);
        let index = blind_index::BlindIndex::new(ring, Normalizer::from_name(normalizer)?, length)?;
        Ok(Self { index, recent: Recent::new() })
    }

    /// The index of a value: `zi1.` and base64url. `InvalidInput` when the normalizer does not take the value.
    /// Raises `InputTooLarge` and `ParameterError`.
    #[pyo3(signature = (value, *, context))]
    fn compute<'py>(&self, value: &Bound<'py, PyAny>, context: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        self.text(&*self.key(context)?, value)
    }

    /// The indexes of many values. Raises `InvalidInput` and `InputTooLarge`.
    #[pyo3(signature = (values, *, context))]
    fn compute_many<'py>(
        &self,
        values: &Bound<'py, PyAny>,
        context: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let key = self.key(context)?;
        let mut texts = Vec::new();
        for (position, value) in values.try_iter()?.enumerate() {
            let place = Place { row: position, field: None };
            texts.push(self.text(&key, &value?).map_err(|error| place.locate(values.py(), error))?);
        }
        PyList::new(values.py(), texts)
    }
}
