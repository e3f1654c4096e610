//! The head of a response, looked through once for all controls.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::{pair, pairs};
use crate::primitives::web;

/// Sets of names of headers in lower case, one for each control.
/// Raises `ParameterError` when there are more than 32.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(in crate::bindings) struct Minded(web::Minded);

#[pymethods]
impl Minded {
    #[new]
    fn new(sets: Vec<Vec<Vec<u8>>>) -> PyResult<Self> {
        Ok(Self(web::Minded::new(sets)?))
    }

    /// Which sets the headers have a name of: 1 for the first, 2 for the next, and so on.
    fn look(&self, headers: &Bound<'_, PyList>) -> PyResult<u32> {
        let pairs = pairs(headers)?;
        Ok(self.0.look(pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()))))
    }
}

/// Whether a response with these headers would be split: a name is no token, or a value has a control character.
#[pyfunction]
pub(in crate::bindings) fn splits(headers: &Bound<'_, PyList>) -> PyResult<bool> {
    Ok(pairs(headers)?.iter().any(|(name, value)| web::is_hostile(name.as_bytes(), value.as_bytes())))
}

/// The headers of an application, with names in lower case.
#[pyfunction]
pub(in crate::bindings) fn lowered<'py>(headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let lowered = PyList::empty(headers.py());
    for header in headers.try_iter()? {
        let (name, value) = pair(&header?)?;
        let name = match name.as_bytes() {
            plain if !plain.iter().any(u8::is_ascii_uppercase) => name,
            mixed => PyBytes::new(headers.py(), &mixed.to_ascii_lowercase()),
        };
        lowered.append((name, value))?;
    }
    Ok(lowered)
}
