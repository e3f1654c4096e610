"""Who may do what, as data: permissions, roles, denials, masks, and domains that narrow."""

from zenoo_security.policy.decision import Decision, Rule
from zenoo_security.policy.file import PolicyFile
from zenoo_security.policy.masks import mask
from zenoo_security.policy.narrowing import Facts, Narrowing
from zenoo_security.policy.policy import Policy
from zenoo_security.policy.rights import FieldRights, Rights
from zenoo_security.policy.rules import RoleRules

__all__ = [
    "Decision",
    "Facts",
    "FieldRights",
    "Narrowing",
    "Policy",
    "PolicyFile",
    "Rights",
    "RoleRules",
    "Rule",
    "mask",
]
