//! `AttemptTable`: the counters behind the memory store.

mod known;

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use super::input::number;
use crate::primitives::attempts::{self, Backoff, Counter, Outcome};
use crate::primitives::{Error, Result};
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

fn backoff(value: &Bound<'_, PyAny>) -> PyResult<Arc<Backoff>> {
    let delays_s: Vec<f64> = value.getattr("delays_s")?.extract()?;
    let (stop, keep_s) = (value.getattr("stop")?.extract()?, value.getattr("keep_s")?.extract()?);
    Ok(Arc::new(Backoff::new(&delays_s, stop, keep_s)?))
}

fn outcome(value: &Bound<'_, PyAny>) -> PyResult<Outcome> {
    let name = value.getattr("value")?;
    Ok(Outcome::from_name(name.cast::<PyString>().map_err(|_| OUTCOMES)?.to_str()?)?)
}

impl AttemptTable {
    fn counters(&self, counters: &Bound<'_, PyAny>) -> PyResult<Vec<Counter>> {
        let parse = |counter: &Bound<'_, PyAny>| {
            let counter = counter.cast::<PyTuple>().map_err(|_| COUNTERS)?;
            let (key, slowing) = (counter.get_item(0)?, counter.get_item(1)?);
            let key = key.cast::<PyBytes>().map_err(|_| COUNTERS)?;
            Ok(self.table.counter(key.as_bytes(), self.backoffs.get(&slowing, backoff)?)?)
        };
        sequence(counters)?.iter().map(|counter| parse(&counter)).collect()
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
        Ok(self.table.reserve(&self.counters(counters)?, now)?)
    }

    /// Says what came of an attempt: an outcome for each of its counters. Raises `ParameterError`.
    fn settle(&self, counters: &Bound<'_, PyAny>, outcomes: &Bound<'_, PyAny>, now: f64) -> PyResult<()> {
        let outcomes: PyResult<Vec<_>> =
            sequence(outcomes)?.iter().map(|value| self.outcomes.get(&value, outcome)).collect();
        Ok(self.table.settle(&self.counters(counters)?, &outcomes?, now)?)
    }

    /// Forgets a counter. Whether there was one. Raises `ParameterError`.
    fn forget(&self, key: &Bound<'_, PyBytes>) -> Result<bool> {
        self.table.forget(key.as_bytes())
    }

    fn __len__(&self) -> usize {
        self.table.len()
    }
}
