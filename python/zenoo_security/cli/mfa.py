"""`zenoo-security mfa`: what an administrator does for a user who has lost the second factor."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.app import App
from zenoo_security.cli.asking import DryRun, Yes, confirm
from zenoo_security.cli.output import Format, OutputFormat
from zenoo_security.cli.process import os_user
from zenoo_security.cli.store import Database, database_of, opened, settings

if TYPE_CHECKING:
    from zenoo_security.config import SecurityConfig
    from zenoo_security.mfa.records import Account

__all__ = ["app"]

app = App("Second factors of Odoo's users.")


@app.callback()
def _root() -> None:
    pass


@app.command()
def reset(
    user: Annotated[int, typer.Argument(metavar="ID", min=1, help="The user's, in res.users of Odoo.")],
    *,
    database: Database = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="Where second factors are; or ZENOO_SECURITY_STORE_URL."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Take away the second factor of a user who has lost it. Exit code 1 when there was none.

    Make sure of who is asking: from then on the password alone is enough, until the user enrolls anew. Sessions that
    have begun go on.
    """
    from zenoo_security.mfa.records import Account

    config = settings(store)
    name = database_of(config, database)
    removed = asyncio.run(_reset(config, Account.of(name, user), dry_run=dry_run, yes=yes))
    if output is Format.JSON:
        typer.echo(json.dumps({"removed": removed, "dry_run": dry_run}))
    elif removed:
        typer.echo(f"the second factor of user {user} in {name} {'would be' if dry_run else 'is'} removed")
    else:
        typer.echo(f"user {user} in {name} has no second factor")
    if not removed:
        raise typer.Exit(1)


async def _reset(config: SecurityConfig, account: Account, *, dry_run: bool, yes: bool) -> bool:
    from zenoo_security.mfa import removal
    from zenoo_security.mfa.records import is_enrolled

    async with opened(config) as store:
        found = await is_enrolled(store, account)
        if dry_run or not found:
            return found
        if not confirm(f"Remove the second factor of user {account.uid} in {account.database}?", yes=yes):
            raise typer.Abort
        return await removal.reset(store, account, by=os_user())
