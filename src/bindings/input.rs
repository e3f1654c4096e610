//! Arguments from Python that a caller may have got from outside: what does not fit is an error of ours, never an
//! `OverflowError` or a `UnicodeEncodeError`.

use pyo3::conversion::FromPyObjectOwned;
use pyo3::prelude::*;

use super::strings::as_text;
use crate::primitives::{Error, Result, validate::codes};

/// A number, or whatever else the programmer chose; `range` says what it has to be.
pub(super) fn number<'py, T: FromPyObjectOwned<'py>>(value: &Bound<'py, PyAny>, range: &'static str) -> Result<T> {
    value.extract().map_err(|_| Error::Parameter(range))
}

/// A text without lone surrogates.
#[inline]
pub(super) fn text<'a>(value: &'a Bound<'_, PyAny>) -> Result<&'a str> {
    as_text(value)?.to_str().map_err(|_| codes::ENCODING)
}

/// For `from_py_with`: a text that may be left out.
pub(super) fn optional_text<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Option<&'a str>> {
    if value.is_none() { Ok(None) } else { Ok(Some(text(value)?)) }
}

/// For `from_py_with`: a limit that the programmer sets.
pub(super) fn limit(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    Ok(number(value, "a limit is a whole number, 0 or more")?)
}
