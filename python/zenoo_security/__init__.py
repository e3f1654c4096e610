"""The security toolkit for everyone who builds on Odoo."""

from zenoo_security._native import __version__
from zenoo_security.errors import SecurityError
from zenoo_security.mfa import MFAManager
from zenoo_security.otp import Totp

__all__ = [
    "MFAManager",
    "SecurityError",
    "Totp",
    "__version__",
]
