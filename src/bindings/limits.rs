//! The rate limiter for Python. It reads the monotonic clock here: asking Python for it costs more than deciding.
#![expect(clippy::inline_always, reason = "measured: the calls cost as much as the decision")]

mod argument;
mod decision;

use std::time::Instant;

use pyo3::prelude::*;

use crate::primitives::limits;
use argument::{Cost, algorithm, from_seconds, identifier, nanoseconds};
pub(super) use decision::Decision;

/// One quota for each of many identifiers in the memory of this process: exact sliding window, or GCRA (ITU-T I.371).
/// `window_seconds`: seconds, 0.001 to 31,622,400. `told` is called with a number of refusals. Raises `ParameterError`.
#[pyclass(frozen, subclass, module = "zenoo_security._native")]
pub(super) struct Limiter {
    core: limits::Limiter,
    clock: Option<Py<PyAny>>,
    start: Instant,
    refusals: limits::Refusals,
    told: Option<Py<PyAny>>,
}

impl Limiter {
    #[inline(always)]
    fn now_ns(&self, py: Python<'_>) -> PyResult<u64> {
        let Some(clock) = &self.clock else { return Ok(nanoseconds(self.start.elapsed())) };
        let seconds = clock.call_method0(py, "monotonic")?.extract(py)?;
        Ok(from_seconds(seconds, "the monotonic clock gives seconds, 0 or more")?)
    }

    #[inline(always)]
    fn take(&self, identifier: &Bound<'_, PyAny>, cost: u32) -> PyResult<limits::Decision> {
        let now_ns = self.now_ns(identifier.py())?;
        let decision = self.core.hit(self::identifier(identifier)?, cost, now_ns)?;
        if !decision.allowed() {
            self.refused(identifier, now_ns)?;
        }
        Ok(decision)
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
    #[pyo3(signature = (max_requests, window_seconds, algorithm, max_keys, clock=None, told=None))]
    fn new(
        max_requests: u32,
        window_seconds: f64,
        algorithm: &str,
        max_keys: usize,
        clock: Option<Py<PyAny>>,
        told: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let window_ns = from_seconds(window_seconds, "window_seconds is 0.001 to 31,622,400 (366 days)")?;
        let core = limits::Limiter::new(self::algorithm(algorithm)?, max_requests, window_ns, max_keys)?;
        Ok(Self { core, clock, start: Instant::now(), refusals: limits::Refusals::new(window_ns), told })
    }

    /// Takes `cost` requests from the quota of an identifier, if all of them are there.
    /// Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
    #[pyo3(signature = (identifier, cost=Cost(1)), text_signature = "($self, identifier, cost=1)")]
    fn hit(&self, identifier: &Bound<'_, PyAny>, cost: Cost) -> PyResult<Decision> {
        Ok(Decision(self.take(identifier, cost.0)?))
    }

    /// What `hit` would answer. Takes nothing; `remaining` and `reset_after` are those of now.
    /// Raises `InvalidInput`, `InputTooLarge` and `ParameterError`.
    #[pyo3(signature = (identifier, cost=Cost(1)), text_signature = "($self, identifier, cost=1)")]
    fn peek(&self, py: Python<'_>, identifier: &Bound<'_, PyAny>, cost: Cost) -> PyResult<Decision> {
        Ok(Decision(self.core.peek(self::identifier(identifier)?, cost.0, self.now_ns(py)?)?))
    }

    /// `hit` of one request without the figures: whether it may go on. Raises `InvalidInput` and `InputTooLarge`.
    fn allow(&self, identifier: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.take(identifier, 1)?.allowed())
    }

    /// Gives an identifier its whole quota back. Whether anything had been counted for it.
    /// Raises `InvalidInput` and `InputTooLarge`.
    fn reset(&self, identifier: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.core.reset(self::identifier(identifier)?)?)
    }

    /// How many identifiers are held now, those included that could be forgotten.
    fn key_count(&self) -> usize {
        self.core.key_count()
    }
}
