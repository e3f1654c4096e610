//! What a limiter answers, as a Python object.

use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::argument::from_seconds;
use crate::primitives::limits;

/// The answer of a rate limiter; true when the request is allowed. Raises `ParameterError` for a time that is none.
#[pyclass(frozen, eq, subclass, module = "zenoo_security._native")]
#[derive(PartialEq)]
pub(in crate::bindings) struct Decision(pub(super) limits::Decision);

fn seconds(nanoseconds: u64) -> f64 {
    Duration::from_nanos(nanoseconds).as_secs_f64()
}

/// Rounded up to a nanosecond, so that no refusal becomes a permission.
fn waiting(seconds: f64) -> PyResult<u64> {
    let nanoseconds = from_seconds(seconds, "retry_after and reset_after are seconds, 0 or more")?;
    Ok(nanoseconds.max(u64::from(seconds > 0.0)))
}

#[pymethods]
impl Decision {
    /// Of a limiter that counts elsewhere: allowed exactly when `retry_after` is 0. Raises `ParameterError`.
    #[new]
    #[pyo3(signature = (limit, remaining, retry_after=0.0, reset_after=0.0))]
    fn new(limit: u32, remaining: u32, retry_after: f64, reset_after: f64) -> PyResult<Self> {
        let (retry_after_ns, reset_after_ns) = (waiting(retry_after)?, waiting(reset_after)?);
        Ok(Self(limits::Decision { limit, remaining, retry_after_ns, reset_after_ns }))
    }

    /// This one alone: a limiter with several limits has one for each.
    #[getter]
    fn decisions(slf: Py<Self>) -> (Py<Self>,) {
        (slf,)
    }

    /// Whether the request may go on.
    #[getter]
    const fn allowed(&self) -> bool {
        self.0.allowed()
    }

    /// The requests of a whole quota.
    #[getter]
    const fn limit(&self) -> u32 {
        self.0.limit
    }

    /// The requests that are left.
    #[getter]
    const fn remaining(&self) -> u32 {
        self.0.remaining
    }

    /// Seconds until the same request is allowed; 0 when it is.
    #[getter]
    fn retry_after(&self) -> f64 {
        seconds(self.0.retry_after_ns)
    }

    /// Seconds until the whole quota is there again, if nothing is taken meanwhile.
    #[getter]
    fn reset_after(&self) -> f64 {
        seconds(self.0.reset_after_ns)
    }

    /// The member of a `RateLimit` field about it, under the name of a policy as it is quoted there: what is left, and the
    /// seconds until the quota is whole, or until the same request is allowed where it was refused.
    fn member<'py>(&self, py: Python<'py>, quoted: &[u8]) -> Bound<'py, PyBytes> {
        let wait_s = if self.0.allowed() { self.reset_after() } else { self.retry_after() };
        let figures = format!(";r={};t={:.0}", self.0.remaining, wait_s.ceil());
        PyBytes::new(py, &[quoted, figures.as_bytes()].concat())
    }

    const fn __bool__(&self) -> bool {
        self.0.allowed()
    }

    fn __repr__(&self) -> String {
        let allowed = if self.0.allowed() { "True" } else { "False" };
        let (limit, remaining) = (self.0.limit, self.0.remaining);
        let (retry, reset) = (self.retry_after(), self.reset_after());
        format!(
            "Decision(allowed={allowed}, limit={limit}, remaining={remaining}, \
             retry_after={retry:?}, reset_after={reset:?})"
        )
    }
}
