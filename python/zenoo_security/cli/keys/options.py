"""Options that the commands share, and what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from zenoo_security.cli.asking import DryRun

__all__ = [
    "DryRun",
    "KekFile",
    "KeyId",
    "KeyRingFile",
    "MaxAgeDays",
    "StoreUrl",
    "say",
    "say_json",
    "warn",
]

KeyRingFile = Annotated[
    Path | None,
    typer.Option("--key-ring", metavar="FILE", help="The ring; that of the environment without it."),
]
KekFile = Annotated[
    Path | None,
    typer.Option("--kek", metavar="FILE", help="What the ring of --key-ring is wrapped under."),
]
KeyId = Annotated[int, typer.Argument(metavar="ID", help="The id of the key.")]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Sessions and second factors; or as a variable."),
]
MaxAgeDays = Annotated[
    int,
    typer.Option("--max-age-days", metavar="DAYS", min=1, max=36_500, help="So long a key encrypts (NIST: two years)."),
]


def say(*lines: str) -> None:
    """Lines on the standard output."""
    for line in lines:
        typer.echo(line)


def say_json(document: Any) -> None:
    """A document on the standard output."""
    typer.echo(json.dumps(document, indent=2))


def warn(*lines: str) -> None:
    """Lines on the standard error."""
    for line in lines:
        typer.echo(f"warning: {line}", err=True)
