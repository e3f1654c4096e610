"""`policy export`: a policy as tables for people, or as JSON for programs."""

from __future__ import annotations

import json
from enum import Enum
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
    output: Annotated[
        ExportFormat, typer.Option("--format", metavar="FORMAT", help="markdown: tables; json: a policy.")
    ] = ExportFormat.MARKDOWN,
) -> None:
    """Write roles, permissions, masks and narrowing domains as Markdown tables."""
    from zenoo_security.policy import Policy, as_markdown

    policy = Policy.from_file(file)
    if output is ExportFormat.JSON:
        typer.echo(json.dumps(policy.to_mapping(), indent=2, ensure_ascii=False))
    else:
        typer.echo(as_markdown(policy), nl=False)
