//! The calls of the system that Rust has no safe form of, each in a safe one. The only file with `unsafe`.
#![expect(unsafe_code, reason = "mapping a file that processes share; every block says why it is sound")]

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::ptr::{self, NonNull};
use std::sync::OnceLock;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize};

use parking_lot::Mutex;

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

/// A mapping whose file is cut by somebody has pages without a file behind them, and touching one is SIGBUS. So many
/// mappings of this process can be told from memory of others when that happens.
const REGIONS: usize = 1024;

/// Where a mapping is, for the handler of SIGBUS; all zero when there is none.
#[derive(Debug)]
struct Region {
    start: AtomicUsize,
    end: AtomicUsize,
    is_damaged: AtomicBool,
}

static MAPPED: [Region; REGIONS] =
    [const { Region { start: AtomicUsize::new(0), end: AtomicUsize::new(0), is_damaged: AtomicBool::new(false) } };
        REGIONS];
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();
static PAGE: AtomicUsize = AtomicUsize::new(4096);

impl Region {
    /// A place for a mapping that is about to be used.
    fn take(start: usize, length: usize) -> io::Result<&'static Self> {
        let is_free = |region: &&Self| region.start.compare_exchange(0, start, SeqCst, SeqCst).is_ok();
        let region = MAPPED.iter().find(is_free).ok_or(io::ErrorKind::OutOfMemory)?;
        region.is_damaged.store(false, SeqCst);
        region.end.store(start.saturating_add(length), SeqCst);
        Ok(region)
    }

    fn leave(&self) {
        self.end.store(0, SeqCst);
        self.start.store(0, SeqCst);
    }

    fn holds(&self, address: usize) -> bool {
        (self.start.load(SeqCst)..self.end.load(SeqCst)).contains(&address)
    }
}

/// Puts a page of zeros where a page of a table has no file any more, and marks the table. What was decided meanwhile is
/// decided anew: see `Table::is_due`. Every other SIGBUS is handed to who had it before.
extern "C" fn on_bus_error(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel calls with a pointer to what it tells about the signal.
    let address = unsafe { (*info).si_addr() }.addr();
    let Some(region) = MAPPED.iter().find(|region| region.holds(address)) else {
        return pass_on(signal, info, context);
    };
    let page = PAGE.load(SeqCst);
    let start = ptr::without_provenance_mut::<libc::c_void>(address & !page.saturating_sub(1));
    let (access, flags) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED);
    // Before the page is there: another thread could decide by zeros and find nothing wrong.
    region.is_damaged.store(true, SeqCst);
    // SAFETY: always valid in the thread that calls it.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above. The code that was interrupted finds its own value again.
    let before = unsafe { *errno };
    // SAFETY: the page is one of our mapping, which nobody unmaps while a thread of this process is touching it. It is
    // atomics alone, for which zeros are valid. The call is a bare system call, allowed in a handler.
    let mapped = unsafe { libc::mmap(start, page, access, flags, -1, 0) };
    // SAFETY: as above.
    unsafe { *errno = before };
    if mapped == libc::MAP_FAILED {
        pass_on(signal, info, context);
    }
}

/// What this process would have done without us.
fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let Some(before) = BEFORE.get() else { return };
    if before.sa_sigaction == libc::SIG_DFL
        || before.sa_sigaction == libc::SIG_IGN
        || before.sa_flags & libc::SA_SIGINFO == 0
    {
        // SAFETY: it is the action that the system gave us. When the instruction is tried again, it takes effect.
        unsafe { libc::sigaction(signal, before, ptr::null_mut()) };
        return;
    }
    // SAFETY: with SA_SIGINFO the system itself would call this address with these arguments.
    let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) =
        unsafe { std::mem::transmute(before.sa_sigaction) };
    handler(signal, info, context);
}

/// Once in a process.
fn watch_for_bus_errors() -> io::Result<()> {
    static WATCHED: Mutex<bool> = Mutex::new(false);
    let mut is_watched = WATCHED.lock();
    if *is_watched {
        return Ok(());
    }
    // SAFETY: the call touches no memory of ours.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    PAGE.store(usize::try_from(page).unwrap_or(4096), SeqCst);
    // SAFETY: an action is numbers and an empty function, for which zeros are valid.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: both calls get a pointer to an action of ours, or none.
    if unsafe { libc::sigaction(libc::SIGBUS, ptr::null(), &raw mut action) } != 0 {
        return Err(io::Error::last_os_error());
    }
    BEFORE.get_or_init(|| action);
    action.sa_sigaction = on_bus_error as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
    // SAFETY: the handler has the signature that SA_SIGINFO asks for, and does what a handler may.
    if unsafe { libc::sigaction(libc::SIGBUS, &raw const action, ptr::null_mut()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    *is_watched = true;
    Ok(())
}

/// The slots of a file in the memory of this process.
pub(super) struct Mapping {
    start: NonNull<libc::c_void>,
    length: usize,
    buckets: NonNull<Bucket>,
    count: usize,
    region: &'static Region,
}

impl Mapping {
    /// Maps a file that has a header and so many buckets.
    pub(super) fn new(file: &File, count: usize) -> io::Result<Self> {
        watch_for_bus_errors()?;
        let length = header::file_len(count);
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the kernel chooses the address, so no memory that is in use is replaced. The descriptor is open.
        let start = unsafe { libc::mmap(ptr::null_mut(), length, access, libc::MAP_SHARED, file.as_raw_fd(), 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start).ok_or(io::ErrorKind::AddrNotAvailable)?;
        let region = Region::take(start.addr().get(), length).inspect_err(|_| {
            // SAFETY: this is the mapping that was just made, and nobody has seen it.
            unsafe { libc::munmap(start.as_ptr(), length) };
        })?;
        // SAFETY: the mapping is longer than the header.
        let buckets = unsafe { start.byte_add(header::LEN) }.cast();
        Ok(Self { start, length, buckets, count, region })
    }

    #[inline]
    pub(super) fn buckets(&self) -> &[Bucket] {
        // SAFETY: the mapping begins on a page and so does what follows the header of a page, so buckets are aligned; it has
        // `count` of them behind the header, and stays until `self` is dropped. A bucket is atomics alone, for which every
        // bit pattern is valid, and which others may change meanwhile. When the file is cut the handler above puts zeros
        // where it was.
        unsafe { std::slice::from_raw_parts(self.buckets.as_ptr(), self.count) }
    }

    /// What the header of the file is now.
    pub(super) fn header(&self) -> Vec<u8> {
        // SAFETY: the mapping is longer than the header, and stays until `self` is dropped. Others may write to the file
        // meanwhile, so its bytes are only reached as atomics, for which every bit pattern is valid.
        let bytes = unsafe { std::slice::from_raw_parts(self.start.cast::<AtomicU8>().as_ptr(), header::LEN) };
        bytes.iter().map(|byte| byte.load(Relaxed)).collect()
    }

    /// Whether a part of the file was gone when it was touched.
    #[inline]
    pub(super) fn is_damaged(&self) -> bool {
        self.region.is_damaged.load(Relaxed)
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.region.leave();
        // SAFETY: this is the mapping that `new` made, and no slice of it outlives `self`.
        unsafe { libc::munmap(self.start.as_ptr(), self.length) };
    }
}

// SAFETY: a mapping belongs to the process, not to a thread, and what is in it is only reached as atomics.
unsafe impl Send for Mapping {}
// SAFETY: as for Send.
unsafe impl Sync for Mapping {}
