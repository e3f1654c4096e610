//! Typed plaintexts to Python values.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDate, PyDateTime, PyFloat, PyInt, PyString};

use super::from_python::decimal_text;
use super::{decimal, signed};
use crate::primitives::Error;
use crate::primitives::fields::Value;

/// The Python value; `DecryptionError` when a date, time or decimal is not written as `docs/formats.md` says.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value<'_>) -> PyResult<Bound<'py, PyAny>> {
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
        Value::Date(text) => canonical(text, &py.get_type::<PyDate>().getattr("fromisoformat")?, iso),
        Value::DateTime(text) => canonical(text, &py.get_type::<PyDateTime>().getattr("fromisoformat")?, iso),
        Value::Decimal(text) => canonical(text, decimal(py)?, decimal_text),
    }
}

/// What `read` makes of the text, which must be what `write` makes of that: Python reads more forms than one.
fn canonical<'py>(
    text: &str,
    read: &Bound<'py, PyAny>,
    write: impl Fn(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let value = read.call1((text,)).map_err(|_| Error::Decryption)?;
    if write(&value)?.eq(text)? { Ok(value) } else { Err(Error::Decryption.into()) }
}

fn iso<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    value.call_method0("isoformat")
}
