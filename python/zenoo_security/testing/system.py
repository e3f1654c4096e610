"""PostgreSQL's programs: found where the system has them, installed where we may."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.commands import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.testing.progress import Progress

__all__ = ["ensure_postgresql", "find_postgresql"]

# odoo/release.py, MIN_PG_VERSION of Odoo 19.0.
_OLDEST = 13
_DEBIAN_FOLDERS = Path("/usr/lib/postgresql")
_PROGRAMS = ("initdb", "postgres")
_CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
# The package would start a server on the usual port; we only want its programs.
_NO_CLUSTER = """\
# Written by zenoo-security, which needs the programs and no server. Yours to change.
create_main_cluster = false
"""
_MISSING = (
    f"PostgreSQL {_OLDEST} or newer is not installed. Run this as root, or with sudo allowed without a password, "
    "or install it first: apt-get install --no-install-recommends postgresql"
)


def ensure_postgresql(progress: Progress) -> Path:
    """Return the folder of PostgreSQL's programs, after installing Debian's package when it is missing and we may.

    Raises:
        LocalOdooError: it is missing and this user may not install it, or apt failed.
    """
    found = find_postgresql()
    if found is None:
        prefix = _privileges()
        with progress.step("Installing PostgreSQL"):
            _install(prefix)
        found = find_postgresql()
    if found is None:
        raise LocalOdooError(_MISSING)
    return found


def find_postgresql() -> Path | None:
    """Return the folder of the newest PostgreSQL that Odoo supports: Debian's folders first, then the PATH."""
    folders = sorted(_DEBIAN_FOLDERS.glob("*/bin"), key=lambda path: _number(path.parent.name), reverse=True)
    server = shutil.which("postgres")
    if server:
        folders.append(Path(server).resolve().parent)
    return next((folder for folder in folders if _is_usable(folder)), None)


def major_version(programs: Path) -> int:
    """Return the major version of the PostgreSQL in a folder.

    Raises:
        LocalOdooError: it does not run.
    """
    said = run([programs / "postgres", "--version"], failure=f"{programs}/postgres does not run")
    return _number("".join(re.findall(r"\s(\d+)", said)[:1]))


def _is_usable(folder: Path) -> bool:
    return all((folder / name).exists() for name in _PROGRAMS) and major_version(folder) >= _OLDEST


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _privileges() -> Sequence[str]:
    if not shutil.which("apt-get"):
        raise LocalOdooError(_MISSING)
    if os.geteuid() == 0:
        return []
    try:
        run(["sudo", "-n", "true"], failure=_MISSING)
    except LocalOdooError:
        raise LocalOdooError(_MISSING) from None
    return ["sudo", "-n"]


def _install(prefix: Sequence[str]) -> None:
    failure = "PostgreSQL could not be installed; does `apt-get install postgresql` work?"
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "UCF_FORCE_CONFFOLD=1", "apt-get", "-q", "-y"]
    if not _CLUSTER_SETTINGS.exists():
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(_NO_CLUSTER)
            file.flush()
            run([*prefix, "install", "-D", "-m", "644", file.name, _CLUSTER_SETTINGS], failure=failure)
    run([*apt, "update"], failure=failure)
    run([*apt, "install", "--no-install-recommends", "postgresql"], failure=failure)
