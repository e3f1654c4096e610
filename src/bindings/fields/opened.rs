//! Rows as Odoo answers with them: dicts of columns in, new dicts of fields out.

use core::cell::{Cell, RefCell};
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PyString};

use super::records::{self, is_empty};
use super::{FieldCipher, Undecryptable, batches};
use crate::bindings::places::Place;
use crate::primitives::fields::FieldKeys;

/// What becomes of a column.
#[derive(Clone, Copy)]
enum Fate {
    Kept,
    Dropped,
    Opened(usize),
}

/// What becomes of each column, and what the columns of the row before were: Python's JSON reader gives all rows the same
/// keys, so that comparing addresses spares most of the hashing.
struct Plan<'py> {
    fates: Bound<'py, PyDict>,
    known: Vec<(Bound<'py, PyAny>, Fate)>,
}

impl<'py> Plan<'py> {
    fn fate(&mut self, position: usize, column: &Bound<'py, PyAny>) -> PyResult<Fate> {
        if let Some((known, fate)) = self.known.get(position)
            && known.is(column)
        {
            return Ok(*fate);
        }
        let fate = match self.fates.get_item(column)? {
            None => Fate::Kept,
            Some(field) => field.extract::<Option<usize>>()?.map_or(Fate::Dropped, Fate::Opened),
        };
        self.known.truncate(position);
        self.known.push((column.clone(), fate));
        Ok(fate)
    }
}

/// A field, and the keys of its context.
type Field<'py> = (Bound<'py, PyString>, Arc<FieldKeys>);

/// New rows, and the places of the marks in them.
type Opened<'py> = (Bound<'py, PyList>, Vec<(usize, Bound<'py, PyString>)>);

pub(super) fn open<'py>(
    cipher: &FieldCipher,
    records: &Bound<'py, PyAny>,
    columns: &Bound<'py, PyMapping>,
    drop: &Bound<'py, PyAny>,
) -> PyResult<Opened<'py>> {
    let py = records.py();
    let (fields, fates) = fields(cipher, columns, drop)?;
    let given = records::dicts(records)?;
    let mut plan = Plan { fates, known: Vec::new() };
    let (rows, marks, failure) =
        (RefCell::new(Vec::with_capacity(given.len())), RefCell::new(Vec::new()), Cell::new(None));
    let cells = given.iter().enumerate().flat_map(|(row, record)| {
        let fresh = PyDict::new(py);
        let tokens = reshape(record, &fresh, &mut plan, &fields).unwrap_or_else(|error| {
            failure.set(Some(error));
            Vec::new()
        });
        rows.borrow_mut().push(fresh);
        tokens.into_iter().map(move |((name, keys), token)| (Place { row, field: Some(name) }, &**keys, Ok(token)))
    });
    batches::decrypt(py, cipher, (given.len().saturating_mul(fields.len()), cells), true, |place, value| {
        let (Some(row), Some(field)) = (rows.borrow().get(place.row).cloned(), place.field) else { return Ok(()) };
        if value.is_exact_instance_of::<Undecryptable>() {
            marks.borrow_mut().push((place.row, field.clone()));
        }
        row.set_item(field, value)
    })?;
    failure.into_inner().map_or_else(|| Ok((PyList::new(py, rows.into_inner())?, marks.into_inner())), Err)
}

/// Moves a row into a fresh one: what is kept, and the empty values. Returns what is to be decrypted.
fn reshape<'a, 'py>(
    record: &Bound<'py, PyDict>,
    fresh: &Bound<'py, PyDict>,
    plan: &mut Plan<'py>,
    fields: &'a [Field<'py>],
) -> PyResult<Vec<(&'a Field<'py>, Bound<'py, PyAny>)>> {
    let mut tokens = Vec::with_capacity(fields.len());
    // Of a copy: the hash of a column may be Python code, which must not change a dict that is gone through.
    for (position, (column, value)) in record.copy()?.iter().enumerate() {
        match plan.fate(position, &column)? {
            Fate::Dropped => (),
            Fate::Kept => fresh.set_item(column, value)?,
            Fate::Opened(field) => match fields.get(field) {
                Some((name, _)) if is_empty(&value) => fresh.set_item(name, value)?,
                Some(field) => tokens.push((field, value)),
                None => (),
            },
        }
    }
    Ok(tokens)
}

/// The fields, and what becomes of their columns and of those to drop.
fn fields<'py>(
    cipher: &FieldCipher,
    columns: &Bound<'py, PyMapping>,
    drop: &Bound<'py, PyAny>,
) -> PyResult<(Vec<Field<'py>>, Bound<'py, PyDict>)> {
    let fates = PyDict::new(columns.py());
    drop.try_iter()?.try_for_each(|column| fates.set_item(column?, columns.py().None()))?;
    let field = |(position, item): (usize, Bound<'py, PyAny>)| {
        type Item<'py> = (Bound<'py, PyString>, (Bound<'py, PyString>, Bound<'py, PyAny>));
        let (column, (name, context)) = item.extract::<Item<'py>>()?;
        fates.set_item(column, position)?;
        Ok((name, cipher.keys(&context)?))
    };
    let fields = columns.items()?.iter().enumerate().map(field).collect::<PyResult<_>>()?;
    Ok((fields, fates))
}
