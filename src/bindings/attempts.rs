//! `AttemptTable`: the counters behind the memory store.

mod counters;
mod known;

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use super::input::number;
use crate::primitives::attempts::{self, Backoff, Counter, Outcome};
use crate::primitives::{Error, Result};
pub(super) use counters::{Counters, Slowing};
use known::{Known, sequence};

const COUNTERS: Error = Error::Parameter("a counter is its key in bytes and its Backoff");
const OUTCOMES: Error = Error::Parameter("an outcome is a member of Outcome");

/// At most `capacity` (16 to 100,000,000) counters of attempts, in the memory of this process. Raises `ParameterError`.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(super) struct AttemptTable {
    table: attempts::AttemptTable,
    backoffs: Known<Arc<Backoff>>,
    outcomes: Known<Outcome>,
}

fn backoff(value: Borrowed<'_, '_, PyAny>) -> PyResult<Arc<Backoff>> {
    let read = || -> PyResult<(Vec<f64>, Option<u32>, f64)> {
        let of = |name| value.getattr(name);
        Ok((of("delays_s")?.extract()?, of("stop")?.extract()?, of("keep_s")?.extract()?))
    };
    let (delays_s, stop, keep_s) = read().map_err(|_| COUNTERS)?;
    Ok(Arc::new(Backoff::new(&delays_s, stop, keep_s)?))
}

fn outcome(value: Borrowed<'_, '_, PyAny>) -> PyResult<Outcome> {
    let name = value.getattr("value").and_then(|name| name.extract::<String>()).map_err(|_| OUTCOMES)?;
    Ok(Outcome::from_name(&name)?)
}

impl AttemptTable {
    fn with<T>(&self, counters: &Bound<'_, PyAny>, act: impl FnOnce(&[Counter]) -> Result<T>) -> PyResult<T> {
        if let Ok(counters) = counters.cast_exact::<Counters>() {
            return Ok(counters.get().with(&self.table, act)?);
        }
        let parse = |counter: Borrowed<'_, '_, PyAny>| {
            let counter = counter.cast::<PyTuple>().map_err(|_| COUNTERS)?;
            let item = |index| counter.get_borrowed_item(index).map_err(|_| COUNTERS);
            let (key, slowing) = (item(0)?, item(1)?);
            let key = key.cast::<PyBytes>().map_err(|_| COUNTERS)?;
            Ok(self.table.counter(key.as_bytes(), self.backoffs.get(slowing, backoff)?)?)
        };
        let counters: PyResult<Vec<_>> = sequence(counters, COUNTERS)?.iter_borrowed().map(parse).collect();
        Ok(act(&counters?)?)
    }
}

#[pymethods]
impl AttemptTable {
    #[new]
    fn new(capacity: &Bound<'_, PyAny>) -> PyResult<Self> {
        let table = attempts::AttemptTable::new(number(capacity, "capacity is 16 to 100,000,000 counters")?)?;
        Ok(Self { table, backoffs: Known::new(), outcomes: Known::new() })
    }

    /// Counts one attempt on every counter, or on none. The seconds until all of them would allow it: 0.0 when it was
    /// counted, infinite when one has stopped. `now`: seconds of the caller's clock. Raises `ParameterError`.
    fn reserve(&self, counters: &Bound<'_, PyAny>, now: f64) -> PyResult<f64> {
        self.with(counters, |counters| self.table.reserve(counters, now))
    }

    /// Says what came of an attempt: an outcome for each of its counters. Raises `ParameterError`.
    fn settle(&self, counters: &Bound<'_, PyAny>, outcomes: &Bound<'_, PyAny>, now: f64) -> PyResult<()> {
        let outcomes: PyResult<Vec<_>> =
            sequence(outcomes, OUTCOMES)?.iter_borrowed().map(|value| self.outcomes.get(value, outcome)).collect();
        let outcomes = outcomes?;
        self.with(counters, |counters| self.table.settle(counters, &outcomes, now))
    }

    /// Forgets a counter. Whether there was one. Raises `ParameterError`.
    fn forget(&self, key: &Bound<'_, PyBytes>) -> Result<bool> {
        self.table.forget(key.as_bytes())
    }

    fn __len__(&self) -> usize {
        self.table.len()
    }
}
