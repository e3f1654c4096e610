//! Opens the file of a table, or makes it. No process ever sees half of one: it is written beside its place, then linked.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::header::{self, Header};
use super::system::{self, Mapping};
use crate::primitives::{Error, Result, random};

const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";
/// Each try that fails means that another process made or removed the file meanwhile.
const TRIES: usize = 64;

/// Which file it is, however it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

type Opened = (Mapping, [u8; 16], Identity);

/// Maps the table at a path, which is made when there is none, or one from before the start of the machine.
pub(super) fn open(path: &Path, buckets: usize) -> Result<Opened> {
    let boot = boot_id()?;
    check_directory(path)?;
    for _ in 0..TRIES {
        match open_file(path)? {
            None => make(path, buckets, boot)?,
            Some(file) => {
                let header = check(&metadata(&file)?, || header_of(&file), buckets)?;
                if header.boot == boot {
                    return map(&file, header);
                }
                replace(path, &file, buckets, boot)?;
            }
        }
    }
    Err(Error::StoreUnavailable("the file of the shared table is made and removed again and again"))
}

/// Whether the table at a path is the one that is mapped; an error when it is none.
///
/// Nothing is opened: a process that has no descriptor left would else be without its limits. As long as a file is mapped
/// no other has its number.
pub(super) fn is_still(path: &Path, mapping: &Mapping, secret: &[u8; 16], identity: &Identity) -> Result<bool> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(refusal(&error)),
    };
    if identity_of(&metadata) != *identity {
        return Ok(false);
    }
    let header = check(&metadata, || Ok(mapping.header()), mapping.buckets().len())?;
    Ok(header.secret == *secret)
}

fn map(file: &File, header: Header) -> Result<Opened> {
    let identity = identity_of(&metadata(file)?);
    let mapping = Mapping::new(file, header.buckets).map_err(|_| NOT_MAPPED)?;
    Ok((mapping, header.secret, identity))
}

fn identity_of(metadata: &Metadata) -> Identity {
    Identity { device: metadata.dev(), inode: metadata.ino() }
}

fn open_file(path: &Path) -> Result<Option<File>> {
    let flags = system::NO_FOLLOW | system::NON_BLOCKING;
    match OpenOptions::new().read(true).write(true).custom_flags(flags).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refusal(&error)),
    }
}

fn header_of(file: &File) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(header::LEN as u64).read_to_end(&mut bytes).map_err(|error| refusal(&error))?;
    Ok(bytes)
}

/// The header of a file that is a whole table, and this user's alone.
fn check(metadata: &Metadata, header: impl FnOnce() -> Result<Vec<u8>>, buckets: usize) -> Result<Header> {
    if !metadata.is_file() {
        return Err(NOT_A_FILE);
    }
    if metadata.uid() != system::user_id() {
        return Err(Error::StoreIncompatible(
            "the file of the shared table belongs to another user; name another path",
        ));
    }
    if metadata.mode() & 0o077 != 0 {
        return Err(Error::StoreIncompatible(
            "others can reach the shared table; remove the file, and it is made with mode 0600",
        ));
    }
    let header = Header::from_bytes(&header()?)?;
    if header.buckets != buckets {
        return Err(Error::StoreIncompatible(
            "the shared table was made for another max_keys; remove the file, or name another path",
        ));
    }
    if metadata.len() != header::file_len(buckets) as u64 {
        return Err(Error::StoreIncompatible("the shared table was cut; remove the file, and it is made anew"));
    }
    Ok(header)
}

/// A table could be replaced in a directory that others may write to: then anybody could take counts away.
fn check_directory(path: &Path) -> Result<()> {
    let directory = path.parent().unwrap_or(path);
    let metadata = fs::metadata(directory).map_err(|error| refusal(&error))?;
    let is_sticky = metadata.mode() & 0o1000 != 0;
    if metadata.mode() & 0o022 != 0 && !is_sticky || ![0, system::user_id()].contains(&metadata.uid()) {
        return Err(Error::StoreIncompatible(
            "others can replace the shared table: put it into a directory that they cannot write to, or into /dev/shm",
        ));
    }
    Ok(())
}

/// Makes a new table, unless another process has by then.
fn make(path: &Path, buckets: usize, boot: [u8; 16]) -> Result<()> {
    let temporary = Temporary::write(path, buckets, boot)?;
    // Unlike a rename, a link never replaces a file that appeared in the meantime.
    match fs::hard_link(&temporary.0, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(refusal(&error)),
        _ => Ok(()),
    }
}

/// Puts a new table in the place of one from before the start of the machine. Whoever holds the lock of the old one may,
/// while it is still there.
fn replace(path: &Path, old: &File, buckets: usize, boot: [u8; 16]) -> Result<()> {
    system::lock(old).map_err(|error| refusal(&error))?;
    let old = identity_of(&metadata(old)?);
    let is_there = fs::symlink_metadata(path).is_ok_and(|there| identity_of(&there) == old);
    if is_there {
        let temporary = Temporary::write(path, buckets, boot)?;
        fs::rename(&temporary.0, path).map_err(|error| refusal(&error))?;
    }
    Ok(())
}

/// A whole table beside its place, which is removed in the end.
struct Temporary(PathBuf);

impl Temporary {
    fn write(path: &Path, buckets: usize, boot: [u8; 16]) -> Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().ok_or(NOT_A_FILE)?);
        name.push(".");
        name.push(data_encoding::HEXLOWER.encode(&random::bytes::<8>()?));
        let temporary = Self(path.with_file_name(name));
        let header = Header { buckets, secret: random::bytes()?, boot };
        temporary.fill(header).map_err(|error| refusal(&error))?;
        Ok(temporary)
    }

    /// All blocks are taken now: a full disk must not be met in the middle of a decision.
    fn fill(&self, header: Header) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .custom_flags(system::NO_FOLLOW)
            .open(&self.0)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        system::allocate(&file, header::file_len(header.buckets))?;
        file.write_all(&header.to_bytes())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

const NOT_MAPPED: Error = Error::StoreUnavailable(
    "the shared table cannot be mapped; a process that has many makes one SharedTable and gives it to all limiters",
);
const NOT_A_FILE: Error = Error::StoreIncompatible("the path of the shared table is not that of a regular file");

fn metadata(file: &File) -> Result<Metadata> {
    file.metadata().map_err(|error| refusal(&error))
}

fn boot_id() -> Result<[u8; 16]> {
    let text = fs::read_to_string(BOOT_ID).unwrap_or_default();
    header::boot_id(&text).ok_or(Error::StoreUnavailable("the kernel does not tell its boot id in /proc"))
}

/// What to do about an error of the system.
fn refusal(error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => {
            Error::StoreUnavailable("the directory of the shared table does not exist; make it first")
        }
        ErrorKind::PermissionDenied => Error::StoreUnavailable("the shared table may not be opened or made there"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::StoreUnavailable("there is no space for the shared table")
        }
        ErrorKind::ReadOnlyFilesystem => {
            Error::StoreUnavailable("the shared table needs a file system that can be written to")
        }
        ErrorKind::IsADirectory | ErrorKind::InvalidInput => NOT_A_FILE,
        _ if error.raw_os_error() == Some(system::IS_LINK) => NOT_A_FILE,
        _ => Error::StoreUnavailable("the shared table cannot be opened; it needs a local file system, best in memory"),
    }
}
