//! Lone surrogates: a Python `str` can hold them, UTF-8 cannot.

use std::borrow::Cow;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// Of a surrogate in what [`with_surrogates`] gives.
const SURROGATE_BYTES: usize = 3;

/// `text` without its lone surrogates, and how many it has.
pub(super) fn valid_utf8<'a>(text: &'a Bound<'_, PyString>) -> PyResult<(Cow<'a, str>, usize)> {
    if let Ok(utf8) = text.to_str() {
        return Ok((Cow::Borrowed(utf8), 0));
    }
    let bytes = with_surrogates(text)?;
    let valid = without_surrogates(bytes.as_bytes());
    let surrogates = bytes.as_bytes().len().saturating_sub(valid.len()).checked_div(SURROGATE_BYTES);
    Ok((Cow::Owned(valid), surrogates.unwrap_or_default()))
}

/// The text that is left of what [`with_surrogates`] gave.
pub(super) fn without_surrogates(bytes: &[u8]) -> String {
    bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()
}

/// UTF-8 in which each lone surrogate is an invalid sequence of three bytes.
pub(super) fn with_surrogates<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyBytes>> {
    let py = text.py();
    let encode = py.get_type::<PyString>().getattr(intern!(py, "encode"))?;
    Ok(encode.call1((text, "utf-8", "surrogatepass"))?.cast_into()?)
}
