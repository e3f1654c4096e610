//! Python values to and from typed plaintexts.

mod from_python;
mod to_python;

pub(super) use from_python::Carried;
pub(super) use to_python::to_python;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict, PyType};

use crate::primitives::Error;

pyo3::import_exception!(zenoo_security.errors, InvalidInput);

/// `InvalidInput` with the text of a code.
pub(super) fn invalid(py: Python<'_>, code: &'static str) -> PyErr {
    let text = match code {
        "unsupported_type" => {
            "a value must be str, bytes, int, float, bool, None, date, datetime or Decimal to be encrypted or indexed"
        }
        "not_a_dict" => "a record must be a dict",
        "surrogates" => "the text holds lone surrogates, which UTF-8 cannot write",
        "not_text" => "this normalizer takes text only",
        "no_digits" => "the text holds no digits, so it cannot be found by them",
        "not_an_email" => "the text is not an e-mail address",
        _ => "the value is not valid",
    };
    let exception = || {
        let code = [("code", code)].into_py_dict(py)?;
        py.get_type::<InvalidInput>().call((text,), Some(&code))
    };
    exception().map_or_else(|error| error, PyErr::from_value)
}

/// An error of a primitive, with `InvalidInput` in words.
pub(super) fn in_words(py: Python<'_>, error: Error) -> PyErr {
    match error {
        Error::Invalid(code) => invalid(py, code),
        other => other.into(),
    }
}

/// The keyword argument `signed=True`.
fn signed(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    [("signed", true)].into_py_dict(py)
}

fn decimal(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}
