//! The counters of one attempt as they come from [`super::super::accounts`], read once and then used twice.
//!
//! Other stores see a sequence of `Counter`, which are made when they ask for them; the native table does not ask.

use std::sync::{Arc, OnceLock};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator, PyTuple};

use super::backoff;
use crate::primitives::accounts::CounterKey;
use crate::primitives::attempts::{AttemptTable, Backoff, Counter};
use crate::primitives::{Error, Result};

/// At most so many counters come from an account, a network and a device.
const MOST: usize = 3;

/// How the counters of an attempt slow down, in their order. `counter`: the type `Counter`. Raises `ParameterError`.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(in crate::bindings) struct Slowing {
    counter: Py<PyAny>,
    backoffs: Vec<(Py<PyAny>, Arc<Backoff>)>,
}

#[pymethods]
impl Slowing {
    #[new]
    fn new(counter: Py<PyAny>, backoffs: Vec<Bound<'_, PyAny>>) -> PyResult<Self> {
        if !(1..=MOST).contains(&backoffs.len()) {
            return Err(Error::Parameter("an attempt slows down by 1 to 3 counters").into());
        }
        let read = |value: Bound<'_, PyAny>| Ok((value.clone().unbind(), backoff(value.as_borrowed())?));
        Ok(Self { counter, backoffs: backoffs.into_iter().map(read).collect::<PyResult<_>>()? })
    }
}

/// A sequence of `Counter`.
#[pyclass(frozen, sequence, module = "zenoo_security._native")]
pub(in crate::bindings) struct Counters {
    keys: [Option<CounterKey>; MOST],
    slowing: Py<Slowing>,
    /// What they are in the table that was asked first.
    found: OnceLock<(u64, Vec<Counter>)>,
}

impl Counters {
    pub(in crate::bindings) fn new(keys: [Option<CounterKey>; MOST], slowing: &Bound<'_, Slowing>) -> Self {
        Self { keys, slowing: slowing.clone().unbind(), found: OnceLock::new() }
    }

    fn pairs(&self) -> impl Iterator<Item = (&CounterKey, &(Py<PyAny>, Arc<Backoff>))> {
        self.keys.iter().flatten().zip(&self.slowing.get().backoffs)
    }

    fn tuple<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let counter = self.slowing.get().counter.bind(py);
        let make = |(key, (backoff, _)): (&CounterKey, &(Py<PyAny>, _))| {
            counter.call1((PyBytes::new(py, key.as_bytes()), backoff))
        };
        PyTuple::new(py, self.pairs().map(make).collect::<PyResult<Vec<_>>>()?)
    }

    /// What `act` does with them in a table.
    pub(super) fn with<T>(&self, table: &AttemptTable, act: impl FnOnce(&[Counter]) -> Result<T>) -> Result<T> {
        let find = || {
            let counter = |(key, (_, backoff)): (&CounterKey, &(_, Arc<Backoff>))| {
                table.counter(key.as_bytes(), Arc::clone(backoff))
            };
            self.pairs().map(counter).collect::<Result<Vec<_>>>()
        };
        if let Some((_, counters)) = self.found.get().filter(|(id, _)| *id == table.id()) {
            return act(counters);
        }
        let counters = find()?;
        let result = act(&counters);
        let _ = self.found.set((table.id(), counters));
        result
    }
}

#[pymethods]
impl Counters {
    fn __len__(&self) -> usize {
        self.pairs().count()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.tuple(py)?.try_iter()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.tuple(index.py())?.as_any().get_item(index)
    }
}
