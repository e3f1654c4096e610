//! Python objects that cannot change, and what they stand for.

use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PySequence, PyTuple};

use crate::primitives::Error;
use crate::primitives::attempts::MAX_COUNTERS;

/// So many are recognized by identity.
const MAX_KNOWN: usize = 16;

/// What was read from the objects that came last. A policy has a handful of them and uses them in every call.
///
/// The lock is only taken under the GIL, and never while Python code runs: no fork can find it taken.
pub(super) struct Known<T>(Mutex<Vec<(Py<PyAny>, T)>>);

impl<T: Clone> Known<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// What `read` finds in this object.
    pub(super) fn get(
        &self,
        object: Borrowed<'_, '_, PyAny>,
        read: impl FnOnce(Borrowed<'_, '_, PyAny>) -> PyResult<T>,
    ) -> PyResult<T> {
        if let Some((_, value)) = self.0.lock().iter().find(|(known, _)| known.is(&*object)) {
            return Ok(value.clone());
        }
        let value = read(object)?;
        self.remember(object, value.clone());
        Ok(value)
    }

    fn remember(&self, object: Borrowed<'_, '_, PyAny>, value: T) {
        let entry = (object.to_owned().unbind(), value);
        let mut known = self.0.lock();
        let forgotten = if known.len() < MAX_KNOWN { Vec::new() } else { core::mem::take(&mut *known) };
        known.push(entry);
        // Dropping a Python object may run Python code, which must not find the lock taken.
        drop(known);
        drop(forgotten);
    }
}

/// The counters or the outcomes of one attempt; `otherwise` says what they are.
pub(super) fn sequence<'py>(values: &Bound<'py, PyAny>, otherwise: Error) -> PyResult<Bound<'py, PyTuple>> {
    if let Ok(tuple) = values.cast_exact::<PyTuple>() {
        return Ok(tuple.clone());
    }
    let values = values.cast::<PySequence>().map_err(|_| otherwise)?;
    if values.len()? > MAX_COUNTERS { Err(otherwise.into()) } else { values.to_tuple() }
}
