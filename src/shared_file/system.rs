//! The calls of the system that Rust has no safe form of, each in a safe one. The only file with `unsafe`.
#![expect(unsafe_code, reason = "mapping a file that processes share; every block says why it is sound")]

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::ptr::{self, NonNull};

use super::header;
use crate::primitives::limits::Bucket;

/// A flag of `open`: no symbolic link at the end of the path.
pub(super) const NO_FOLLOW: i32 = libc::O_NOFOLLOW;
/// What `open` fails with when there is one.
pub(super) const IS_LINK: i32 = libc::ELOOP;
/// A flag of `open`: do not wait for the other end of a pipe.
pub(super) const NON_BLOCKING: i32 = libc::O_NONBLOCK;

/// Nanoseconds of the monotonic clock: one for all processes of a machine, whoever sets the calendar.
#[must_use]
#[inline]
pub fn monotonic_ns() -> u64 {
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: the pointer is to memory for one timespec. The call writes it, or fails and gives something else than 0.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, time.as_mut_ptr()) };
    if status != 0 {
        return 0;
    }
    // SAFETY: the call succeeded, so the memory is written.
    let time = unsafe { time.assume_init() };
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec).unwrap_or_default())
}

/// Who runs this process.
pub(super) fn user_id() -> u32 {
    // SAFETY: the call has no arguments, always succeeds and touches no memory.
    unsafe { libc::geteuid() }
}

/// Makes a file so long, with all of its blocks.
pub(super) fn allocate(file: &File, length: usize) -> io::Result<()> {
    let length = libc::off_t::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
    // SAFETY: the descriptor is open as long as `file` lives; the call touches no memory of ours.
    match unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, length) } {
        0 => Ok(()),
        code => Err(io::Error::from_raw_os_error(code)),
    }
}

/// Waits for the lock of a file. It ends when the file is closed, also by a process that dies.
pub(super) fn lock(file: &File) -> io::Result<()> {
    // SAFETY: the descriptor is open as long as `file` lives; the call touches no memory of ours.
    match unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The slots of a file in the memory of this process.
pub(super) struct Mapping {
    start: NonNull<libc::c_void>,
    length: usize,
    buckets: NonNull<Bucket>,
    count: usize,
}

impl Mapping {
    /// Maps a file that has a header and so many buckets.
    pub(super) fn new(file: &File, count: usize) -> io::Result<Self> {
        let length = header::file_len(count);
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the kernel chooses the address, so no memory that is in use is replaced. The descriptor is open.
        let start = unsafe { libc::mmap(ptr::null_mut(), length, access, libc::MAP_SHARED, file.as_raw_fd(), 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start).ok_or(io::ErrorKind::AddrNotAvailable)?;
        // SAFETY: the mapping is longer than the header.
        let buckets = unsafe { start.byte_add(header::LEN) }.cast();
        Ok(Self { start, length, buckets, count })
    }

    #[inline]
    pub(super) fn buckets(&self) -> &[Bucket] {
        // SAFETY: the mapping begins on a page and so does what follows the header of a page, so buckets are aligned; it has
        // `count` of them behind the header, and stays until `self` is dropped. A bucket is atomics alone, for which every
        // bit pattern is valid, and which others may change meanwhile.
        unsafe { std::slice::from_raw_parts(self.buckets.as_ptr(), self.count) }
    }

    #[inline]
    pub(super) const fn is_damaged(&self) -> bool {
        false
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this is the mapping that `new` made, and no slice of it outlives `self`.
        unsafe { libc::munmap(self.start.as_ptr(), self.length) };
    }
}

// SAFETY: a mapping belongs to the process, not to a thread, and what is in it is only reached as atomics.
unsafe impl Send for Mapping {}
// SAFETY: as for Send.
unsafe impl Sync for Mapping {}
