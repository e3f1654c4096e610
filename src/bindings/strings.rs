//! Python's `str` at the boundary: borrowed as UTF-8, worked on without the GIL when it is long, and given back as the
//! same object when nothing changed.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::surrogates::{with_surrogates, without_surrogates};
use crate::primitives::Result;
use crate::primitives::validate::codes;

/// From here on the GIL is released: the slowest cleaner takes about 50 microseconds for it.
pub(super) const DETACH_BYTES: usize = 16 * 1024;

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
pub(super) fn as_text<'a, 'py>(value: &'a Bound<'py, PyAny>) -> Result<&'a Bound<'py, PyString>> {
    // The exact type is one comparison, a subclass takes a call.
    value.cast_exact().or_else(|_| value.cast()).map_err(|_| codes::TYPE)
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
