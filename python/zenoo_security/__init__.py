"""The security toolkit for everyone who builds on Odoo."""

from zenoo_security._native import __version__
from zenoo_security.errors import SecurityError

__all__ = [
    "SecurityError",
    "__version__",
]
