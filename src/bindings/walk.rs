//! Cleaning of nested Python values in one call.
//!
//! Each container is looked at through a private copy of its items, so that nothing that another thread or a finalizer
//! does to it meanwhile can disturb the walk.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyList, PySet, PyString, PyTuple};

use super::strings::cleaned;
use crate::primitives::Error;
use crate::primitives::sanitize::budget::Budget;
use crate::primitives::sanitize::text::{self, Lines};

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
        if let Ok(text) = value.cast::<PyString>() {
            self.text(text)
        } else if let Ok(dict) = value.cast::<PyDict>() {
            self.dict(dict)
        } else if let Ok(list) = value.cast::<PyList>() {
            let new = self.sequence(&list.to_tuple())?;
            Ok(new.map(Bound::into_any))
        } else if let Ok(tuple) = value.cast::<PyTuple>() {
            let new = self.sequence(tuple)?;
            Ok(new.map(|list| list.to_tuple().into_any()))
        } else if value.is_instance_of::<PySet>() || value.is_instance_of::<PyFrozenSet>() {
            Err(Error::Invalid("set").into())
        } else {
            Ok(None)
        }
    }

    fn text<'py>(&mut self, text: &Bound<'py, PyString>) -> New<'py> {
        let lines = self.lines;
        let new = cleaned(text, |bytes| self.budget.take_text(bytes), |utf8| text::clean(utf8, lines))?;
        Ok(new.map(Bound::into_any))
    }

    fn dict<'py>(&mut self, dict: &Bound<'py, PyDict>) -> New<'py> {
        let changes = self.changes(dict.values().iter())?;
        if changes.is_empty() {
            return Ok(None);
        }
        let copy = dict.copy()?;
        let keys = copy.keys();
        for (index, new) in changes {
            copy.set_item(keys.get_item(index)?, new)?;
        }
        Ok(Some(copy.into_any()))
    }

    fn sequence<'py>(&mut self, items: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, PyList>>> {
        let changes = self.changes(items.iter())?;
        if changes.is_empty() {
            return Ok(None);
        }
        let copy = items.to_list();
        for (index, new) in changes {
            copy.set_item(index, new)?;
        }
        Ok(Some(copy))
    }

    fn changes<'py>(
        &mut self,
        items: impl ExactSizeIterator<Item = Bound<'py, PyAny>>,
    ) -> PyResult<Vec<(usize, Bound<'py, PyAny>)>> {
        self.budget.enter(items.len())?;
        let mut changes = Vec::new();
        for (index, item) in items.enumerate() {
            if let Some(new) = self.value(&item)? {
                changes.push((index, new));
            }
        }
        self.budget.leave();
        Ok(changes)
    }
}
