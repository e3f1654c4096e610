"""What a command answers with: text for people, or one JSON document for programs."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

__all__ = ["Format", "OutputFormat"]


class Format(str, Enum):
    """How a command answers."""

    TEXT = "text"
    JSON = "json"


OutputFormat = Annotated[Format, typer.Option("--format", metavar="FORMAT", help="text, or json: one document.")]
