"""What a report looks like, for people and for programs; a module each."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zenoo_security.checks.report import Report

__all__ = ["FORMATS", "render"]

FORMATS: Final = ("text", "json", "sarif", "junit", "markdown", "html")


def render(report: Report, output_format: str) -> str:
    """A report in one of `FORMATS` other than `text`, which needs a width: see `text.render`."""
    module = importlib.import_module(f"{__package__}.{output_format}")
    return str(module.render(report))
