//! The table that processes share, and a limiter's part in it.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::RwLock;
use pyo3::prelude::*;

use crate::primitives::limits::{Algorithm, Bucket, Decision, Receipt, SLOTS_PER_BUCKET, SharedLimiter, taken_slots};
use crate::primitives::{Error, Result};
use crate::shared_file::{SharedFile, Table, monotonic_ns};

/// A table that is gone as often in one call is being removed on purpose.
const TRIES: usize = 8;

/// A table of rate limits in a file that processes of one machine share. It is made, with mode 0600, when it is not there.
/// Raises `ParameterError`, `StoreUnavailable` and `StoreIncompatible`.
#[pyclass(frozen, subclass, module = "zenoo_security._native")]
pub(in crate::bindings) struct SharedTable {
    file: Arc<SharedFile>,
}

#[pymethods]
impl SharedTable {
    #[new]
    fn new(path: PathBuf, max_keys: usize) -> PyResult<Self> {
        Ok(Self { file: Arc::new(SharedFile::open(&path, max_keys)?) })
    }

    /// How many places of the table are taken, by all limiters. Raises `StoreUnavailable` and `StoreIncompatible`.
    fn places_taken(&self) -> PyResult<usize> {
        Ok(taken_slots(self.file.current()?.buckets(), &monotonic_ns))
    }

    /// How many places the table has. Raises `StoreUnavailable` and `StoreIncompatible`.
    fn places(&self) -> PyResult<usize> {
        Ok(self.file.current()?.buckets().len().saturating_mul(SLOTS_PER_BUCKET))
    }
}

impl SharedTable {
    pub(super) fn counts(
        &self,
        algorithm: Algorithm,
        limit: u32,
        window_ns: u64,
        name: String,
    ) -> Result<SharedCounts> {
        let figures = Figures { algorithm, limit, window_ns, name };
        let held = RwLock::new(figures.hold(self.file.current()?)?);
        Ok(SharedCounts { file: Arc::clone(&self.file), figures, held })
    }
}

struct Figures {
    algorithm: Algorithm,
    limit: u32,
    window_ns: u64,
    name: String,
}

/// A limiter on a table whose secret it uses.
struct Held {
    limiter: SharedLimiter,
    table: Arc<Table>,
}

impl Figures {
    fn hold(&self, table: Arc<Table>) -> Result<Held> {
        let limiter = SharedLimiter::new(self.algorithm, self.limit, self.window_ns, &self.name, table.secret())?;
        Ok(Held { limiter, table })
    }
}

/// The clock of one call: the system's, or one reading of a clock of one's own.
struct Clock {
    told_ns: Option<u64>,
    last_ns: Cell<u64>,
}

impl Clock {
    #[inline(always)]
    fn now_ns(&self) -> u64 {
        self.told_ns.unwrap_or_else(|| {
            self.last_ns.set(monotonic_ns());
            self.last_ns.get()
        })
    }

    /// The last reading of the system's clock in this call, if there was one.
    #[inline(always)]
    fn system_ns(&self) -> u64 {
        match self.last_ns.get() {
            0 => monotonic_ns(),
            last_ns => last_ns,
        }
    }
}

/// The counts of one limiter.
pub(super) struct SharedCounts {
    file: Arc<SharedFile>,
    figures: Figures,
    held: RwLock<Held>,
}

impl SharedCounts {
    #[inline(always)]
    pub(super) fn hit(&self, key: &[u8], cost: u32, told_ns: Option<u64>) -> Result<(Decision, u64)> {
        self.ask_with_time(told_ns, |limiter, table, clock| limiter.hit(table, key, cost, &|| clock.now_ns()))
    }

    #[inline(always)]
    pub(super) fn allow(&self, key: &[u8], told_ns: Option<u64>) -> Result<(bool, u64)> {
        self.ask_with_time(told_ns, |limiter, table, clock| limiter.allow(table, key, &|| clock.now_ns()))
    }

    pub(super) fn peek(&self, key: &[u8], cost: u32, told_ns: Option<u64>) -> Result<Decision> {
        self.ask(told_ns, |limiter, table, clock| limiter.peek(table, key, cost, &|| clock.now_ns()))
    }

    pub(super) fn take(&self, key: &[u8], cost: u32, told_ns: Option<u64>) -> Result<(Decision, Receipt)> {
        self.ask(told_ns, |limiter, table, clock| limiter.take(table, key, cost, &|| clock.now_ns()))
    }

    pub(super) fn give_back(&self, key: &[u8], cost: u32, receipt: &Receipt, told_ns: Option<u64>) -> Result<()> {
        self.ask(told_ns, |limiter, table, clock| limiter.give_back(table, key, cost, receipt, &|| clock.now_ns()))
    }

    pub(super) fn reset(&self, key: &[u8], told_ns: Option<u64>) -> Result<bool> {
        self.ask(told_ns, |limiter, table, clock| limiter.reset(table, key, &|| clock.now_ns()))
    }

    pub(super) fn taken(&self, told_ns: Option<u64>) -> Result<usize> {
        self.ask(told_ns, |_, table, clock| Ok(taken_slots(table, &|| clock.now_ns())))
    }

    /// What is said of a request that was let through uncounted: that nothing is known to remain.
    pub(super) const fn uncounted(&self) -> Decision {
        Decision { limit: self.figures.limit, remaining: 0, retry_after_ns: 0, reset_after_ns: 0 }
    }

    /// Decides, and once more if the table turns out to be gone.
    #[inline(always)]
    fn ask<T>(&self, told_ns: Option<u64>, act: impl Fn(&SharedLimiter, &[Bucket], &Clock) -> Result<T>) -> Result<T> {
        self.ask_with_time(told_ns, act).map(|(answer, _)| answer)
    }

    /// The same, with the time of the answer by whatever clock was used.
    #[inline(always)]
    fn ask_with_time<T>(
        &self,
        told_ns: Option<u64>,
        act: impl Fn(&SharedLimiter, &[Bucket], &Clock) -> Result<T>,
    ) -> Result<(T, u64)> {
        for _ in 0..TRIES {
            let clock = Clock { told_ns, last_ns: Cell::new(0) };
            let held = self.held.read();
            let answer = act(&held.limiter, held.table.buckets(), &clock)?;
            let now_ns = clock.system_ns();
            let is_due = held.table.is_due(now_ns);
            drop(held);
            if !is_due || self.is_current()? {
                return Ok((answer, told_ns.unwrap_or(now_ns)));
            }
        }
        Err(Error::StoreUnavailable("the file of the shared table is replaced again and again"))
    }

    /// Whether the table that is held is still the one at its path. If not, that one is held from now on.
    #[cold]
    fn is_current(&self) -> Result<bool> {
        let table = self.file.current()?;
        let mut held = self.held.write();
        let is_same = Arc::ptr_eq(&table, &held.table);
        if !is_same {
            *held = self.figures.hold(table)?;
        }
        Ok(is_same)
    }
}
