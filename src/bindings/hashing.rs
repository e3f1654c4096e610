//! `zenoo_security.hashing`: the memory budget that password hashes share.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use pyo3::prelude::*;

use crate::primitives::passwords::Budget;
use crate::primitives::{Error, Result};

/// The memory that all argon2 hashes of a process may take at the same time.
///
/// Args: `mib`, from 1 to 65536 MiB; `wait_s`, how many seconds a hash may wait for memory that is in use, 0 to 3600.
/// After a fork, the child needs one of its own. Raises `ParameterError`.
#[pyclass(frozen, module = "zenoo_security._native")]
pub(crate) struct HashingBudget(Budget);

#[pymethods]
impl HashingBudget {
    #[new]
    fn new(mib: u32, wait_s: f64) -> Result<Self> {
        if !(1..=65536).contains(&mib) {
            return Err(Error::Parameter("the memory budget must be from 1 to 65536 MiB"));
        }
        let wait = Some(wait_s).filter(|seconds| (0.0..=3600.0).contains(seconds)).map(Duration::from_secs_f64);
        let wait = wait.ok_or(Error::Parameter("the time to wait must be from 0 to 3600 seconds"))?;
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(Self(Budget::new(mib.saturating_mul(1024), wait, cores)))
    }

    /// Free the memory that is kept for the next hash. Returns how many KiB that were.
    fn trim(&self, py: Python<'_>) -> usize {
        py.detach(|| self.0.trim())
    }
}

impl HashingBudget {
    pub(crate) const fn get(&self) -> &Budget {
        &self.0
    }
}
