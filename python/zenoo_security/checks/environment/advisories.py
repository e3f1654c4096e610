"""A report of pip-audit, made where there is a network: packages with faults that are published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.documents import Document
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["read_advisories"]

_DOCUMENT: Final = Document("report of pip-audit", 16_777_216, "hide what is wrong")
_MAX_TOLD: Final = 5


def read_advisories(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Package and version -> the ids of its faults, none for one it did not look at; from `pip-audit --format json`.

    Raises:
        ConfigurationError: it cannot be read, or is no such report.
    """
    document = _DOCUMENT.read(path)
    try:
        return {
            f"{one['name']} {one.get('version', '')}".strip(): tuple(
                str(fault["id"]) for fault in one.get("vulns", ())[:_MAX_TOLD]
            )
            for one in document["dependencies"]
            if one.get("vulns") or "skip_reason" in one
        }
    except (KeyError, TypeError, AttributeError):
        raise ConfigurationError(f"{path}: this is no report of pip-audit --format json") from None
