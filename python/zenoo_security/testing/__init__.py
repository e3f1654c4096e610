"""A real local Odoo for tests and demonstrations, and the pytest plugin on top of it.

Nothing here is imported by the rest of the package, and importing this imports the standard library only.
"""

from __future__ import annotations

from zenoo_security.testing.database import ExternalOdoo, OdooDatabase, OdooServer, OdooUser
from zenoo_security.testing.local import LocalOdoo

__all__ = ["ExternalOdoo", "LocalOdoo", "OdooDatabase", "OdooServer", "OdooUser"]
