"""`PolicyFile`: the policy of a file as the file is now."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.audit import emit, forks
from zenoo_security.clock import SYSTEM_CLOCK
from zenoo_security.errors import PolicyError
from zenoo_security.policy.policy import DOCUMENT, Policy

if TYPE_CHECKING:
    from zenoo_security.clock import Clock

__all__ = ["PolicyFile"]

_SETTLED_NS: Final = 2_000_000_000
"""A file that changed less than this ago may change again without its times showing it: FAT counts by two seconds."""


class _Loaded(NamedTuple):
    stat: tuple[int, ...]
    settled: bool
    digest: bytes
    policy: Policy | None
    problem: str


class PolicyFile:
    """A file with a policy. A change of it is effective at the next use in every process that has it.

    A file that is gone or went wrong is refused at each use, until it is right again; what it said before does not
    count any more. Replace it in one step (`mv new.toml policy.toml`), so that nobody reads half of it.

    Args:
        path: a `.toml` or `.json` file.
        clock: for tests.

    Raises:
        PolicyError: as `Policy.from_file`; so a program with a wrong policy does not start.
    """

    def __init__(self, path: str | os.PathLike[str], *, clock: Clock = SYSTEM_CLOCK) -> None:
        self.path: Final = Path(path)
        self._name: Final = os.fspath(path)
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        forks.register(self)
        self.current()

    def in_child(self) -> None:
        """A lock that another thread had at a fork would stay locked in the child for ever."""
        self._lock = threading.Lock()

    def current(self) -> Policy:
        """The policy that the file has now.

        Raises:
            PolicyError: it has none.
        """
        loaded = self._loaded
        if loaded is None or not loaded.settled or loaded.stat != self._stat():
            with self._lock:
                before, loaded = self._loaded, self._load(self._loaded)
                self._loaded = loaded
            _report(before, loaded)
        if loaded.policy is None:
            raise PolicyError(loaded.problem)
        return loaded.policy

    def _stat(self) -> tuple[int, ...]:
        """What changes with every change, of the file that is there; empty when there is none."""
        try:
            # Not Path.stat, which takes half as long again: this stands before each call of a guarded function.
            found = os.stat(self._name)  # noqa: PTH116
        except (OSError, ValueError):
            return ()
        return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_dev)

    def _load(self, before: _Loaded | None) -> _Loaded:
        """Read the file; one that changes meanwhile is seen at the next use, by what it was before."""
        stat = self._stat()
        settled = bool(stat) and self._clock.now() * 1e9 - max(stat[:2]) > _SETTLED_NS
        try:
            content = DOCUMENT.content(self.path)
        except PolicyError as error:
            # It may be readable at the next use, without a change: a process that had too many open files, a disk.
            return _Loaded(stat, settled=False, digest=b"", policy=None, problem=str(error))
        digest = hashlib.sha256(content).digest()
        if before is not None and before.digest == digest:
            return before._replace(stat=stat, settled=settled)
        try:
            return _Loaded(stat, settled, digest, Policy.from_content(self.path, content), "")
        except PolicyError as error:
            return _Loaded(stat, settled, digest, None, str(error))


def _report(before: _Loaded | None, now: _Loaded) -> None:
    """Write to the audit log what became of the policy, once for each change."""
    if before is None or (before.policy is now.policy and before.problem == now.problem):
        return
    if now.policy is None:
        emit("policy_refused", reason="policy_file")
    else:
        emit("policy_changed", before=before.policy.digest if before.policy else "", after=now.policy.digest)
