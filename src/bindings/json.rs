//! Python's door to JSON: text or bytes in, objects out.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyList, PyNone, PyString};

use super::error::invalid;
use super::input::{limit, optional_text};
use crate::primitives::Result;
use crate::primitives::json::{self, Limits, Node};
use crate::primitives::validate::codes;

/// One JSON document within limits. Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
#[pyfunction]
#[pyo3(signature = (source, *, max_bytes = 1_048_576, max_depth = 32, max_items = 10_000, max_keys = 5_000, field = None))]
pub(super) fn parse_json<'py>(
    source: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = limit)] max_bytes: usize,
    #[pyo3(from_py_with = limit)] max_depth: usize,
    #[pyo3(from_py_with = limit)] max_items: usize,
    #[pyo3(from_py_with = limit)] max_keys: usize,
    #[pyo3(from_py_with = optional_text)] field: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    let limits = Limits { bytes: max_bytes, depth: max_depth, items: max_items, keys: max_keys };
    let parsed = bytes_of(source, max_bytes).unwrap_or(Err(codes::TYPE)).and_then(|bytes| json::parse(bytes, limits));
    object(source.py(), &parsed.map_err(|error| invalid(source.py(), error, field))?)
}

/// The UTF-8 of a text or bytes; nothing of what is neither. A text of more characters than bytes are allowed is not
/// converted.
pub(super) fn bytes_of<'a>(source: &'a Bound<'_, PyAny>, max_bytes: usize) -> Option<Result<&'a [u8]>> {
    if let Ok(bytes) = source.cast::<PyBytes>() {
        return Some(Ok(bytes.as_bytes()));
    }
    let text = source.cast::<PyString>().ok()?;
    if text.len().is_ok_and(|length| length > max_bytes) {
        return Some(Err(codes::TOO_LONG));
    }
    Some(text.to_str().map(str::as_bytes).map_err(|_| codes::ENCODING))
}

fn object<'py>(py: Python<'py>, node: &Node<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match node {
        Node::Null => PyNone::get(py).to_owned().into_any(),
        Node::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Node::Int(value) => value.into_pyobject(py)?.into_any(),
        Node::Float(value) => PyFloat::new(py, *value).into_any(),
        Node::Text(text) => PyString::new(py, text).into_any(),
        Node::Array(items) => {
            let items = items.iter().map(|item| object(py, item)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any()
        }
        Node::Object(entries) => {
            let dict = PyDict::new(py);
            for (name, value) in entries {
                dict.set_item(name.as_ref(), object(py, value)?)?;
            }
            dict.into_any()
        }
    })
}
