"""Lockout: how often a password may be tried, counted where all workers see it.

An attempt is reserved before the password is looked at and settled afterwards: two hundred at once are not two hundred
tries. Three counters slow it down together: of the account, of the account from one network, and of the network.
A device that is known for the account has a counter of its own instead, so that a stranger's failures do not lock out
the owner. `docs/guide/lockout.md` has the figures: what an attacker gets, and whom a stranger can keep out.
"""

from zenoo_security.lockout.attempt import Attempt
from zenoo_security.lockout.lockout import Lockout, LockoutStatus
from zenoo_security.lockout.policy import LockoutPolicy

__all__ = ["Attempt", "Lockout", "LockoutPolicy", "LockoutStatus"]
