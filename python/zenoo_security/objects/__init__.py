"""Which records a user may read, write, create or delete: Odoo is asked as that user, for any number at once."""

from zenoo_security.objects.checks import Checks
from zenoo_security.objects.manager import ObjectLevelAuthManager

__all__ = ["Checks", "ObjectLevelAuthManager"]
