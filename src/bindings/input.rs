//! Arguments from Python that a caller may have got from outside: what does not fit is an error of ours, never an
//! `OverflowError` or a `UnicodeEncodeError`.

use pyo3::{conversion::FromPyObjectOwned, prelude::*, types::PyString};

use crate::primitives::{Error, Result};

/// A number; `range` says what it has to be.
pub(super) fn number<'py, T: FromPyObjectOwned<'py>>(value: &Bound<'py, PyAny>, range: &'static str) -> Result<T> {
    value.extract().map_err(|_| Error::Parameter(range))
}

/// A text without lone surrogates.
pub(super) fn text<'a>(value: &'a Bound<'_, PyAny>) -> Result<&'a str> {
    let text = value.cast::<PyString>().map_err(|_| Error::Invalid("not_text"))?;
    text.to_str().map_err(|_| Error::Invalid("not_unicode"))
}

/// A moment in Unix seconds, without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
pub(super) fn unix_seconds(at: &Bound<'_, PyAny>) -> Result<u64> {
    const RANGE: &str = "the time must be Unix seconds from 0 to 2**53";
    let at: f64 = number(at, RANGE)?;
    if (0.0..=9_007_199_254_740_992.0).contains(&at) { Ok(at as u64) } else { Err(Error::Parameter(RANGE)) }
}
