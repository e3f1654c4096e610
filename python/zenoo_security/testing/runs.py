"""The record of what runs: one file a run, so that the next one can clean up after one that was killed.

A run's databases live in a folder of its own below TMPDIR or /var/tmp, not in the cache: when this is root, PostgreSQL
runs as another user, who could not reach root's home.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenoo_security.testing.cache import public_folder
from zenoo_security.testing.commands import disk_errors
from zenoo_security.testing.processes import Process

if TYPE_CHECKING:
    from zenoo_security.testing.cache import Cache

__all__ = ["Run", "clean_up", "list_runs"]

_KIND = "runs"
_PREFIX = "zenoo-security-"
# How each server is told to end. Its files are removed next, so nothing is finished or written first: on SIGTERM Odoo
# waits for every open connection, and on SIGINT PostgreSQL writes a checkpoint. SIGQUIT is its immediate shutdown.
_SIGNALS = {"odoo": signal.SIGKILL, "postgres": signal.SIGQUIT}


def _host() -> str:
    """Return what tells apart machines and containers that share a cache: their process ids mean nothing elsewhere."""
    return f"{socket.gethostname()}/{Path('/proc/self/ns/pid').readlink().name}"


@dataclass
class Run:
    """One local Odoo, from before its start until its folder is gone.

    Attributes:
        name: names the record; `up` for the one that the command line leaves running.
        folder: its databases, logs and settings.
        owner: the process that uses it; None for one that outlives the process that started it.
        processes: its servers, by name.
        details: what `status` shows and `attach` needs; holds passwords, as the record's mode 0600 says.
    """

    name: str
    folder: Path
    owner: Process | None
    host: str = field(default_factory=_host)
    processes: dict[str, Process] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def create(cls, cache: Cache, name: str | None = None) -> Run:
        """Make a folder and its record.

        Args:
            cache: where the record is kept.
            name: one that others can find; without it the run gets a name of its own.
        """
        with disk_errors(Path(public_folder())):
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=public_folder()))
        if os.geteuid() == 0:
            # PostgreSQL's user passes through, to the folder below that belongs to it.
            folder.chmod(0o711)
        run = cls(name or secrets.token_hex(8), folder, Process.current())
        run.save(cache)
        return run

    def save(self, cache: Cache) -> None:
        """Write the record, readable by its owner only, whole or not at all."""
        path = self.path(cache)
        text = json.dumps(asdict(self), default=str)
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(unfinished).rename(path)

    def is_alive(self) -> bool:
        """Tell whether somebody uses it."""
        if self.host != _host():
            return True
        if self.owner is not None:
            return self.owner.is_alive()
        return bool(self.processes) and all(process.is_alive() for process in self.processes.values())

    def end(self, cache: Cache) -> None:
        """Stop its servers, remove its folder and its record."""
        for name in ("odoo", "postgres"):
            if name in self.processes:
                self.processes[name].stop(_SIGNALS[name])
        shutil.rmtree(self.folder, ignore_errors=True)
        self.path(cache).unlink(missing_ok=True)

    def path(self, cache: Cache) -> Path:
        """Return the record's file."""
        return cache.folder(_KIND) / f"{self.name}.json"


def list_runs(cache: Cache) -> list[Run]:
    """Return the recorded runs."""
    found = []
    for path in cache.folder(_KIND).glob("*.json"):
        # One that ends meanwhile is none; one that cannot be read names nothing to stop.
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found.append(_read(json.loads(path.read_text())))
    return found


def clean_up(cache: Cache) -> None:
    """End the runs that nobody uses any more: killed, or from before a reboot. Call it with the lock held."""
    for run in list_runs(cache):
        if not run.is_alive():
            run.end(cache)


def _read(record: dict[str, Any]) -> Run:
    return Run(
        name=record["name"],
        folder=Path(record["folder"]),
        owner=Process(**record["owner"]) if record["owner"] else None,
        host=record["host"],
        processes={name: Process(**process) for name, process in record["processes"].items()},
        details=record["details"],
    )
