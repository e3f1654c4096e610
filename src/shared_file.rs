//! The table of the shared rate limiter in a file: made, checked, mapped into memory, and watched.
//!
//! Neither a primitive, since it knows files and the clock of the system, nor a binding, since it knows no Python. The
//! bytes are described in `docs/formats.md`. What a process needs `unsafe` for is in [`system`] alone.

mod header;
mod opening;
mod system;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use parking_lot::Mutex;

use crate::primitives::limits::{Bucket, is_lock_free};
use crate::primitives::{Error, Result};
use system::Mapping;
pub use system::monotonic_ns;

/// The most keys that a table can be made for: a file of 32 GiB.
pub const MAX_KEYS: usize = 1_000_000_000;
/// How often a process looks whether the file is still there.
const LOOK_EVERY_NS: u64 = 1_000_000_000;

/// A file that is mapped. It stays mapped for as long as somebody holds this.
pub struct Table {
    mapping: Mapping,
    secret: [u8; 16],
    identity: opening::Identity,
    /// When to look at the path again; 0 when this table is no longer the one there.
    look_at_ns: AtomicU64,
}

impl Table {
    /// The slots.
    #[must_use]
    #[inline]
    pub fn buckets(&self) -> &[Bucket] {
        self.mapping.buckets()
    }

    /// The secret of the table, which the fingerprints are made with.
    #[must_use]
    pub const fn secret(&self) -> &[u8; 16] {
        &self.secret
    }

    /// Whether it is time to ask [`SharedFile::current`] for the table again. Asked after each decision: what was decided on
    /// a table that is gone has to be decided anew.
    #[must_use]
    #[inline]
    pub fn is_due(&self, now_ns: u64) -> bool {
        now_ns >= self.look_at_ns.load(Relaxed) || self.mapping.is_damaged()
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").finish_non_exhaustive()
    }
}

/// A table at a path.
pub struct SharedFile {
    path: PathBuf,
    buckets: usize,
    table: Mutex<Option<Arc<Table>>>,
}

impl SharedFile {
    /// Opens the file at a path, or makes it, with place for `max_keys` keys and as many again.
    ///
    /// # Errors
    /// [`Error::Parameter`] when an argument is out of range; [`Error::StoreIncompatible`] when there is something that is no
    /// table of ours, or not of this size, or that others can reach; [`Error::StoreUnavailable`] when it cannot be opened.
    pub fn open(path: &Path, max_keys: usize) -> Result<Self> {
        if !(1..=MAX_KEYS).contains(&max_keys) {
            return Err(Error::Parameter("max_keys is 1 to 1,000,000,000"));
        }
        if !path.is_absolute() {
            return Err(Error::Parameter(
                "the path of a shared table is absolute: all processes have to find the same file",
            ));
        }
        if !is_lock_free() {
            return Err(Error::StoreUnavailable(
                "this processor cannot change 16 bytes at once; use a store with a server",
            ));
        }
        let file = Self { path: path.to_path_buf(), buckets: header::buckets_for(max_keys), table: Mutex::new(None) };
        file.current()?;
        Ok(file)
    }

    /// The table as it is now: looked for again when that is due.
    ///
    /// # Errors
    /// Those of [`SharedFile::open`].
    pub fn current(&self) -> Result<Arc<Table>> {
        let mut held = self.table.lock();
        let now_ns = monotonic_ns();
        if let Some(table) = held.as_ref() {
            if !table.is_due(now_ns) {
                return Ok(Arc::clone(table));
            }
            if !table.mapping.is_damaged()
                && opening::is_still(&self.path, &table.mapping, &table.secret, &table.identity)?
            {
                table.look_at_ns.store(now_ns.saturating_add(LOOK_EVERY_NS), Relaxed);
                return Ok(Arc::clone(table));
            }
            table.look_at_ns.store(0, Relaxed);
        }
        *held = None;
        let (mapping, secret, identity) = opening::open(&self.path, self.buckets)?;
        let look_at_ns = now_ns.saturating_add(LOOK_EVERY_NS).into();
        let table = Arc::new(Table { mapping, secret, identity, look_at_ns });
        *held = Some(Arc::clone(&table));
        Ok(table)
    }
}

impl fmt::Debug for SharedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedFile").field("path", &self.path).finish_non_exhaustive()
    }
}
