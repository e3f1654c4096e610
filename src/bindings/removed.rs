//! What cleaning took out, by kind.

use std::collections::HashMap;

use pyo3::prelude::*;

use super::input;
use super::sanitize::lines;
use super::strings::as_text;
use super::surrogates::valid_utf8;
use crate::primitives::sanitize::{html, text};

type Counts = PyResult<HashMap<&'static str, usize>>;

/// How many characters of each kind `clean_text` takes out of a text. Raises `InvalidInput`.
#[pyfunction]
#[pyo3(signature = (text, /, *, multiline = true))]
pub(super) fn text_removed(text: &Bound<'_, PyAny>, multiline: bool) -> Counts {
    let (utf8, surrogates) = valid_utf8(as_text(text)?)?;
    let counts = text::removed(&utf8, lines(multiline)).into_iter();
    Ok(counts.chain((surrogates > 0).then_some(("surrogate", surrogates))).collect())
}

/// How much of each kind is in `markup` and no more in `cleaned`. Raises `InvalidInput` and `InputTooLarge`.
#[pyfunction]
#[pyo3(signature = (markup, cleaned, /))]
pub(super) fn html_removed(markup: &Bound<'_, PyAny>, cleaned: &Bound<'_, PyAny>) -> Counts {
    let py = markup.py();
    let (markup, cleaned) = (input::text(markup)?, input::text(cleaned)?);
    let counts = py.detach(|| html::removed(markup, cleaned))?;
    Ok(counts.into_iter().collect())
}
