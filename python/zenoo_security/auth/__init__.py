"""Logins to Odoo that hold. Importing this package needs the extra `rpc`."""

from zenoo_security.auth.manager import SecureAuthManager
from zenoo_security.auth.odoo import Odoo, OdooServer, OdooUser

__all__ = ["Odoo", "OdooServer", "OdooUser", "SecureAuthManager"]
