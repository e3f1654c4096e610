//! Headers of WSGI, whose texts stand for bytes: each character is one (PEP 3333).

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

use super::pair;
use crate::primitives::web::{header_name, title};

/// The headers of a request, by its environment: names in lower case, and values, as bytes.
/// Raises `UnicodeEncodeError` where a value is no bytes.
#[pyfunction]
pub(in crate::bindings) fn wsgi_request<'py>(environ: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyList>> {
    let py = environ.py();
    let headers = PyList::empty(py);
    // A copy: whether a value is true may be for code to say that changes the environment.
    for (variable, value) in &environ.copy()? {
        let replaced: Bound<'py, PyBytes>;
        let variable = if let Some(plain) = ascii(&variable) {
            plain.as_bytes()
        } else {
            replaced = variable.call_method1("encode", ("latin-1", "replace"))?.cast_into()?;
            replaced.as_bytes()
        };
        let Some(name) = header_name(variable) else { continue };
        // A server may set the two others without having got them.
        if variable.starts_with(b"HTTP_") || value.is_truthy()? {
            headers.append((PyBytes::new(py, &name), encoded(&value)?))?;
        }
    }
    Ok(headers)
}

/// The headers of an application: names in lower case, and values, as bytes.
/// Raises `UnicodeEncodeError` where one of them is no bytes.
#[pyfunction]
pub(in crate::bindings) fn wsgi_lowered<'py>(headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let py = headers.py();
    let lowered = PyList::empty(py);
    for header in headers.try_iter()? {
        let (name, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) =
            py.get_type::<PyTuple>().call1((header?,))?.extract()?;
        let name = match ascii(&name) {
            Some(plain) => PyBytes::new(py, &plain.as_bytes().to_ascii_lowercase()),
            None => encoded(&name.call_method0("lower")?)?,
        };
        lowered.append((name, encoded(&value)?))?;
    }
    Ok(lowered)
}

/// The headers of a response, as the server gets them: names in title case, and values, as texts.
#[pyfunction]
pub(in crate::bindings) fn wsgi_titled<'py>(headers: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
    let py = headers.py();
    let titled = PyList::empty(py);
    for header in headers {
        let (name, value) = pair(&header)?;
        let name = match plain(name.as_bytes()) {
            Some(plain) => PyString::new(py, &title(plain)).into_any(),
            None => decoded(&name).call_method0("title")?,
        };
        titled.append((name, decoded(&value)))?;
    }
    Ok(titled)
}

fn ascii<'a>(text: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    text.cast_exact::<PyString>().ok()?.to_str().ok().filter(|text| text.is_ascii())
}

fn plain(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii())
}

fn encoded<'py>(text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    match ascii(text) {
        Some(plain) => Ok(PyBytes::new(text.py(), plain.as_bytes())),
        None => Ok(text.call_method1("encode", ("latin-1",))?.cast_into()?),
    }
}

fn decoded<'py>(bytes: &Bound<'py, PyBytes>) -> Bound<'py, PyString> {
    match plain(bytes.as_bytes()) {
        Some(plain) => PyString::new(bytes.py(), plain),
        None => PyString::new(bytes.py(), &bytes.as_bytes().iter().map(|&byte| char::from(byte)).collect::<String>()),
    }
}
