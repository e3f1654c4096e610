"""What the system says of this process and of what runs it."""

from __future__ import annotations

import os
import re
import resource
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import zenoo_security
from zenoo_security.checks.environment.tracked import tracked_files
from zenoo_security.checks.files import PathFacts, look_at

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Machine", "look_at_machine"]

_MAX_FOLDERS: Final = 64
_MAX_PROCESSES: Final = 4096
_SHORTEST_SECRET: Final = 8
_DATABASE_PASSWORD: Final = (b"-w", b"--db_password", b"--db-password", b"--smtp-password")
_ODOO: Final = re.compile(rb"(?:^|/)odoo(?:-bin)?(?:\.py)?$")
_FIRST: Final = 4
"""The program, its interpreter and options of that are among the first arguments."""


@dataclass(frozen=True)
class Machine:
    """What runs the process.

    Attributes:
        uid: its user.
        core_bytes: how large a core dump of it may be; -1 for any size.
        core_program: whether the system hands dumps to a program.
        code: the folders that this process takes code from.
        tracked: files with settings in the working folder that git keeps; None where that is not known.
        told: programs in whose arguments a secret stands, which every user of the machine can read.
        python: the version of Python.
        openssl: the version of OpenSSL, such as `3.5.1`.
    """

    uid: int = 1000
    core_bytes: int = 0
    core_program: bool = False
    code: tuple[PathFacts, ...] = ()
    tracked: tuple[str, ...] | None = ()
    told: tuple[str, ...] = ()
    python: tuple[int, int] = (3, 13)
    openssl: str = "3.5.0"


def look_at_machine(environ: Mapping[str, str]) -> Machine:
    """Look at this process and its machine."""
    folders = dict.fromkeys([str(Path(zenoo_security.__file__).parent), *sys.path])
    code = [facts for facts in map(look_at, list(folders)[:_MAX_FOLDERS]) if facts.is_directory]
    return Machine(
        os.geteuid(),
        resource.getrlimit(resource.RLIMIT_CORE)[0],
        _read(Path("/proc/sys/kernel/core_pattern")).startswith(b"|"),
        tuple(code),
        tracked_files(Path.cwd()),
        _told(environ),
        sys.version_info[:2],
        ".".join(map(str, ssl.OPENSSL_VERSION_INFO[:3])),
    )


def _told(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Programs whose arguments hold the password of a database, or a secret of these variables."""
    secrets = [
        os.fsencode(value)
        for name, value in environ.items()
        if name.endswith(("PASSWORD", "SECRET", "_KEY", "TOKEN", "PASSPHRASE")) and len(value) >= _SHORTEST_SECRET
    ]
    found = set()
    for process in [name for name in _names("/proc") if name.isdigit()][:_MAX_PROCESSES]:
        arguments = _read(Path("/proc", process, "cmdline")).split(b"\0")
        odoo = any(_ODOO.search(argument) for argument in arguments[:_FIRST])
        if any(secret in argument for argument in arguments for secret in secrets) or (
            odoo and any(argument.startswith(_DATABASE_PASSWORD) for argument in arguments)
        ):
            found.add(_name(arguments[0]))
    return tuple(sorted(found))


def _name(argument: bytes) -> str:
    """Of a program; one that gives itself a title may have put all its arguments in there."""
    words = argument.decode(errors="replace").split(maxsplit=1)
    return Path(words[0]).name if words else "a program"


def _names(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except OSError:
        return []


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(65_536)
    except OSError:
        return b""
