//! The rate limiter for Python. It reads the monotonic clock here: asking Python for it costs more than deciding.
#![expect(clippy::inline_always, reason = "measured: the calls cost as much as the decision")]

mod argument;
mod decision;
mod several;
mod shared;

use std::time::Instant;

use pyo3::prelude::*;

use crate::primitives::{Error, Result, limits};
use argument::{Cost, algorithm, from_seconds, identifier, nanoseconds};
pub(super) use decision::Decision;
pub(super) use several::{hit_all, peek_all};
use shared::SharedCounts;
pub(super) use shared::SharedTable;

/// One quota for each of many identifiers, in the memory of this process or in a `SharedTable`: exact sliding window, or
/// GCRA (ITU-T I.371). `window_seconds`: seconds, 0.001 to 31,622,400. `told` is called with a number of refusals,
/// `failed` when the table cannot be used: true lets through.
/// Raises `ParameterError`, `StoreUnavailable` and `StoreIncompatible`.
#[pyclass(frozen, subclass, module = "zenoo_security._native")]
pub(super) struct Limiter {
    counts: Counts,
    clock: Option<Py<PyAny>>,
    start: Instant,
    refusals: limits::Refusals,
    told: Option<Py<PyAny>>,
    failed: Option<Py<PyAny>>,
}

enum Counts {
    Own(limits::Limiter),
    Shared(SharedCounts),
}

impl Limiter {
    /// The time of a clock of one's own.
    fn told_ns(&self, py: Python<'_>) -> PyResult<Option<u64>> {
        let Some(clock) = &self.clock else { return Ok(None) };
        let seconds = clock.call_method0(py, "monotonic")?.extract(py)?;
        Ok(Some(from_seconds(seconds, "the monotonic clock gives seconds, 0 or more")?))
    }

    #[inline(always)]
    fn now_ns(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(self.told_ns(py)?.unwrap_or_else(|| nanoseconds(self.start.elapsed())))
    }

    #[inline(always)]
    fn take(&self, identifier: &Bound<'_, PyAny>, cost: u32) -> PyResult<limits::Decision> {
        let key = self::identifier(identifier)?;
        let (decision, now_ns) = match &self.counts {
            Counts::Own(limiter) => {
                let now_ns = self.now_ns(identifier.py())?;
                (limiter.hit(key, cost, now_ns)?, now_ns)
            }
            Counts::Shared(counts) => {
                let answer = counts.hit(key, cost, self.told_ns(identifier.py())?);
                self.or_uncounted(identifier.py(), answer, || (counts.uncounted(), 0))?
            }
        };
        if !decision.allowed() {
            self.refused(identifier, now_ns)?;
        }
        Ok(decision)
    }

    /// The answer; or, of a table that cannot be used, what is let through uncounted, if Python decides so.
    #[inline(always)]
    fn or_uncounted<T>(&self, py: Python<'_>, answer: Result<T>, uncounted: impl FnOnce() -> T) -> PyResult<T> {
        match (answer, &self.failed) {
            (Err(Error::StoreUnavailable(_)), Some(failed)) if failed.call0(py)?.is_truthy(py)? => Ok(uncounted()),
            (answer, _) => Ok(answer?),
        }
    }

    /// Tells of a refusal, if it is time to.
    fn refused(&self, identifier: &Bound<'_, PyAny>, now_ns: u64) -> PyResult<()> {
        let Some(told) = &self.told else { return Ok(()) };
        // Python's hash of a str has a random key, and is kept with the str.
        let hash = identifier.hash()?.cast_unsigned();
        if let Some(count) = self.refusals.count(u64::try_from(hash)?, now_ns) {
            told.call1(identifier.py(), (count,))?;
        }
        Ok(())
    }
}

