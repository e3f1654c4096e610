//! Lists of values, all of one context.

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::FieldCipher;
use super::batches::{self, Cell};
use crate::bindings::places::Place;
use crate::primitives::fields::FieldKeys;

pub(super) fn encrypt<'py>(
    cipher: &FieldCipher,
    values: &Bound<'py, PyAny>,
    keys: &FieldKeys,
) -> PyResult<Bound<'py, PyList>> {
    let result = copy(values)?;
    let cells = cells(&result, keys);
    batches::encrypt(values.py(), cipher, (result.len(), cells), |place, token| result.set_item(place.row, token))?;
    Ok(result)
}

pub(super) fn decrypt<'py>(
    cipher: &FieldCipher,
    tokens: &Bound<'py, PyAny>,
    keys: &FieldKeys,
    mark: bool,
) -> PyResult<Bound<'py, PyList>> {
    let result = copy(tokens)?;
    let cells = (result.len(), cells(&result, keys));
    batches::decrypt(tokens.py(), cipher, cells, mark, |place, value| result.set_item(place.row, value))?;
    Ok(result)
}

pub(super) fn rewrap<'py>(
    cipher: &FieldCipher,
    tokens: &Bound<'py, PyAny>,
    keys: &FieldKeys,
) -> PyResult<Bound<'py, PyList>> {
    let result = copy(tokens)?;
    let cells = (result.len(), cells(&result, keys));
    batches::rewrap(tokens.py(), cipher, cells, |place, token| result.set_item(place.row, token))?;
    Ok(result)
}

fn cells<'a, 'py: 'a>(values: &Bound<'py, PyList>, keys: &'a FieldKeys) -> impl Iterator<Item = Cell<'a, 'py>> {
    values.iter().enumerate().map(move |(row, value)| (Place { row, field: None }, keys, Ok(value)))
}

fn copy<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    PyList::new(values.py(), values.try_iter()?.collect::<PyResult<Vec<_>>>()?)
}
