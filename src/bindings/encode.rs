//! Encoding: what goes out, each function for one place.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::strings::encoded;
use crate::primitives::sanitize::{csv, escape, file_name, header, template};

type Text<'py> = PyResult<Bound<'py, PyString>>;

/// Text for HTML and for attribute values in quotes (OWASP cheat sheet on XSS). Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn escape_html<'py>(text: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(text, |text| Ok(escape::html_text(text)))
}

/// Text for an HTML attribute value, with or without quotes (OWASP cheat sheet on XSS). Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn escape_attribute<'py>(text: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(text, |text| Ok(escape::html_attribute(text)))
}

/// The inside of a JavaScript or JSON string (OWASP cheat sheet on XSS). Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn escape_js<'py>(text: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(text, |text| Ok(escape::js_string(text)))
}

/// A literal for the right side of LIKE and ilike. Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn escape_like<'py>(text: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(text, |text| Ok(escape::like_pattern(text)))
}

/// One component of a URL (RFC 3986). Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn encode_url_part<'py>(text: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(text, |text| Ok(escape::url_part(text)))
}

/// One cell of a CSV file (RFC 4180), with formulas made harmless. Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn encode_csv_cell<'py>(text: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(text, |text| Ok(csv::cell(text)))
}

/// The value of an HTTP header field (RFC 9110). Raises `InvalidInput` and `InputTooLarge`.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn header_value<'py>(text: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(text, |text| header::value(text).map(Cow::Borrowed))
}

/// A name for a file that came from outside, or `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (name, /))]
pub(super) fn safe_file_name<'py>(name: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(name, file_name::safe)
}

/// The text itself, if it holds no directive of a template. Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn refuse_templates<'py>(text: &Bound<'py, PyAny>) -> Text<'py> {
    encoded(text, |text| template::refuse(text).map(|()| Cow::Borrowed(text)))
}
