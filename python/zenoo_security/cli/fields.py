"""`zenoo-security fields`: what encrypted fields need in Odoo, made and removed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.app import App
from zenoo_security.cli.asking import DryRun, Yes, confirm
from zenoo_security.cli.connection import Database, FieldsFile, Login, Url, connected, read_options
from zenoo_security.cli.process import os_user
from zenoo_security.errors import ColumnsInUse

if TYPE_CHECKING:
    from zenoo_security.cli.connection import OdooOptions
    from zenoo_security.client import Part

__all__ = ["Targets", "app"]

app = App("Encrypted fields in Odoo.")

Targets = Annotated[list[str] | None, typer.Argument(metavar="MODEL.FIELD", help="All declared fields unless given.")]


@app.command()
def create(
    *,
    url: Url = None,
    database: Database = None,
    login: Login = None,
    fields: FieldsFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Create the columns and the server actions that the declared fields need, as an administrator.

    What is there is checked and left alone.
    """
    asyncio.run(_create(read_options(url, database, login, fields), dry_run=dry_run, yes=yes))


async def _create(options: OdooOptions, *, dry_run: bool, yes: bool) -> None:
    from zenoo_security.client import ensure_columns

    async with connected(options) as client:
        planned = await ensure_columns(client, options.fields, dry_run=True)
        if not planned:
            typer.echo("Everything is there.")
            return
        _show(planned, "create")
        if dry_run or not confirm(f"Create this in the database {options.database}?", yes=yes):
            return
        made = await ensure_columns(client, options.fields)
    typer.echo(f"{len(made)} created.")


@app.command()
def drop(
    targets: Targets = None,
    *,
    url: Url = None,
    database: Database = None,
    login: Login = None,
    fields: FieldsFile = None,
    force: Annotated[bool, typer.Option("--force", help="Also columns with values, which are lost.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Drop what `create` made, as an administrator, after showing what would be lost.

    Columns that have values are not dropped without --force. Stop what writes to them before.
    """
    options = read_options(url, database, login, fields)
    asyncio.run(_drop(options, targets or None, force=force, dry_run=dry_run, yes=yes))


async def _drop(options: OdooOptions, targets: list[str] | None, *, force: bool, dry_run: bool, yes: bool) -> None:
    from zenoo_security.client import drop_columns

    async with connected(options) as client:
        planned = await drop_columns(client, options.fields, targets, dry_run=True)
        if not planned:
            typer.echo("There is nothing to drop.")
            return
        _show(planned, "drop")
        lost = sum(part.rows for part in planned if part.kind == "column")
        if dry_run:
            return
        if lost and not force:
            raise ColumnsInUse(
                "values would be lost: run `zenoo-security fields decrypt` before, or give --force", lost
            )
        warning = f" {lost} values are lost for good." if lost else ""
        if confirm(f"Drop this from the database {options.database}?{warning}", yes=yes):
            dropped = await drop_columns(client, options.fields, targets, force=force, by=os_user())
            typer.echo(f"{len(dropped)} dropped.")


def _show(parts: list[Part], verb: str) -> None:
    for part in parts:
        values = "" if part.kind == "action" or verb == "create" else f"  {part.rows} values"
        typer.echo(f"{verb} {part}{values}")
