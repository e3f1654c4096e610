//! `AuditKey`, `audit_event` and `audit_line`: the tags of an audit file, and the lines in it.

mod event;
mod fields;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

pub(super) use event::audit_event;

use super::keyring::KeyRing;
use crate::primitives::audit::{AuditKeys, Line, TAG_BYTES};
use crate::primitives::{Error, Result};

/// Tags the lines of an audit file: HMAC-SHA256 under keys that are derived from those of a ring.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(super) struct AuditKey(AuditKeys);

#[pymethods]
impl AuditKey {
    /// Derives a key from each key of the ring that is not retired.
    #[new]
    fn new(key_ring: &Bound<'_, KeyRing>) -> Result<Self> {
        AuditKeys::new(&key_ring.get().0).map(Self)
    }

    /// The id of the key that new lines are tagged with.
    #[getter]
    fn key_id(&self) -> u32 {
        self.0.primary_id()
    }

    /// The tag of a line after the one that has the tag `previous`. Raises `ParameterError` and `KeyRingError`.
    #[pyo3(signature = (previous, line, *, key_id=None))]
    fn tag<'py>(
        &self,
        py: Python<'py>,
        previous: &[u8],
        line: &[u8],
        key_id: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyBytes>> {
        let previous: &[u8; TAG_BYTES] = previous.try_into().map_err(|_| Error::Parameter("a tag has 32 bytes"))?;
        let key_id = key_id.map_or(Some(self.0.primary_id()), |id| id.extract().ok());
        let tag = key_id.and_then(|id| self.0.tag(id, previous, line));
        let tag = tag.ok_or(Error::KeyRing("the key ring has no key of this id that is not retired"))?;
        Ok(PyBytes::new(py, &tag))
    }
}

/// One line of JSON in printable ASCII, without a line feed: the time, and the fields that are not `None`.
#[pyfunction]
#[pyo3(signature = (fields, *, now=None))]
pub(super) fn audit_line<'py>(fields: &Bound<'py, PyDict>, now: Option<f64>) -> Bound<'py, PyBytes> {
    let mut line = Line::new();
    line.raw("{");
    if let Some(now) = now {
        line.raw("\"@timestamp\":");
        line.moment(now);
    }
    fields::write(&mut line, fields);
    line.raw("}");
    PyBytes::new(fields.py(), line.as_bytes())
}
