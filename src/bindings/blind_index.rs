//! `BlindIndex`: equal values can be found while they are encrypted.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::contexts::Recent;
use super::keyring::KeyRing;
use super::places::Place;
use super::values::{Carried, in_words};
use crate::primitives::blind_index::{self, Normalizer};
use crate::primitives::hmac_sha256::HmacSha256;

/// Computes blind indexes with the index key of a ring.
#[pyclass(frozen, module = "zenoo_security")]
pub(super) struct BlindIndex {
    index: blind_index::BlindIndex,
    recent: Recent<HmacSha256>,
}

impl BlindIndex {
    fn key(&self, context: &Bound<'_, PyAny>) -> PyResult<Arc<HmacSha256>> {
        self.recent.get(context, |context| self.index.key(context))
    }

    fn text<'py>(&self, key: &HmacSha256, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        let (py, carried) = (value.py(), Carried::new(value)?);
        let plain = carried.value()?;
        let text = super::fields::detached(py, plain.len(), || self.index.compute(key, &plain));
        match &text {
            Ok(text) => Ok(PyString::new(py, text.as_str())),
            Err(error) => Err(in_words(py, *error)),
        }
    }
}

#[pymethods]
impl BlindIndex {
    /// An index of the first `length` bytes (8 to 32) of the HMAC of the normalized value.
    #[new]
    #[pyo3(signature = (key_ring, *, normalizer="exact", length=16))]
    fn new(key_ring: &Bound<'_, KeyRing>, normalizer: &str, length: usize) -> PyResult<Self> {
        let ring = Arc::clone(&key_ring.get().0);
        let index = blind_index::BlindIndex::new(ring, Normalizer::from_name(normalizer)?, length)?;
        Ok(Self { index, recent: Recent::new() })
    }

    /// The index of a value: `zi1.` and base64url. `InvalidInput` when the normalizer does not take the value.
    #[pyo3(signature = (value, *, context))]
    fn compute<'py>(&self, value: &Bound<'py, PyAny>, context: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        self.text(&*self.key(context)?, value)
    }

    /// The indexes of many values.
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
