//! Many values in one call: read under the GIL, encrypt or decrypt without it on all cores, write under the GIL.

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::{FieldCipher, Undecryptable, token_text};
use crate::bindings::places::Place;
use crate::bindings::values::{Carried, to_python};
use crate::primitives::fields::FieldKeys;
use crate::primitives::fields::batch::{self, Opening, Sealing};

pyo3::import_exception!(zenoo_security.errors, DecryptionError);

/// What is encrypted or decrypted, where it stands, and the keys of its context.
pub(super) struct Cell<'a, 'py, T> {
    pub(super) place: Place<'a, 'py>,
    pub(super) keys: &'a FieldKeys,
    pub(super) content: T,
}

/// Adds the value, unless it is a token of ours already: that one stays as it is.
pub(super) fn add<'a, 'py>(
    cells: &mut Vec<Cell<'a, 'py, Carried<'py>>>,
    cipher: &FieldCipher,
    (place, keys): (Place<'a, 'py>, &'a FieldKeys),
    value: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let content = Carried::new(value).map_err(|error| place.locate(value.py(), error))?;
    let plain = content.value().map_err(|error| place.locate(value.py(), error))?;
    if !cipher.keeps(keys, &plain) {
        cells.push(Cell { place, keys, content });
    }
    Ok(())
}

/// Encrypts all cells and hands each token to `put`.
pub(super) fn encrypt<'a, 'py>(
    py: Python<'py>,
    cipher: &FieldCipher,
    cells: &[Cell<'a, 'py, Carried<'py>>],
    put: impl Fn(Place<'a, 'py>, Bound<'py, PyString>) -> PyResult<()>,
) -> PyResult<()> {
    let mut items = Vec::with_capacity(cells.len());
    for cell in cells {
        items.push(Sealing { keys: cell.keys, value: cell.content.value()? });
    }
    let tokens = py.detach(|| batch::encrypt(&cipher.cipher, &items)).map_err(|(position, error)| {
        let error = error.into();
        match cells.get(position) {
            Some(cell) => cell.place.locate(py, error),
            None => error,
        }
    })?;
    cells.iter().zip(tokens.iter()).try_for_each(|(cell, token)| put(cell.place, PyString::new(py, token)))
}

/// Decrypts all cells and hands each value to `put`; with `mark`, an `Undecryptable` where there is none.
pub(super) fn decrypt<'a, 'py>(
    py: Python<'py>,
    cipher: &FieldCipher,
    cells: &[Cell<'a, 'py, Bound<'py, PyAny>>],
    mark: bool,
    put: impl Fn(Place<'a, 'py>, Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    // The empty text is no token: what is not text fails like every other value that is not one.
    let items = cells.iter().map(|cell| Opening { keys: cell.keys, token: token_text(&cell.content).unwrap_or("") });
    let items: Vec<_> = items.collect();
    let plaintexts = py.detach(|| batch::decrypt(&cipher.cipher, &items));
    for (cell, plaintext) in cells.iter().zip(plaintexts.iter()) {
        match plaintext.map_err(PyErr::from).and_then(|value| to_python(py, &value)) {
            Ok(value) => put(cell.place, value)?,
            Err(error) if mark && error.is_instance_of::<DecryptionError>(py) => {
                put(cell.place, Bound::new(py, Undecryptable::of(&cell.content))?.into_any())?;
            }
            Err(error) => return Err(cell.place.locate(py, error)),
        }
    }
    Ok(())
}
