"""A real local Odoo for tests and demonstrations, and the pytest plugin on top of it.

The names are imported at their first use: pytest imports this package at each of its starts, for the plugin.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenoo_security.testing.database import ExternalOdoo, OdooDatabase, OdooServer, OdooUser
    from zenoo_security.testing.local import LocalOdoo

__all__ = ["ExternalOdoo", "LocalOdoo", "OdooDatabase", "OdooServer", "OdooUser"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "local" if name == "LocalOdoo" else "database"
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)
