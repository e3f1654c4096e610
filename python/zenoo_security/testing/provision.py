"""All that a local Odoo needs before it can be started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zenoo_security.testing.installation import Installation, install_odoo
from zenoo_security.testing.system import ensure_postgresql
from zenoo_security.testing.template import Template

if TYPE_CHECKING:
    from pathlib import Path

    from zenoo_security.testing.cache import Cache
    from zenoo_security.testing.progress import Progress

__all__ = ["Provisions", "provision"]


@dataclass(frozen=True)
class Provisions:
    """What is there.

    Attributes:
        programs: the folder of PostgreSQL's programs.
        installation: Odoo and its Python.
        template: the data that a run starts on.
    """

    programs: Path
    installation: Installation
    template: Template


def provision(cache: Cache, progress: Progress) -> Provisions:
    """Download and build what the cache does not have. Call it with the cache's lock held.

    Raises:
        LocalOdooError: something is missing or failed; the message says what to do.
    """
    programs = ensure_postgresql(progress)
    installation = install_odoo(cache, progress)
    return Provisions(programs, installation, Template.ensure(cache, installation, programs, progress))
