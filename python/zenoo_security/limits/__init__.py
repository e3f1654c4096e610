"""Rate limits: how much a user, an address or any other name may use in a time."""

from zenoo_security._native import Decision
from zenoo_security.limits.base import BaseLimiter
from zenoo_security.limits.decisions import Decisions
from zenoo_security.limits.limiter import RateLimiter
from zenoo_security.limits.policy import Algorithm, RatePolicy, parse_rates
from zenoo_security.limits.several import RateLimits
from zenoo_security.limits.shared import SharedTable
from zenoo_security.limits.stored import OnStoreFailure
from zenoo_security.limits.throttle import Throttle

__all__ = [
    "Algorithm",
    "BaseLimiter",
    "Decision",
    "Decisions",
    "OnStoreFailure",
    "RateLimiter",
    "RateLimits",
    "RatePolicy",
    "SharedTable",
    "Throttle",
    "parse_rates",
]
