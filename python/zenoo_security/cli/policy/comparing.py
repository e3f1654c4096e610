"""`policy diff`: who may do what by a new policy that they could not before, and the reverse."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from zenoo_security.cli.output import Format, OutputFormat

__all__ = ["compare"]


def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="A policy, .toml or .json.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The policy that it becomes.")],
    *,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Say what a change does to each role: + gained, - lost, ~ neither.

    Rules that say the same in another way are no change. Exit code 1: something differs.
    """
    from zenoo_security.policy import Policy, diff

    found = diff(Policy.from_file(before), Policy.from_file(after))
    if output is Format.JSON:
        typer.echo(json.dumps({"same": not found, "differences": [one._asdict() for one in found]}, indent=2))
    else:
        for one in found:
            typer.echo(str(one))
        if not found:
            typer.echo("Everybody may do the same.")
    if found:
        raise typer.Exit(1)
