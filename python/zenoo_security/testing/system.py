"""The programs of PostgreSQL, Redis and nginx: found where the system has them, installed where we may.

As a program it installs all three, as `make test` does before its first test.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.commands import run
from zenoo_security.testing.progress import PlainProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zenoo_security.testing.progress import Progress

__all__ = ["ensure_nginx", "ensure_postgresql", "ensure_redis", "find_nginx", "find_postgresql", "find_redis"]

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
# By its name it checks files, by another it is the server: one program. The package of that other name would start a
# server on the usual port.
_REDIS_PROGRAMS = ("redis-server", "valkey-server", "redis-check-rdb")
_REDIS_PACKAGE = "redis-tools"


def ensure_postgresql(progress: Progress) -> Path:
    """Return the folder of PostgreSQL's programs, after installing Debian's package when it is missing and we may.

    Raises:
        LocalOdooError: it is missing and this user may not install it, or apt failed.
    """
    return _ensure(find_postgresql, f"PostgreSQL {_OLDEST} or newer", "postgresql", progress, before=_forbid_cluster)


def ensure_redis(progress: Progress) -> Path:
    """Return the program of Redis or Valkey, after installing Debian's package when it is missing and we may.

    Call it by a name that begins with `redis-server`: Debian's `redis-tools` has the same program under another.

    Raises:
        LocalOdooError: it is missing and this user may not install it, or apt failed.
    """
    return _ensure(find_redis, "Redis or Valkey", _REDIS_PACKAGE, progress)


def ensure_nginx(progress: Progress) -> Path:
    """Return the program of nginx, after installing Debian's package when it is missing and we may.

    Raises:
        LocalOdooError: it is missing and this user may not install it, or apt failed.
    """
    return _ensure(find_nginx, "nginx", "nginx", progress)


def find_nginx() -> Path | None:
    """Return the program of nginx; /usr/sbin is not on every PATH."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    return Path(found) if found else None


def find_redis() -> Path | None:
    """Return the program of Redis or Valkey on the PATH."""
    return next((Path(found) for name in _REDIS_PROGRAMS if (found := shutil.which(name))), None)


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


def _ensure(
    find: Callable[[], Path | None],
    name: str,
    package: str,
    progress: Progress,
    *,
    before: Callable[[Sequence[str], str], None] | None = None,
) -> Path:
    missing = (
        f"{name} is not installed. Run this as root, or with sudo allowed without a password, "
        f"or install it first: apt-get install --no-install-recommends {package}"
    )
    found = find()
    if found is None:
        prefix = _privileges(missing)
        with progress.step(f"Installing {package}"):
            _install(prefix, name, package, before)
        found = find()
    if found is None:
        raise LocalOdooError(missing)
    return found


def _privileges(missing: str) -> Sequence[str]:
    if not shutil.which("apt-get"):
        raise LocalOdooError(missing)
    if os.geteuid() == 0:
        return []
    try:
        run(["sudo", "-n", "true"], failure=missing)
    except LocalOdooError:
        raise LocalOdooError(missing) from None
    return ["sudo", "-n"]


def _install(
    prefix: Sequence[str], name: str, package: str, before: Callable[[Sequence[str], str], None] | None
) -> None:
    failure = f"{name} could not be installed; does `apt-get install {package}` work?"
    # In runlevel 1 no package starts its server.
    environment = ["DEBIAN_FRONTEND=noninteractive", "UCF_FORCE_CONFFOLD=1", "RUNLEVEL=1"]
    apt = [*prefix, "env", *environment, "apt-get", "-q", "-y"]
    if before is not None:
        before(prefix, failure)
    run([*apt, "update"], failure=failure)
    run([*apt, "install", "--no-install-recommends", package], failure=failure)


def _forbid_cluster(prefix: Sequence[str], failure: str) -> None:
    if _CLUSTER_SETTINGS.exists():
        return
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(_NO_CLUSTER)
        file.flush()
        run([*prefix, "install", "-D", "-m", "644", file.name, _CLUSTER_SETTINGS], failure=failure)


if __name__ == "__main__":
    ensure_postgresql(PlainProgress(sys.stderr))
    ensure_redis(PlainProgress(sys.stderr))
    ensure_nginx(PlainProgress(sys.stderr))
