"""The security toolkit for everyone who builds on Odoo."""

from zenoo_security._native import __version__
from zenoo_security.config import SecurityConfig
from zenoo_security.errors import RateLimitExceeded, SecurityError
from zenoo_security.limits import RateLimiter
from zenoo_security.principal import Principal, acting_as, get_current_user

__all__ = [
    "Principal",
    "RateLimitExceeded",
    "RateLimiter",
    "SecurityConfig",
    "SecurityError",
    "__version__",
    "acting_as",
    "get_current_user",
]
