//! Python values to and from typed plaintexts.

mod from_python;
mod to_python;

pub(super) use from_python::Carried;
pub(super) use to_python::to_python;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict, PyType};

/// The keyword argument `signed=True`.
fn signed(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    [("signed", true)].into_py_dict(py)
}

fn decimal(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}
