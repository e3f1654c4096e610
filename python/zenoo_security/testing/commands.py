"""Runs other programs, and turns their failures into errors that say what to do."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

__all__ = ["disk_errors", "require_space", "run"]

_SHOWN_LINES = 12


def run(
    argv: Sequence[str | Path],
    *,
    failure: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | IO[bytes] | None = None,
) -> str:
    """Run a program to its end and return what it wrote to its standard output.

    Args:
        argv: the program and its arguments; no shell is involved.
        failure: what to tell when it fails: what was attempted, and what to do now.
        env: its whole environment; that of this process without it.
        cwd: its working folder.
        stdin: what it reads, as text or as an open file; nothing without it.

    Raises:
        LocalOdooError: it is not installed, or it ended with another status than 0.
    """
    try:
        done = subprocess.run(
            [str(part) for part in argv],
            env=env,
            cwd=cwd,
            input=stdin if isinstance(stdin, str) else None,
            stdin=None if isinstance(stdin, str) else stdin or subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise LocalOdooError(f"{failure} ({argv[0]} is not installed)") from None
    except OSError as error:
        raise LocalOdooError(f"{failure} ({argv[0]}: {error.strerror})") from None
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-_SHOWN_LINES:]
        raise LocalOdooError("\n".join([failure, *(f"  | {line}" for line in said)]))
    return done.stdout


def require_space(folder: Path, mebibytes: int) -> None:
    """Refuse to begin what the disk cannot hold.

    Raises:
        LocalOdooError: less is free than is needed.
    """
    free = shutil.disk_usage(folder).free // 2**20
    if free < mebibytes:
        raise LocalOdooError(
            f"{folder} has {free} MiB free and {mebibytes} MiB are needed: make room, or name another disk "
            "with ZENOO_SECURITY_CACHE (downloads) or TMPDIR (databases)"
        )


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Name the folder and the way out when a disk is full, read-only or not what was expected.

    Raises:
        LocalOdooError: the operating system refused to write.
    """
    try:
        yield
    except OSError as error:
        # shutil.copytree gathers what failed and has no strerror: the first reason is enough.
        reason = error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror
        raise LocalOdooError(
            f"{folder} cannot be written ({reason}): make room or give access, or name another disk "
            "with ZENOO_SECURITY_CACHE (downloads) or TMPDIR (databases)"
        ) from error
