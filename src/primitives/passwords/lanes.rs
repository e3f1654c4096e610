//! Threads for the lanes of one hash, that end with it.
//!
//! The argon2 crate runs lanes on rayon. A pool that outlives the call would not survive a fork: the child inherits the
//! pool but none of its threads, and waits for them forever (gunicorn, Odoo's workers and multiprocessing all fork).
//! Starting a thread takes some 50 microseconds, a hash at least 10 milliseconds.

use rayon::{ThreadBuilder, ThreadPoolBuilder};

use crate::primitives::{Error, Result};

/// Runs `work` on a pool of `threads` threads of its own. The pool is needed for a single lane too: rayon would start
/// the one of the process.
///
/// # Errors
/// [`Error::HashingBusy`] when the operating system gives no more threads.
pub(super) fn run<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T> {
    ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .thread_name(|_| "zenoo-argon2".to_owned())
        .build_scoped(ThreadBuilder::run, |pool| pool.install(work))
        .map_err(|_| Error::HashingBusy)
}
