"""The security toolkit for everyone who builds on Odoo."""

from zenoo_security._native import __version__
from zenoo_security.errors import InvalidInput, SecurityError
from zenoo_security.partner import SecurePartnerInput, create_partner_secure
from zenoo_security.sanitize import InputSanitizer

__all__ = [
    "InputSanitizer",
    "InvalidInput",
    "SecurePartnerInput",
    "SecurityError",
    "__version__",
    "create_partner_secure",
]
