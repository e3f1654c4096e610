"""The command line, `zenoo-security`.

A command is a module of this package with a `typer.Typer` named `app`, or a function; it is registered below. What it
needs beside typer and rich it imports inside its functions, so that `--help` stays fast.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from zenoo_security import __version__
from zenoo_security.cli import audit, blocks, jobs, keys, objects, odoo, passwords, policy
from zenoo_security.cli.audit_file import audited
from zenoo_security.cli.check import check
from zenoo_security.cli.demo import demo
from zenoo_security.errors import SecurityError

__all__ = ["app", "main"]

app = typer.Typer(
    name="zenoo-security",
    help="The security toolkit for everyone who builds on Odoo.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback of typer's would show the values of local variables.
    pretty_exceptions_enable=False,
)
app.add_typer(audit.app, name="audit")
app.add_typer(blocks.app, name="blocks")
app.add_typer(jobs.app, name="fields")
app.add_typer(keys.app, name="keys")
app.add_typer(objects.app, name="objects")
app.add_typer(odoo.app, name="odoo")
app.add_typer(passwords.app, name="passwords")
app.add_typer(policy.app, name="policy")
app.command()(check)
app.command()(demo)


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
    """Run the command line; an error of the package or of a disk is one line on the standard error, exit code 1."""
    try:
        with audited():
            app()
    except (OSError, SecurityError) as error:
        sys.stderr.write(f"error: {_text(error)}\n")
        sys.exit(1)


def _text(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)
