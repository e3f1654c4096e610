"""The command line, `zenoo-security`.

A command is a module of this package with a `typer.Typer` named `app`, or a function; `commands` names it. What it
needs beside typer and rich it imports inside its functions, so that `--help` stays fast.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from zenoo_security import __version__
from zenoo_security.cli.app import App
from zenoo_security.cli.audit_file import audited
from zenoo_security.cli.commands import CommandGroup
from zenoo_security.errors import SecurityError, StoreUnavailable

__all__ = ["app", "main"]

app = App(
    "The security toolkit for everyone who builds on Odoo.",
    name="zenoo-security",
    cls=CommandGroup,
    add_completion=True,
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; an error of the package or of a disk is a line on the standard error, exit code 1."""
    try:
        with audited():
            app(prog_name="zenoo-security")
    except (OSError, SecurityError) as error:
        sys.stderr.write(f"error: {_text(error)}\n")
        if isinstance(error, StoreUnavailable):
            sys.stderr.write("hint: zenoo-security doctor says what of this installation answers\n")
        sys.exit(1)


def _text(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)
