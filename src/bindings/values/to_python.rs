//! Typed plaintexts to Python values.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDate, PyDateTime, PyFloat, PyInt, PyString, PyType};

use super::{decimal, signed};
use crate::primitives::Error;
use crate::primitives::fields::Value;

/// The Python value; `DecryptionError` when a date, time or decimal does not read as one.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    let read = |class: &Bound<'py, PyType>, method, text: &str| {
        class.call_method1(method, (text,)).map_err(|_| Error::Decryption.into())
    };
    match *value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(value) => Ok(PyBool::new(py, value).to_owned().into_any()),
        Value::Float(value) => Ok(PyFloat::new(py, value).into_any()),
        Value::Text(text) => Ok(PyString::new(py, text).into_any()),
        Value::Bytes(bytes) => Ok(PyBytes::new(py, bytes).into_any()),
        Value::Int(bytes) => {
            let arguments = (PyBytes::new(py, bytes), "big");
            py.get_type::<PyInt>().call_method("from_bytes", arguments, Some(&signed(py)?))
        }
        Value::Date(text) => read(&py.get_type::<PyDate>(), "fromisoformat", text),
        Value::DateTime(text) => read(&py.get_type::<PyDateTime>(), "fromisoformat", text),
        Value::Decimal(text) => decimal(py)?.call1((text,)).map_err(|_| Error::Decryption.into()),
    }
}
