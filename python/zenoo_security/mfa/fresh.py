"""That a second factor is changed by who has logged in lately, and that the audit log hears of who has not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.audit import emit
from zenoo_security.errors import FreshLoginRequired

if TYPE_CHECKING:
    from zenoo_security.clock import Clock
    from zenoo_security.principal import Principal

__all__ = ["FRESH_S", "check_fresh"]

FRESH_S: Final = 300.0
"""Seconds after a login in which a second factor can be enrolled, changed or removed (OWASP ASVS 5.0, 7.5.1)."""


def check_fresh(principal: Principal, clock: Clock) -> None:
    """Refuse unless the login is recent.

    Raises:
        FreshLoginRequired: it is not.
    """
    try:
        principal.require_fresh(FRESH_S, at=clock.now())
    except FreshLoginRequired:
        emit("authz_fail", principal=principal, needs="fresh_login", reason="login_too_old")
        raise
