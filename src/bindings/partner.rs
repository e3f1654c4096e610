//! A whole partner in one call: a dict from outside in, a dict of normal forms out, or every problem at once.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyString};

use super::error::invalid_fields;
use super::validate::renewed;
use crate::primitives::Result;
use crate::primitives::validate::partner::{Kind, field, is_required, record_id};
use crate::primitives::validate::{codes, odoo};

/// A dict with more keys is refused before any of them is looked at.
const MOST_FIELDS: usize = 64;

/// The fields of a partner in their normal form, in a new dict. Raises `InvalidFields`, `InvalidInput` and `InputTooLarge`.
#[pyfunction]
#[pyo3(signature = (data, /))]
pub(super) fn validate_partner<'py>(data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let data = data.cast::<PyDict>().map_err(|_| codes::TYPE)?;
    if data.len() > MOST_FIELDS {
        return Err(codes::TOO_MANY_FIELDS.into());
    }
    let (mut changes, mut problems, mut named) = (Vec::new(), Vec::new(), false);
    // Nothing in this loop gives way to other Python code, which could change the dict.
    for (key, value) in data {
        let Some(name) = text_of(&key) else {
            problems.push(("?".to_owned(), codes::TYPE));
            continue;
        };
        named |= is_required(name);
        match renewed_field(name, &value) {
            Ok(None) => {}
            Ok(Some(new)) => changes.push((key, new)),
            Err(error) => problems.push((shown(name).to_owned(), error)),
        }
    }
    if !named {
        problems.push(("name".to_owned(), codes::MISSING));
    }
    if !problems.is_empty() {
        return Err(invalid_fields(data.py(), &problems));
    }
    let partner = data.copy()?;
    for (key, new) in changes {
        partner.set_item(key, new)?;
    }
    Ok(partner)
}

/// What the value becomes, or nothing when it is in its normal form.
fn renewed_field<'py>(name: &str, value: &Bound<'py, PyAny>) -> Result<Option<Bound<'py, PyAny>>> {
    let kind = field(name).ok_or(codes::UNKNOWN_FIELD)?;
    if value.is_none() && !is_required(name) {
        return Ok(None);
    }
    let fits = match kind {
        Kind::Text(parse) => return renewed(value, parse),
        Kind::Choice(words) => choice(value, words),
        Kind::Switch => value.cast_exact::<PyBool>().map(drop).map_err(|_| codes::TYPE),
        Kind::Record => {
            value.cast_exact::<PyInt>().map_err(|_| codes::TYPE).and_then(|id| record_id(id.extract().ok()))
        }
    };
    fits.map(|()| None)
}

fn choice(value: &Bound<'_, PyAny>, words: &[&str]) -> Result<()> {
    let text = value.cast_exact::<PyString>().map_err(|_| codes::CHOICE)?;
    let text = text.to_str().map_err(|_| codes::ENCODING)?;
    if words.contains(&text) { Ok(()) } else { Err(codes::CHOICE) }
}

fn text_of<'a>(value: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    value.cast_exact::<PyString>().ok()?.to_str().ok()
}

/// A key from outside is repeated only when it could be the name of a field.
fn shown(name: &str) -> &str {
    if odoo::field_path(name, 1).is_ok() { name } else { "?" }
}
