//! Cleaning of nested Python values in one call.
//!
//! Lists are looked at through a private copy of their items, and dicts in one go without giving way to other Python code,
//! so that nothing that another thread or a finalizer does meanwhile can disturb the walk.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple};

use super::strings::{DETACH_BYTES, changed, cleaned};
use crate::primitives::sanitize::budget::Budget;
use crate::primitives::sanitize::text::{self, Lines};
use crate::primitives::validate::codes;

/// One walk: how to clean, and what is left to spend.
pub(super) struct Walk {
    lines: Lines,
    budget: Budget,
}

/// What a part becomes, or nothing when it is clean as it stands.
type New<'py> = PyResult<Option<Bound<'py, PyAny>>>;

impl Walk {
    pub(super) fn new(lines: Lines, budget: Budget) -> Self {
        Self { lines, budget }
    }

    /// Cleans `value` and all that it holds.
    pub(super) fn value<'py>(&mut self, value: &Bound<'py, PyAny>) -> New<'py> {
        if is_plain(value) {
            Ok(None)
        } else if let Ok(text) = value.cast::<PyString>() {
            let lines = self.lines;
            let new = cleaned(text, |bytes| self.budget.take_text(bytes), |utf8| text::clean(utf8, lines))?;
            Ok(new.map(Bound::into_any))
        } else if let Ok(dict) = value.cast::<PyDict>() {
            self.dict(dict)
        } else if let Ok(list) = value.cast::<PyList>() {
            let new = self.sequence(&list.to_tuple())?;
            Ok(new.map(Bound::into_any))
        } else if let Ok(tuple) = value.cast::<PyTuple>() {
            let new = self.sequence(tuple)?;
            Ok(new.map(|list| list.to_tuple().into_any()))
        } else if value.is_instance_of::<PySet>() || value.is_instance_of::<PyFrozenSet>() {
            Err(codes::SET.into())
        } else {
            Ok(None)
        }
    }

    fn dict<'py>(&mut self, dict: &Bound<'py, PyDict>) -> New<'py> {
        self.budget.enter(dict.len())?;
        let mut changes = Vec::new();
        let mut later = Vec::new();
        for (key, value) in dict {
            // Nothing in this loop gives way to other Python code, which could change the dict.
            if let Some(utf8) = short_text(&value) {
                self.budget.take_text(utf8.len())?;
                if let Some(new) = changed(utf8, text::clean(utf8, self.lines)) {
                    changes.push((key, PyString::new(dict.py(), &new).into_any()));
                }
            } else if !is_plain(&value) {
                later.push((key, value));
            }
        }
        for (key, value) in later {
            if let Some(new) = self.value(&value)? {
                changes.push((key, new));
            }
        }
        self.budget.leave();
        replaced(dict, changes)
    }

    fn sequence<'py>(&mut self, items: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, PyList>>> {
        self.budget.enter(items.len())?;
        let mut copy = None;
        for (index, item) in items.iter().enumerate() {
            if let Some(new) = self.value(&item)? {
                copy.get_or_insert_with(|| items.to_list()).set_item(index, new)?;
            }
        }
        self.budget.leave();
        Ok(copy)
    }
}

/// Numbers, booleans and None: most of what is not text.
fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.is_none()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyBool>()
        || value.is_exact_instance_of::<PyFloat>()
}

/// Text that is cleaned on the spot: no subclass, no lone surrogates, too short to release the GIL for.
fn short_text<'a>(value: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    value.cast_exact::<PyString>().ok()?.to_str().ok().filter(|utf8| utf8.len() < DETACH_BYTES)
}

fn replaced<'py>(dict: &Bound<'py, PyDict>, changes: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>) -> New<'py> {
    if changes.is_empty() {
        return Ok(None);
    }
    let copy = dict.copy()?;
    for (key, new) in changes {
        copy.set_item(key, new)?;
    }
    Ok(Some(copy.into_any()))
}
