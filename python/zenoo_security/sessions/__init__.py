"""Sessions: opaque tokens, whose state is in a store that all workers share."""

from zenoo_security.sessions.manager import Sessions
from zenoo_security.sessions.policy import SessionPolicy
from zenoo_security.sessions.records import Session

__all__ = ["Session", "SessionPolicy", "Sessions"]
