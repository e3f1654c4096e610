"""The file of a store: made whole or not at all, for one user only, and of a version that is known."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ConfigurationError, StoreError, StoreIncompatible, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.stores.sqlite.timeline import Timeline

__all__ = ["connect", "create", "identity", "translated"]

APPLICATION_ID: Final = 0x5A534543
"""`ZSEC`: what file(1) and we know the file by."""

VERSION: Final = 2

_PAGE_BYTES: Final = 4096

_SCHEMA: Final = f"""
PRAGMA page_size = {_PAGE_BYTES};
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE entry (key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL, expires_at REAL NOT NULL);
CREATE TABLE quota (key BLOB NOT NULL PRIMARY KEY, expires_at REAL NOT NULL, moments BLOB);
CREATE TABLE counter (
    key BLOB NOT NULL PRIMARY KEY,
    attempts INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    next_at REAL NOT NULL,
    expires_at REAL NOT NULL
);
CREATE INDEX entry_expiry ON entry (expires_at);
CREATE INDEX quota_expiry ON quota (expires_at);
CREATE INDEX counter_expiry ON counter (expires_at);
CREATE TABLE clock (boot TEXT NOT NULL, offset_s REAL NOT NULL, seen REAL NOT NULL);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
"""
"""What has no expiry has the infinite one. A quota expires when it is whole again. The moments of a sliding window are
microseconds, 8 bytes each as this machine has them: the file is of one machine."""


def create(path: Path, timeline: Timeline) -> None:
    """Make the file, unless there is one.

    It is made under another name and then linked to its own, so that nobody ever opens a half made one.

    Raises:
        ConfigurationError: everybody can write to the folder, it is somebody else's, or this user cannot write to it.
    """
    _check_folder(path.parent)
    if os.path.lexists(path):
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        try:
            with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as connection:
                connection.executescript(_SCHEMA)
                timeline.create(connection)
                connection.execute("COMMIT")
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be made: {error.strerror}") from None


def connect(path: Path, *, timeout_s: float, max_bytes: int) -> sqlite3.Connection:
    """Open a connection to a file that is there, nobody else's, and of our version.

    Raises:
        ConfigurationError: others may read or write the file, or it is somebody else's.
        StoreIncompatible: it was made by another version, or by something else.
    """
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        _check_status(name)
    uri = f"{path.as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=timeout_s, isolation_level=None, check_same_thread=False)
    try:
        _check_version(path, connection)
        # FULL: what was acknowledged is on the disk. NORMAL would forget used codes and ended sessions in a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 16777216")
        connection.execute(f"PRAGMA max_page_count = {max_bytes // _PAGE_BYTES}")
    except BaseException:
        connection.close()
        raise
    return connection


def identity(path: Path) -> tuple[int, int] | None:
    """What tells the file from another that has taken its name; `None` when none has."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into errors of ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translation(path, error) from None


def _translation(path: Path, error: sqlite3.Error) -> StoreError:
    text = str(error)
    if "not a database" in text:
        return StoreIncompatible(f"{path}: this is not a store; name a file that does not exist")
    if "locked" in text:
        return StoreUnavailable(f"{path}: another process holds it for too long")
    if "full" in text:
        return StoreUnavailable(f"{path}: the disk is full, or the file has grown to max_bytes")
    return StoreUnavailable(f"{path}: {text}")


def _check_folder(path: Path) -> None:
    try:
        status = path.stat()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    if status.st_uid not in (os.geteuid(), 0):
        raise ConfigurationError(f"{path}: the folder belongs to another user, who could put another file there")
    if status.st_mode & stat.S_IWOTH:
        raise ConfigurationError(f"{path}: everybody can write there; keep the store in a folder of its own")


def _check_status(path: Path) -> None:
    # By name: closing a descriptor of the file would end the locks that SQLite holds on it in this process, fcntl(2).
    try:
        # Not of what a link leads to: the folder there was not looked at, nor what SQLite would keep beside it.
        status = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be opened: {error.strerror}") from None
    if not stat.S_ISREG(status.st_mode):
        raise ConfigurationError(f"{path}: this is not a regular file")
    if status.st_uid not in (os.geteuid(), 0):
        raise ConfigurationError(f"{path}: the file belongs to another user; it must be yours or root's")
    if status.st_mode & 0o077:
        raise ConfigurationError(
            f"{path}: mode {stat.S_IMODE(status.st_mode):04o} lets others at the sessions; run: chmod 600 {path}"
        )


def _check_version(path: Path, connection: sqlite3.Connection) -> None:
    ((application,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    if application != APPLICATION_ID:
        raise StoreIncompatible(f"{path}: this is not a store; name a file that does not exist")
    if version > VERSION:
        raise StoreIncompatible(f"{path}: made by a newer version of zenoo-security: install that one, or another file")
    if version < VERSION:
        raise StoreIncompatible(
            f"{path}: made by an older version of zenoo-security: move the file away; sessions and counts begin anew"
        )
