"""`zenoo-security demo`: the main job against a real Odoo, step by step."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.progress import progress
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.testing.database import OdooDatabase

__all__ = ["demo"]


def demo(
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="An Odoo that runs already: https://, or http:// on this machine. Without it a local one is started.",
        ),
    ] = None,
    database: Annotated[
        str, typer.Option("--database", metavar="NAME", help="Its database; only with --url.")
    ] = "odoo",
    login: Annotated[
        str, typer.Option(metavar="LOGIN", help="An administrator of it; the password is read from ODOO_PASSWORD.")
    ] = "admin",
    folder: Annotated[
        Path, typer.Option(metavar="FOLDER", show_default=False, help="For the QR code; zenoo-security-demo here.")
    ] = Path("zenoo-security-demo"),
) -> None:
    """Show the main job on a local Odoo, or on the one of --url: a user, a partner and columns are added there."""
    from zenoo_security.cli.job_progress import job_progress
    from zenoo_security.demo import play

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"--folder {folder} cannot be made: {error.strerror}") from None
    with _odoo(url, database, login) as target:
        asyncio.run(play(target, folder, typer.echo, progress=job_progress))


@contextmanager
def _odoo(url: str | None, database: str, login: str) -> Iterator[OdooDatabase]:
    from zenoo_security.testing import LocalOdoo
    from zenoo_security.testing.database import ExternalOdoo

    if url is None:
        with LocalOdoo(progress=progress()) as odoo:
            yield odoo.create_database()
        return
    password = os.environ.get("ODOO_PASSWORD")
    if not password:
        raise ConfigurationError(f"set ODOO_PASSWORD to the password of {login}")
    yield ExternalOdoo(url, database, login, password).create_database()
