"""The security toolkit for everyone who builds on Odoo."""

from zenoo_security._native import __version__
from zenoo_security.errors import SecurityError
from zenoo_security.sanitize import InputSanitizer

__all__ = [
    "InputSanitizer",
    "SecurityError",
    "__version__",
]
