"""`require_fresh_auth`: only for who has logged in lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from zenoo_security.audit import emit
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import FreshLoginRequired, NoPrincipal, ParameterError
from zenoo_security.guards.guarding import guarded
from zenoo_security.principal import current_principal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["check_fresh_auth", "require_fresh_auth"]

_MAX_MINUTES: Final = 1440

P = ParamSpec("P")
R = TypeVar("R")


def require_fresh_auth(
    minutes: float = 5, *, clock: Clock = SYSTEM_CLOCK
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function be called only by who has logged in lately; put it before what changes how somebody logs in.

    It takes functions, methods and generators, each sync or async. A function is checked when it is called, and an
    `async def` when it is awaited, as it begins to run. A generator is checked when it is called and not when it is
    gone through: what it yields later is guarded no more than what any function does after its beginning.

    Args:
        minutes: how long ago the login may be, over 0 and up to 1440.
        clock: tells the time.

    Raises:
        ParameterError: the minutes are out of range, or what is decorated is not a function.

    The function then raises:
        NoPrincipal: nobody is set as the one who asks.
        FreshLoginRequired: the login is too long ago, not known, or in the future.

    >>> @require_fresh_auth(minutes=5)
    ... def change_password(new: str) -> None: ...
    >>> change_password("x")
    Traceback (most recent call last):
    zenoo_security.errors.NoPrincipal: nobody is set as the one who asks: wrap the call in `with acting_as(principal):`
    """
    _check_minutes(minutes)

    def check(_args: object, _kwargs: object) -> None:
        check_fresh_auth(minutes, clock=clock)

    return lambda function: guarded(function, lambda _function: check)


def check_fresh_auth(minutes: float = 5, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Refuse unless the one who asks has logged in lately: `require_fresh_auth` as a call.

    Args:
        minutes: how long ago the login may be, over 0 and up to 1440.
        clock: tells the time.

    Raises:
        NoPrincipal: nobody is set as the one who asks.
        FreshLoginRequired: the login is too long ago, not known, or in the future.
        ParameterError: the minutes are out of range.
    """
    _check_minutes(minutes)
    try:
        current_principal().require_fresh(minutes * 60, at=clock.now())
    except NoPrincipal:
        emit("authz_fail", needs="fresh_login", reason="no_principal")
        raise
    except FreshLoginRequired:
        emit("authz_fail", needs="fresh_login", reason="login_too_old")
        raise


def _check_minutes(minutes: object) -> None:
    if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or not 0 < minutes <= _MAX_MINUTES:
        raise ParameterError("minutes is over 0 and up to 1440; write @require_fresh_auth(), with parentheses")
