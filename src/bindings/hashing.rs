//! `zenoo_security.hashing`: the memory budget that password hashes share.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use pyo3::prelude::*;

use super::input::number;
use crate::primitives::passwords::Budget;
use crate::primitives::{Error, Result};

/// The memory that all argon2 hashes of a process may take at the same time.
///
/// Args: `mib`, 1 to 65536 MiB; `wait_s`, how many seconds a hash may wait for memory that is in use, 0 to 3600.
/// After a fork, the child needs one of its own. Raises `ParameterError`.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(super) struct HashingBudget {
    budget: Budget,
    /// How many hashes can run at full speed: the cores that this process may use.
    #[pyo3(get)]
    cores: usize,
}

#[pymethods]
impl HashingBudget {
    #[new]
    fn new(mib: &Bound<'_, PyAny>, wait_s: &Bound<'_, PyAny>) -> Result<Self> {
        const MIB: &str = "the memory budget must be 1 to 65536 MiB";
        const WAIT: &str = "the time to wait must be 0 to 3600 seconds";
        let mib = Some(number(mib, MIB)?).filter(|mib| (1..=65536).contains(mib)).ok_or(Error::Parameter(MIB))?;
        let wait_s = Some(number(wait_s, WAIT)?).filter(|seconds| (0.0..=3600.0).contains(seconds));
        let wait = wait_s.map(Duration::from_secs_f64).ok_or(Error::Parameter(WAIT))?;
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(Self { budget: Budget::new(u32::saturating_mul(mib, 1024), wait, cores), cores })
    }

    /// Free the memory that is kept for the next hash. Returns how many KiB that were.
    fn trim(&self, py: Python<'_>) -> usize {
        py.detach(|| self.budget.trim())
    }
}

impl HashingBudget {
    pub(super) const fn get(&self) -> &Budget {
        &self.budget
    }
}
