"""Odoo 19 and a Python environment that can run it, in the cache.

Odoo comes from Debian's unstable suite (`debian.py`), its Python needs from the package index that pip is configured
with, each file checked against the hash in `odoo-19.lock`. Only wheels are taken, so nothing is built and no code of a
package runs while it is installed.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.cache import public_folder
from zenoo_security.testing.commands import disk_errors, require_space, run
from zenoo_security.testing.debian import PrivateApt, unpack

if TYPE_CHECKING:
    from zenoo_security.testing.cache import Cache
    from zenoo_security.testing.progress import Progress

__all__ = ["Installation", "install_odoo"]

_ODOO = "odoo-19"
# Odoo's web assets are links to files of these packages.
_ASSETS = (
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
_LOCK = Path(__file__).with_name("odoo-19.lock")
# odoo/release.py, MIN_PY_VERSION and MAX_PY_VERSION of Odoo 19.0.
_PYTHONS = ((3, 10), (3, 11), (3, 12), (3, 13))
_PIP_OPTIONS = (
    "--disable-pip-version-check",
    "--no-input",
    "install",
    "--quiet",
    "--no-deps",
    "--require-hashes",
    "--only-binary=:all:",
)
_DOWNLOAD_MIB = 300
_TREE_MIB = 600
_ENVIRONMENT_MIB = 400
_NO_INDEX = (
    "Odoo's Python packages could not be installed. Is there a network, and does pip reach its index "
    "(`pip config list`)? Run this again when it does"
)
_NO_PIP = "No virtual environment with pip could be made: apt-get install python3-venv"


@dataclass(frozen=True)
class Installation:
    """What it takes to run Odoo.

    Attributes:
        version: Debian's version of the package.
        python: the interpreter that has Odoo's needs.
        packages: the folder to put on `PYTHONPATH`.
    """

    version: str
    python: Path
    packages: Path

    @property
    def script(self) -> Path:
        """The program; with worker processes it starts itself again, which `-m odoo` cannot."""
        return self.packages.parents[2] / "bin" / "odoo"


def install_odoo(cache: Cache, progress: Progress) -> Installation:
    """Return Odoo 19, downloaded first when the cache has none that is whole. Call it with the cache's lock held.

    Raises:
        LocalOdooError: no network, no disk space or no usable Python; the message says what to do.
    """
    tree = cache.newest("odoo") or _download(cache, progress)
    interpreter = find_python()
    key = f"{_version_of(interpreter)}-{hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]}"
    environment = cache.build("python", key, partial(_install, interpreter, progress))
    return Installation(
        version=tree.name, python=environment / "bin" / "python", packages=tree / "usr/lib/python3/dist-packages"
    )


def find_python() -> Path:
    """Return a Python that Odoo 19 supports: the running one if it is, else the newest on the PATH.

    Raises:
        LocalOdooError: there is none.
    """
    if sys.version_info[:2] in _PYTHONS:
        return Path(sys.executable)
    names = [f"python{major}.{minor}" for major, minor in reversed(_PYTHONS)]
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise LocalOdooError(f"Odoo 19 runs on Python 3.10 to 3.13: put one of {', '.join(names)} on the PATH")
    return Path(found)


def _download(cache: Cache, progress: Progress) -> Path:
    # Not in the cache: apt drops root's rights, and its user must reach the folder.
    place = public_folder()
    with disk_errors(Path(place)), tempfile.TemporaryDirectory(prefix="zenoo-security-apt-", dir=place) as name:
        folder = Path(name)
        require_space(folder, _DOWNLOAD_MIB)
        require_space(cache.folder("odoo"), _TREE_MIB)
        folder.chmod(0o755)
        apt = PrivateApt(folder)
        with progress.step("Reading Debian's list of packages"):
            apt.update()
        with progress.step("Downloading Odoo 19 (130 MB)"):
            packages = apt.download([_ODOO, *_ASSETS])
        version = run(["dpkg-deb", "--field", packages[0], "Version"], failure="The package of Odoo is damaged").strip()
        with progress.step(f"Unpacking Odoo {version}"):
            return cache.build("odoo", version, partial(unpack, packages))


def _install(interpreter: Path, progress: Progress, folder: Path) -> None:
    require_space(folder, _ENVIRONMENT_MIB)
    with progress.step("Installing Odoo's Python packages"):
        pip = _make_environment(interpreter, folder)
        run([*pip, *_PIP_OPTIONS, "--requirement", _LOCK], failure=_NO_INDEX)
        run(
            [folder / "bin" / "python", "-I", "-c", "import gevent, lxml, psycopg2, werkzeug"],
            failure="Odoo's Python packages do not load",
        )


def _make_environment(interpreter: Path, folder: Path) -> list[str | Path]:
    """Make a virtual environment and return the pip that installs into it.

    It is renamed afterwards: its scripts will not run any more, `bin/python` will.
    """
    python = folder / "bin" / "python"
    try:
        run([interpreter, "-I", "-m", "venv", folder], failure=_NO_PIP)
    except LocalOdooError:
        # Debian keeps ensurepip in a package of its own; the interpreter's own pip does as well.
        run([interpreter, "-I", "-m", "venv", "--clear", "--without-pip", folder], failure=_NO_PIP)
        pip: list[str | Path] = [interpreter, "-I", "-m", "pip", "--python", python]
        run([*pip, "--version"], failure=_NO_PIP)
        return pip
    return [python, "-I", "-m", "pip"]


def _version_of(interpreter: Path) -> str:
    show = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
    return run([interpreter, "-I", "-c", show], failure=f"{interpreter} does not run").strip()
