"""`policy export`: a policy as tables for people, or as JSON for programs."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from zenoo_security.cli.policy.options import PolicyPath  # noqa: TC001 - typer reads the annotations

__all__ = ["export"]


class ExportFormat(str, Enum):
    """What a policy is written as."""

    MARKDOWN = "markdown"
    JSON = "json"


def export(
    file: PolicyPath,
    *,
    fields: Annotated[
        Path | None, typer.Option("--fields", metavar="FILE", help="The fields that are encrypted, .toml or .json.")
    ] = None,
    output: Annotated[
        ExportFormat, typer.Option("--format", metavar="FORMAT", help="markdown: tables; json: a policy.")
    ] = ExportFormat.MARKDOWN,
) -> None:
    """Write roles, permissions, masks, classes of fields and narrowing domains as Markdown tables."""
    from zenoo_security.fields import EncryptedFields
    from zenoo_security.policy import Policy, as_markdown

    policy = Policy.from_file(file)
    if output is ExportFormat.JSON:
        typer.echo(json.dumps(policy.to_mapping(), indent=2, ensure_ascii=False))
    else:
        encrypted = EncryptedFields.from_file(fields) if fields else None
        typer.echo(as_markdown(policy, encrypted=encrypted), nl=False)
