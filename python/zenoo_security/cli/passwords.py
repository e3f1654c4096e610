"""`zenoo-security passwords`: the file of stolen passwords that a policy can refuse."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from zenoo_security.cli.app import App
from zenoo_security.cli.reading import reading

__all__ = ["app"]

app = App("What new passwords are checked against.")
breached_app = App("Passwords that were stolen elsewhere, in an offline file.")
app.add_typer(breached_app, name="breached")


@breached_app.command()
def build(
    source: Annotated[
        Path, typer.Argument(metavar="INPUT", help="Lines of SHA-1:count ordered by hash, from Have I Been Pwned.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT", help="The file to make: 8 bytes a password.")],
    min_count: Annotated[
        int, typer.Option(metavar="COUNT", min=1, help="Leave out passwords that were seen fewer times.")
    ] = 1,
) -> None:
    """Make the file for BreachedPasswords. OUTPUT appears when it is whole, and replaces what was there."""
    from zenoo_security.breached import build as build_file

    with reading(source) as report:
        count = build_file(source, target, min_count=min_count, report=report)
    typer.echo(f"{count} passwords in {target}")


@breached_app.callback()
def _root() -> None:
    pass
