"""Options that the commands share."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Format", "OutputFormat", "PolicyPath"]


class Format(str, Enum):
    """How a command answers."""

    TEXT = "text"
    JSON = "json"


PolicyPath = Annotated[Path, typer.Argument(metavar="FILE", help="The policy, .toml or .json.")]
OutputFormat = Annotated[Format, typer.Option("--format", help="For people, or one JSON document.")]
