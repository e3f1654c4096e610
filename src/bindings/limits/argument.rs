//! The arguments of a limiter: durations, costs, and identifiers that may come from outside.

use std::time::Duration;

use pyo3::prelude::*;

use crate::bindings::input::text;
use crate::primitives::limits::Algorithm;
use crate::primitives::{Error, Result};

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

pub(super) fn from_seconds(seconds: f64, otherwise: &'static str) -> Result<u64> {
    Duration::try_from_secs_f64(seconds).map(nanoseconds).map_err(|_| Error::Parameter(otherwise))
}

pub(super) fn algorithm(name: &str) -> Result<Algorithm> {
    match name {
        "sliding_window" => Ok(Algorithm::SlidingWindow),
        "gcra" => Ok(Algorithm::Gcra),
        _ => Err(Error::Parameter("algorithm is sliding_window or gcra")),
    }
}

#[inline(always)]
pub(super) fn identifier<'a>(value: &'a Bound<'_, PyAny>) -> Result<&'a [u8]> {
    text(value).map(str::as_bytes)
}

/// How many requests one of them counts as.
pub(in crate::bindings) struct Cost(pub(super) u32);

impl<'py> FromPyObject<'_, 'py> for Cost {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        value.extract().map(Self).map_err(|_| Error::Parameter("cost is 1 to max_requests").into())
    }
}
