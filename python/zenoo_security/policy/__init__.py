"""Who may do what, as data: permissions, roles, denials, masks, and domains that narrow."""

from zenoo_security.policy.narrowing import Facts, Narrowing
from zenoo_security.policy.policy import Policy, RoleRules
from zenoo_security.policy.rights import Decision, FieldRights, Rights, Rule

__all__ = ["Decision", "Facts", "FieldRights", "Narrowing", "Policy", "Rights", "RoleRules", "Rule"]
