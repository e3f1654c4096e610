"""Before something is done that cannot be undone: what would be done, and the question."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from zenoo_security.errors import ConfigurationError

__all__ = ["DryRun", "Yes", "confirm"]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def confirm(question: str, *, yes: bool) -> bool:
    """Ask on a terminal, unless --yes was given.

    Raises:
        ConfigurationError: there is nobody to ask.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise ConfigurationError("nobody can be asked here: give --yes, or --dry-run to see what would be done")
    return typer.confirm(question, err=True)
