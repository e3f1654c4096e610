"""`rate_limited`: so many calls of a function in a time, for each user or whatever else they are counted by."""

from __future__ import annotations

import inspect
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeAlias, TypeVar

from zenoo_security.audit import emit
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import NoPrincipal, ParameterError
from zenoo_security.guards.guarding import guarded, is_async_generator
from zenoo_security.limits import BaseLimiter, RateLimits, RatePolicy, SharedTable, Throttle
from zenoo_security.principal import current_principal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from zenoo_security.guards.guarding import Pending
    from zenoo_security.limits import Algorithm, OnStoreFailure
    from zenoo_security.stores import Store

__all__ = ["rate_limited"]

P = ParamSpec("P")
R = TypeVar("R")

Named: TypeAlias = "Mapping[str, Any]"
"""The arguments of a call by name, those left out with their defaults."""

Key: TypeAlias = "str | Callable[[Named], str | int]"
Cost: TypeAlias = "int | Callable[[Named], int]"

_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._]+")
_MAX_NAME: Final = 40


def rate_limited(
    rates: str | Iterable[RatePolicy] | BaseLimiter,
    *,
    key: Key | None = None,
    cost: Cost = 1,
    algorithm: Algorithm = "sliding_window",
    store: Store | SharedTable | None = None,
    name: str | None = None,
    on_store_failure: OnStoreFailure = "refuse",
    wait: bool = False,
    max_wait_s: float = 60.0,
    max_waiting: int = 1000,
    clock: Clock = SYSTEM_CLOCK,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function be called so often in a time, and no more.

    It takes functions, methods, classmethods, staticmethods and generators, each sync or async, and keeps their name,
    signature and types. A function is counted when it is called, an `async def` when it is awaited, and a generator
    before its body begins. A call that fails stays counted.

    Put it below the decorators that say who may call: what they refuse is then not counted.

    Args:
        rates: `"60/minute"`, `"10/s and 1000/h"`, or `RatePolicy` objects; or a limiter, and then that is the one that
            counts, together with whatever else it is used for: where and how it counts was said to it.
        key: whose calls are counted together: the name of a parameter, or a function that is given the arguments by
            name. By default the user who asks, by id, in their database. A text or a number.
        cost: how many calls one counts as, or a function that is given the arguments by name.
        algorithm: as for `RateLimits`.
        store: where to count; in this process unless given.
        name: of the limiter; the module and the name of the function, the last 40 characters, unless given.
        on_store_failure: as for `RateLimits`.
        wait: wait for the next turn instead of being refused, as `Throttle` does. A function that is not async then
            waits in its thread, and cannot be called where an event loop runs.
        max_wait_s: seconds to wait at most.
        max_waiting: calls that wait at most.
        clock: what tells the time in this process; for tests.

    Raises:
        ParameterError: an argument is out of its range or said of a limiter that was made elsewhere, there is no
            parameter of that name, or what is decorated is no function.

    The function then raises:
        RateLimitExceeded: too many calls; its `retry_after` says when the next can succeed, in seconds.
        NoPrincipal: nobody is set as the one who asks, where nothing else is the key.
        InvalidInput: the key of this call is `None` or empty.
        StoreUnavailable: the store does not answer.

    >>> @rate_limited("2/minute", key="email")
    ... def send_link(email: str) -> str:
    ...     return "sent"
    >>> send_link("a@example.com"), send_link("a@example.com"), send_link("b@example.com")
    ('sent', 'sent', 'sent')
    >>> send_link("a@example.com")
    Traceback (most recent call last):
    zenoo_security.errors.RateLimitExceeded: too many requests: retry in 60 s
    """
    if isinstance(rates, BaseLimiter):
        if (algorithm, store, name, on_store_failure) != ("sliding_window", None, None, "refuse"):
            raise ParameterError(
                "rate_limited: say algorithm, store, name and on_store_failure where the limiter is made"
            )
    elif not isinstance(rates, str):
        rates = tuple(rates)

    def limited(function: Callable[..., Any]) -> _Limited:
        if isinstance(rates, BaseLimiter):
            limiter: BaseLimiter = rates
        else:
            limiter = RateLimits(
                rates,
                algorithm=algorithm,
                store=store,
                name=name or _name_of(function),
                on_store_failure=on_store_failure,
                clock=clock,
            )
        throttle = Throttle(limiter, max_wait_s=max_wait_s, max_waiting=max_waiting, clock=clock) if wait else None
        return _Limited(function, limiter, throttle, key, cost)

    return lambda function: guarded(function, lambda inner: limited(inner).check)


class _Limited:
    """Counts the calls of one function."""

    def __init__(
        self,
        function: Callable[..., Any],
        limiter: BaseLimiter,
        throttle: Throttle | None,
        key: Key | None,
        cost: Cost,
    ) -> None:
        self._signature = inspect.signature(function)
        if isinstance(key, str) and key not in self._signature.parameters:
            raise ParameterError(f"rate_limited: the function has no parameter {key!r}")
        self._limiter = limiter
        self._throttle = throttle
        self._is_async = inspect.iscoroutinefunction(function) or is_async_generator(function)
        self._key = key
        self._cost = cost
        self._looks = key is not None or callable(cost)

    def check(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Pending | None:
        """See `guarding.Check`."""
        named = self._named(args, kwargs) if self._looks else {}
        identifier = self._identifier(named)
        cost = self._cost(named) if callable(self._cost) else self._cost
        if self._throttle is not None:
            if self._is_async:
                return partial(_forget, self._throttle.atake, identifier, cost)
            self._throttle.take(identifier, cost)
            return None
        if self._limiter.waits:
            return partial(_forget, self._limiter.arequire, identifier, cost)
        self._limiter.require(identifier, cost)
        return None

    def _named(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Named:
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.arguments

    def _identifier(self, named: Named) -> str:
        if self._key is None:
            return _principal()
        value = self._key(named) if callable(self._key) else named[self._key]
        # What is neither is refused by the limiter.
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value  # type: ignore[return-value]


def _principal() -> str:
    try:
        principal = current_principal()
    except NoPrincipal:
        emit("authz_fail", needs="rate_limit", reason="no_principal")
        raise
    return f"{principal.database}/{principal.uid}"


async def _forget(call: Callable[[str, int], Any], identifier: str, cost: int) -> None:
    await call(identifier, cost)


def _name_of(function: Callable[..., Any]) -> str:
    name = _NO_NAME.sub("", f"{function.__module__}.{getattr(function, '__qualname__', 'call')}")
    return name[-_MAX_NAME:].lstrip("._") or "call"
