"""Which records a user may read, write, create or delete: Odoo is asked as that user, for any number at once."""

from zenoo_security.objects.action import InstalledAction
from zenoo_security.objects.checks import ARCHIVED_TOO, Checks
from zenoo_security.objects.manager import ObjectLevelAuthManager

__all__ = ["ARCHIVED_TOO", "Checks", "InstalledAction", "ObjectLevelAuthManager"]