#[pymethods]
impl Limiter {
    #[new]
    #[pyo3(signature = (max_requests, window_seconds, algorithm, max_keys, clock=None, told=None, table=None, name="", failed=None))]
    #[expect(clippy::too_many_arguments, reason = "the figures of a limiter, where it counts, and whom it tells")]
    fn new(
        max_requests: u32,
        window_seconds: f64,
        algorithm: &str,
        max_keys: usize,
        clock: Option<Py<PyAny>>,
        told: Option<Py<PyAny>>,
        table: Option<PyRef<'_, SharedTable>>,
        name: &str,
        failed: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let window_ns = from_seconds(window_seconds, "window_seconds is 0.001 to 31,622,400 (366 days)")?;
        let algorithm = self::algorithm(algorithm)?;
        let counts = match table {
            None => Counts::Own(limits::Limiter::new(algorithm, max_requests, window_ns, max_keys)?),
            Some(table) => Counts::Shared(table.counts(algorithm, max_requests, window_ns, name.to_owned())?),
        };
        Ok(Self { counts, clock, start: Instant::now(), refusals: limits::Refusals::new(window_ns), told, failed })
    }

    /// Takes `cost` requests from the quota of an identifier, if all of them are there.
    /// Raises `InvalidInput`, `InputTooLarge`, `ParameterError`, `StoreUnavailable` and `StoreIncompatible`.
    #[pyo3(signature = (identifier, cost=Cost(1)), text_signature = "($self, identifier, cost=1)")]
    fn hit(&self, identifier: &Bound<'_, PyAny>, cost: Cost) -> PyResult<Decision> {
        Ok(Decision(self.take(identifier, cost.0)?))
    }

    /// What `hit` would answer. Takes nothing; `remaining` and `reset_after` are those of now.
    /// Raises `InvalidInput`, `InputTooLarge`, `ParameterError`, `StoreUnavailable` and `StoreIncompatible`.
    #[pyo3(signature = (identifier, cost=Cost(1)), text_signature = "($self, identifier, cost=1)")]
    fn peek(&self, py: Python<'_>, identifier: &Bound<'_, PyAny>, cost: Cost) -> PyResult<Decision> {
        let key = self::identifier(identifier)?;
        Ok(Decision(match &self.counts {
            Counts::Own(limiter) => limiter.peek(key, cost.0, self.now_ns(py)?)?,
            Counts::Shared(counts) => {
                self.or_uncounted(py, counts.peek(key, cost.0, self.told_ns(py)?), || counts.uncounted())?
            }
        }))
    }

    /// `hit` of one request without the figures: whether it may go on.
    /// Raises `InvalidInput`, `InputTooLarge`, `StoreUnavailable` and `StoreIncompatible`.
    fn allow(&self, identifier: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Counts::Shared(counts) = &self.counts else { return Ok(self.take(identifier, 1)?.allowed()) };
        let answer = counts.allow(self::identifier(identifier)?, self.told_ns(identifier.py())?);
        let (allowed, now_ns) = self.or_uncounted(identifier.py(), answer, || (true, 0))?;
        if !allowed {
            self.refused(identifier, now_ns)?;
        }
        Ok(allowed)
    }

    /// Gives an identifier its whole quota back. Whether anything had been counted for it.
    /// Raises `InvalidInput`, `InputTooLarge`, `StoreUnavailable` and `StoreIncompatible`.
    fn reset(&self, py: Python<'_>, identifier: &Bound<'_, PyAny>) -> PyResult<bool> {
        let key = self::identifier(identifier)?;
        Ok(match &self.counts {
            Counts::Own(limiter) => limiter.reset(key)?,
            Counts::Shared(counts) => counts.reset(key, self.told_ns(py)?)?,
        })
    }

    /// How many identifiers are held now, those included that could be forgotten; of a shared table, how many of its places
    /// are taken, by all of its limiters. Raises `StoreUnavailable` and `StoreIncompatible`.
    fn key_count(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(match &self.counts {
            Counts::Own(limiter) => limiter.key_count(),
            Counts::Shared(counts) => counts.taken(self.told_ns(py)?)?,
        })
    }
}
