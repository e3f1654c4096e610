//! Cleaning: what comes in.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::input::limit;
use super::strings::{as_text, cleaned, encoded};
use super::walk::Walk;
use crate::primitives::Error;
use crate::primitives::sanitize::budget::Budget;
use crate::primitives::sanitize::html::{self, Profile};
use crate::primitives::sanitize::text::{self, Lines};

/// Text in NFC, trimmed, without control, bidirectional and invisible characters and lone surrogates.
/// Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /, *, multiline = true))]
pub(super) fn clean_text<'py>(text: &Bound<'py, PyAny>, multiline: bool) -> PyResult<Bound<'py, PyString>> {
    let text = as_text(text)?;
    let new = cleaned(text, |_| Ok(()), |utf8| text::clean(utf8, lines(multiline)))?;
    Ok(new.unwrap_or_else(|| text.clone()))
}

/// Every text in nested dicts, lists and tuples cleaned; what is clean already comes back as the same object.
/// Raises `InputTooLarge`, `InvalidInput` and `ParameterError`.
#[pyfunction]
#[pyo3(signature = (value, /, *, multiline = true, max_depth = 32, max_items = 100_000, max_text_bytes = 10_485_760))]
pub(super) fn clean(
    value: Bound<'_, PyAny>,
    multiline: bool,
    #[pyo3(from_py_with = limit)] max_depth: usize,
    #[pyo3(from_py_with = limit)] max_items: usize,
    #[pyo3(from_py_with = limit)] max_text_bytes: usize,
) -> PyResult<Bound<'_, PyAny>> {
    let budget = Budget::new(max_depth, max_items, max_text_bytes)?;
    let new = Walk::new(lines(multiline), budget).value(&value)?;
    Ok(new.unwrap_or(value))
}

/// Markup reduced to the allow-list of a profile: "strict", "default" or "odoo".
/// Raises `InputTooLarge`, `InvalidInput` and `ParameterError`.
#[pyfunction]
#[pyo3(signature = (markup, /, profile = "default"))]
pub(super) fn clean_html<'py>(markup: &Bound<'py, PyAny>, profile: &str) -> PyResult<Bound<'py, PyString>> {
    let profile = match profile {
        "strict" => Profile::Strict,
        "default" => Profile::Default,
        "odoo" => Profile::Odoo,
        _ => return Err(Error::Parameter("profile: \"strict\", \"default\" or \"odoo\"").into()),
    };
    encoded(markup, |utf8| html::clean(utf8, profile).map(Cow::Owned))
}

pub(super) fn lines(multiline: bool) -> Lines {
    if multiline { Lines::Multi } else { Lines::Single }
}
