"""Who may do what, as data: permissions, roles, denials, masks, and domains that narrow."""

from zenoo_security.policy.decision import Decision, Rule
from zenoo_security.policy.differences import Difference, diff
from zenoo_security.policy.file import PolicyFile
from zenoo_security.policy.findings import Finding, findings
from zenoo_security.policy.markdown import as_markdown
from zenoo_security.policy.masks import mask
from zenoo_security.policy.narrowing import Facts, Narrowing
from zenoo_security.policy.policy import Policy
from zenoo_security.policy.protection import Protection, protection
from zenoo_security.policy.rights import FieldRights, Rights
from zenoo_security.policy.rules import RoleRules

__all__ = [
    "Decision",
    "Difference",
    "Facts",
    "FieldRights",
    "Finding",
    "Narrowing",
    "Policy",
    "PolicyFile",
    "Protection",
    "Rights",
    "RoleRules",
    "Rule",
    "as_markdown",
    "diff",
    "findings",
    "mask",
    "protection",
]
