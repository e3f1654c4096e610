"""A PostgreSQL data folder in the cache that holds one ready database; each run starts on a copy of it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from zenoo_security.testing import postgres
from zenoo_security.testing.commands import disk_errors, require_space
from zenoo_security.testing.runs import Run
from zenoo_security.testing.server import install_modules
from zenoo_security.testing.system import major_version

if TYPE_CHECKING:
    from pathlib import Path

    from zenoo_security.testing.cache import Cache
    from zenoo_security.testing.installation import Installation
    from zenoo_security.testing.progress import Progress

__all__ = ["MODULES", "TEMPLATE", "Template"]

MODULES = ("auth_totp", "base", "contacts", "web")
TEMPLATE = "zenoo_template"
_NEEDED_MIB = 300
# Counts the changes of how a template is made.
_REVISION = 2


@dataclass(frozen=True)
class Template:
    """A template in the cache.

    Attributes:
        folder: holds `data`, PostgreSQL's folder, and `filestore`, the files of the database's attachments.
    """

    folder: Path

    @classmethod
    def ensure(cls, cache: Cache, installation: Installation, programs: Path, progress: Progress) -> Template:
        """Return the template for this Odoo and this PostgreSQL, made first when the cache has none that is whole.

        Call it with the cache's lock held.

        Raises:
            LocalOdooError: Odoo or PostgreSQL failed.
        """
        what = "\n".join([str(_REVISION), *MODULES])
        digest = hashlib.sha256(what.encode()).hexdigest()[:12]
        key = f"{installation.version}-pg{major_version(programs)}-{digest}"
        return cls(cache.build("template", key, partial(_make, cache, installation, programs, progress)))

    def copy_to(self, server: Path, data: Path) -> None:
        """Copy the cluster below a server's folder and the attachments below Odoo's data folder.

        Raises:
            LocalOdooError: the disk is full.
        """
        require_space(server, _NEEDED_MIB)
        with disk_errors(server):
            _copy_cluster(self.folder / "data", server / "data")
            copy_attachments(self.folder / "filestore", data / "filestore" / TEMPLATE)


def copy_attachments(source: Path, destination: Path) -> None:
    """Copy the attachments of one database; it may have none."""
    if source.exists():
        shutil.copytree(source, destination)


def _make(cache: Cache, installation: Installation, programs: Path, progress: Progress, folder: Path) -> None:
    run = Run.create(cache)
    try:
        with progress.step("Making a database with " + ", ".join(MODULES)):
            require_space(run.folder, _NEEDED_MIB)
            database_folder, odoo_folder = run.folder / "postgres", run.folder / "odoo"
            odoo_folder.mkdir(mode=0o700)
            postgres.prepare(database_folder)
            postgres.initialize(programs, database_folder)
            server = postgres.start(programs, database_folder, installation.python, attached=True)
            run.processes["postgres"] = server.process
            run.save(cache)
            server.sql("postgres", f"CREATE DATABASE {TEMPLATE} OWNER {postgres.ROLE}", role="postgres")
            install_modules(installation, server, odoo_folder, TEMPLATE, MODULES)
            server.sql("postgres", f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true", role="postgres")
            server.stop()
            shutil.copytree(database_folder / "data", folder / "data")
            copy_attachments(odoo_folder / "data" / "filestore" / TEMPLATE, folder / "filestore")
    finally:
        run.end(cache)


def _copy_cluster(source: Path, destination: Path) -> None:
    """Copy a cluster that is not running, for the user that it will run as; PostgreSQL wants mode 0700."""
    shutil.copytree(source, destination, symlinks=True)
    destination.chmod(0o700)
    for path in (destination, *destination.rglob("*")):
        postgres.give_away(path)
