//! What a limiter answers, as a Python object.

use std::time::Duration;

use pyo3::prelude::*;

use crate::primitives::limits;

/// The answer of a rate limiter; true when the request is allowed.
#[pyclass(frozen, eq, module = "zenoo_security._native")]
#[derive(PartialEq)]
pub(in crate::bindings) struct Decision(pub(super) limits::Decision);

fn seconds(nanoseconds: u64) -> f64 {
    Duration::from_nanos(nanoseconds).as_secs_f64()
}

#[pymethods]
impl Decision {
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
