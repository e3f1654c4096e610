//! Python's `str` at the boundary: borrowed as UTF-8, worked on without the GIL when it is long, and given back as the
//! same object when nothing changed.

use std::borrow::Cow;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::primitives::Result;
use crate::primitives::validate::codes;

/// From here on the GIL is released: the slowest cleaner takes about 50 microseconds for it.
pub(super) const DETACH_BYTES: usize = 16 * 1024;

/// Of a surrogate in what [`with_surrogates`] gives.
const SURROGATE_BYTES: usize = 3;

/// Gives `value` through `work`; what is not text, or holds lone surrogates, is refused.
pub(super) fn encoded<'py, F>(value: &Bound<'py, PyAny>, work: F) -> PyResult<Bound<'py, PyString>>
where
    F: Send + for<'t> FnOnce(&'t str) -> Result<Cow<'t, str>>,
{
    let text = as_text(value)?;
    let utf8 = text.to_str().map_err(|_| codes::ENCODING)?;
    let out = detached(value.py(), utf8, work)?;
    Ok(changed(utf8, out).map_or_else(|| text.clone(), |new| PyString::new(value.py(), &new)))
}

/// Gives `text` through `work`, without its lone surrogates; nothing when that changes nothing. `admit` sees its size in
/// bytes first.
pub(super) fn cleaned<'py, F>(
    text: &Bound<'py, PyString>,
    admit: impl FnOnce(usize) -> Result<()>,
    work: F,
) -> PyResult<Option<Bound<'py, PyString>>>
where
    F: Send + for<'t> FnOnce(&'t str) -> Cow<'t, str>,
{
    let py = text.py();
    let Ok(utf8) = text.to_str() else {
        let bytes = with_surrogates(text)?;
        admit(bytes.as_bytes().len())?;
        let valid = without_surrogates(bytes.as_bytes());
        return Ok(Some(PyString::new(py, &detached(py, &valid, work))));
    };
    admit(utf8.len())?;
    let out = detached(py, utf8, work);
    Ok(changed(utf8, out).map(|new| PyString::new(py, &new)))
}

/// `value` as text.
#[inline]
pub(super) fn as_text<'a, 'py>(value: &'a Bound<'py, PyAny>) -> PyResult<&'a Bound<'py, PyString>> {
    // The exact type is one comparison, a subclass takes a call.
    value.cast_exact().or_else(|_| value.cast()).map_err(|_| codes::TYPE.into())
}

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

fn without_surrogates(bytes: &[u8]) -> String {
    bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()
}

fn detached<'t, T: Send>(py: Python<'_>, text: &'t str, work: impl Send + FnOnce(&'t str) -> T) -> T {
    if text.len() < DETACH_BYTES { work(text) } else { py.detach(|| work(text)) }
}

/// What `work` made of the text; nothing when that is the text itself.
pub(super) fn changed<'t>(before: &str, after: Cow<'t, str>) -> Option<Cow<'t, str>> {
    match after {
        Cow::Borrowed(part) if part.len() == before.len() => None,
        new => Some(new),
    }
}

/// UTF-8 in which each lone surrogate is an invalid sequence of three bytes.
fn with_surrogates<'py>(text: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyBytes>> {
    let py = text.py();
    let encode = py.get_type::<PyString>().getattr(intern!(py, "encode"))?;
    Ok(encode.call1((text, "utf-8", "surrogatepass"))?.cast_into()?)
}
