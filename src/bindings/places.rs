//! Where a value stands in its batch, for the text of an exception.

use core::fmt;

use pyo3::prelude::*;
use pyo3::types::PyString;

/// Where a value stands in its batch.
#[derive(Clone, Copy)]
pub(super) struct Place<'a, 'py> {
    pub(super) row: usize,
    pub(super) field: Option<&'a Bound<'py, PyString>>,
}

impl fmt::Display for Place<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "row {}, field {field}", self.row),
            None => write!(f, "position {}", self.row),
        }
    }
}

impl Place<'_, '_> {
    /// Puts the place before the text of an exception. The value itself is never in it.
    pub(super) fn locate(&self, py: Python<'_>, error: PyErr) -> PyErr {
        let exception = error.value(py);
        let located = exception.setattr("args", (format!("{self}: {exception}"),)).and_then(|()| match self.field {
            Some(field) if exception.hasattr("field")? => exception.setattr("field", field),
            _ => Ok(()),
        });
        located.err().unwrap_or(error)
    }
}
