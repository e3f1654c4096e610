"""`zenoo-security objects`: the server action with which Odoo tells in one request which records a user may touch."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from zenoo_security.cli.app import App
from zenoo_security.cli.asking import DryRun, Yes, confirm
from zenoo_security.cli.connection import Database, Login, Url, connected, read_login

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from zenoo_security.cli.connection import OdooLogin

__all__ = ["app"]

app = App("Which records users may touch.")


@app.command()
def create(
    *, url: Url = None, database: Database = None, login: Login = None, dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Install the server action that tells it in one request, as an administrator.

    It runs under the rights of whoever calls it and changes nothing. What is there of another version is replaced.
    """
    from zenoo_security.client import install_object_action

    asyncio.run(_change("Create", install_object_action, read_login(url, database, login), dry_run=dry_run, yes=yes))


@app.command()
def drop(
    *, url: Url = None, database: Database = None, login: Login = None, dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Remove it, as an administrator: records are sorted out by Odoo's own methods then, in more requests."""
    from zenoo_security.client import remove_object_action

    asyncio.run(_change("Drop", remove_object_action, read_login(url, database, login), dry_run=dry_run, yes=yes))


async def _change(
    verb: str, change: Callable[..., Awaitable[bool]], options: OdooLogin, *, dry_run: bool, yes: bool
) -> None:
    async with connected(options) as client:
        if not await change(client, dry_run=True):
            typer.echo("There is nothing to do.")
            return
        typer.echo(f"{verb.lower()} the server action for accessible records")
        if not dry_run and confirm(f"{verb} this in the database {options.database}?", yes=yes):
            await change(client)
            typer.echo("Done.")
