//! Rows: dicts in, new dicts out, with some of the fields encrypted or decrypted.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PyString, PyTuple};

use super::FieldCipher;
use super::batches::{self, Cell};
use crate::bindings::places::Place;
use crate::primitives::fields::FieldKeys;
use crate::primitives::validate::codes;

pub(super) fn encrypt<'py>(
    cipher: &FieldCipher,
    records: &Bound<'py, PyAny>,
    fields: &Bound<'py, PyMapping>,
) -> PyResult<Bound<'py, PyList>> {
    let (rows, fields) = (copies(records)?, contexts(cipher, fields)?);
    let cells = (rows.len().saturating_mul(fields.len()), present(&rows, &fields));
    batches::encrypt(records.py(), cipher, cells, |place, token| put(&rows, place, token.as_any()))?;
    PyList::new(records.py(), rows)
}

pub(super) fn decrypt<'py>(
    cipher: &FieldCipher,
    records: &Bound<'py, PyAny>,
    fields: &Bound<'py, PyMapping>,
    mark: bool,
) -> PyResult<Bound<'py, PyList>> {
    let (rows, fields) = (copies(records)?, contexts(cipher, fields)?);
    let present = present(&rows, &fields);
    let cells = present.filter(|(_, _, value)| value.as_ref().map_or(true, |value| !is_empty(value)));
    let cells = (rows.len().saturating_mul(fields.len()), cells);
    batches::decrypt(records.py(), cipher, cells, mark, |place, value| put(&rows, place, &value))?;
    PyList::new(records.py(), rows)
}

/// Odoo gives False for a column that holds nothing, and the empty text for one that somebody emptied in SQL.
pub(super) fn is_empty(value: &Bound<'_, PyAny>) -> bool {
    let no_text = || value.cast::<PyString>().is_ok_and(|text| text.len().is_ok_and(|length| length == 0));
    value.is_none() || value.is(pyo3::types::PyBool::new(value.py(), false)) || no_text()
}

/// A shallow copy of each row.
fn copies<'py>(records: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyDict>>> {
    dicts(records)?.iter().map(PyDictMethods::copy).collect()
}

/// The rows, all of which must be dicts.
pub(super) fn dicts<'py>(records: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let dict = |(row, record): (usize, PyResult<Bound<'py, PyAny>>)| {
        let record = record?;
        let not_a_dict = |_| Place { row, field: None }.locate(record.py(), codes::RECORD.into());
        Ok(record.cast::<PyDict>().map_err(not_a_dict)?.clone())
    };
    records.try_iter()?.enumerate().map(dict).collect()
}

/// The fields to treat, each with the keys of its context.
fn contexts<'py>(
    cipher: &FieldCipher,
    fields: &Bound<'py, PyMapping>,
) -> PyResult<Vec<(Bound<'py, PyString>, Arc<FieldKeys>)>> {
    let field = |item: Bound<'py, PyAny>| {
        let (name, context) = item.cast::<PyTuple>()?.extract::<(Bound<'py, PyString>, Bound<'py, PyAny>)>()?;
        Ok((name, cipher.keys(&context)?))
    };
    fields.items()?.iter().map(field).collect()
}

/// The values of these fields in all rows; a field that a row lacks stays absent.
fn present<'a, 'py: 'a>(
    rows: &'a [Bound<'py, PyDict>],
    fields: &'a [(Bound<'py, PyString>, Arc<FieldKeys>)],
) -> impl Iterator<Item = Cell<'a, 'py>> {
    rows.iter().enumerate().flat_map(move |(row, values)| {
        fields.iter().filter_map(move |(name, keys)| {
            let value = values.get_item(name).transpose()?;
            Some((Place { row, field: Some(name) }, &**keys, value))
        })
    })
}

fn put<'py>(rows: &[Bound<'py, PyDict>], place: Place<'_, 'py>, value: &Bound<'py, PyAny>) -> PyResult<()> {
    match (rows.get(place.row), place.field) {
        (Some(row), Some(field)) => row.set_item(field, value),
        _ => Ok(()),
    }
}
