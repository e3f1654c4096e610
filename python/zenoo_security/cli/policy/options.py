"""Options that the commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["PolicyPath"]


PolicyPath = Annotated[Path, typer.Argument(metavar="FILE", help="The policy, .toml or .json.")]
