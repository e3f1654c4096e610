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
    let mut cells = Vec::with_capacity(result.len());
    for (row, value) in result.iter().enumerate() {
        batches::add(&mut cells, cipher, (Place { row, field: None }, keys), &value)?;
    }
    batches::encrypt(values.py(), cipher, &cells, |place, token| result.set_item(place.row, token))?;
    Ok(result)
}

pub(super) fn decrypt<'py>(
    cipher: &FieldCipher,
    tokens: &Bound<'py, PyAny>,
    keys: &FieldKeys,
    mark: bool,
) -> PyResult<Bound<'py, PyList>> {
    let result = copy(tokens)?;
    let cell = |(row, content)| Cell { place: Place { row, field: None }, keys, content };
    let cells: Vec<_> = result.iter().enumerate().map(cell).collect();
    batches::decrypt(tokens.py(), cipher, &cells, mark, |place, value| result.set_item(place.row, value))?;
    Ok(result)
}

fn copy<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    PyList::new(values.py(), values.try_iter()?.collect::<PyResult<Vec<_>>>()?)
}
