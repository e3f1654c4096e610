"""A policy enforced on every call of a client, before anything is sent and on all that comes back.

Everything that zenoo-rpc does ends in `execute_kw`, and so here. The parts: who asks (`asker`), what that user may do
(`grants`), what a call would read, filter by and write (`paths`, `filters`, `views`, `values`), which records it is
about (`records`), and for each method where in its arguments these are (`plans`).
"""

from zenoo_security.client.access.enforcer import Enforcer
from zenoo_security.client.access.protocol import AccessManager

__all__ = ["AccessManager", "Enforcer"]
