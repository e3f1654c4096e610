"""Decorators that refuse a call before it begins."""

from zenoo_security.guards.fresh import check_fresh_auth, require_fresh_auth
from zenoo_security.guards.limited import rate_limited
from zenoo_security.guards.objects import secure_object_access
from zenoo_security.guards.permissions import require_any, require_permission, require_role

__all__ = [
    "check_fresh_auth",
    "rate_limited",
    "require_any",
    "require_fresh_auth",
    "require_permission",
    "require_role",
    "secure_object_access",
]
