"""Who has which roles: assigned, for as long as it was said, or by the user's groups in Odoo.

What a role may do is in a policy (`zenoo_security.policy`); here is who has it, in memory or in a store that all
workers share. Nobody's roles are remembered from one question to the next: what was assigned or revoked, and a policy
file that changed, hold at the next call in every process.
"""

from zenoo_security.roles.assigned import MAX_ROLES, Assignment
from zenoo_security.roles.defaults import GUIDE_POLICY
from zenoo_security.roles.manager import AccessControlManager
from zenoo_security.roles.names import Name, Permission, Role
from zenoo_security.roles.process import NoManager, configure, configured, process_manager

__all__ = [
    "GUIDE_POLICY",
    "MAX_ROLES",
    "AccessControlManager",
    "Assignment",
    "Name",
    "NoManager",
    "Permission",
    "Role",
    "configure",
    "configured",
    "process_manager",
]
