"""Rate limits: how much a user, an address or any other name may use in a time."""

from zenoo_security._native import Decision
from zenoo_security.limits.limiter import Algorithm, RateLimiter
from zenoo_security.limits.shared import SharedTable

__all__ = ["Algorithm", "Decision", "RateLimiter", "SharedTable"]
