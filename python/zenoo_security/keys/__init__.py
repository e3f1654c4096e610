"""The life of the keys of a ring: how old they are, what they sealed, whether a copy holds the same ones.

The command line, `zenoo-security keys`, is made of these functions.
"""

from zenoo_security.keyring.age import MAX_AGE_DAYS, SOON, KeyInfo, describe
from zenoo_security.keys.changes import Change, change_file
from zenoo_security.keys.check_values import INDEX, check_values
from zenoo_security.keys.retirement import Use, require_unused, uses_in_odoo, uses_in_store
from zenoo_security.keys.sealed import places, usage
from zenoo_security.keys.verification import Finding, differences, findings, open_to_others

__all__ = [
    "INDEX",
    "MAX_AGE_DAYS",
    "SOON",
    "Change",
    "Finding",
    "KeyInfo",
    "Use",
    "change_file",
    "check_values",
    "describe",
    "differences",
    "findings",
    "open_to_others",
    "places",
    "require_unused",
    "usage",
    "uses_in_odoo",
    "uses_in_store",
]
