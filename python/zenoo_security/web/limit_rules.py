"""What a limit counts: whose requests, of which routes, at what cost."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from zenoo_security.errors import ParameterError
from zenoo_security.limits import BaseLimiter, RateLimiter, RateLimits, parse_rates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Literal

    from zenoo_security.limits import SharedTable
    from zenoo_security.stores import Store
    from zenoo_security.web.request import Request

__all__ = ["LimitRule", "Whose", "limit_rules"]

Whose: TypeAlias = "Literal['client', 'principal', 'session'] | Callable[[Request], str | None]"
"""Whose requests are counted together."""


@dataclass(frozen=True)
class LimitRule:
    """One limiter, and what it counts.

    Args:
        limiter: a `RateLimiter`, or a `RateLimits` for several limits of the same requests: it takes from all of them
            or from none. The names of its policies stand in the headers.
        paths: the paths that are counted, with what is below them; all of them unless given.
        methods: the methods that are counted; all of them unless given. `GET` stands for `HEAD` as well.
        by: whose requests are counted together: those of a `client` by its address (IPv6: its /64), of a `principal`
            wherever it comes from, or of a `session`; or a function that names whose they are: a name that a client can
            choose freely holds nobody back. Who has no name of that kind is counted by the address.
        cost: what a request costs.
        costs: what it costs below some paths, such as `{"/export": 20}`; the longest one counts.
        without_address: counts all requests together whose client has no address, and has to be meant for that; they
            are refused unless given.

    Raises:
        ParameterError: one of them is not what it should be.
    """

    limiter: BaseLimiter
    _: KW_ONLY
    paths: Sequence[str] = ()
    methods: Sequence[str] = ()
    by: Whose = "client"
    cost: int = 1
    costs: Mapping[str, int] = field(default_factory=dict)
    without_address: BaseLimiter | None = None

    def __post_init__(self) -> None:
        limiters: tuple[object, ...] = (self.limiter, *([] if self.without_address is None else [self.without_address]))
        if not all(isinstance(limiter, BaseLimiter) for limiter in limiters):
            raise ParameterError("a limiter is a RateLimiter or RateLimits of zenoo_security.limits")
        if self.by not in ("client", "principal", "session") and not callable(self.by):
            raise ParameterError("by is client, principal, session, or a function of a request")


def limit_rules(limits: object, store: Store | SharedTable | None) -> list[LimitRule]:
    """Rules from what people write.

    Args:
        limits: a text such as `10/s and 1000/h`, a limiter, a rule, or several of them; `None` for none.
        store: where limits that are given as a text are counted; in this process unless given.

    Raises:
        ParameterError: one of them is something else.
    """
    if limits is None:
        return []
    listed = list(limits) if isinstance(limits, (list, tuple)) else [limits]
    return [rule for limit in listed for rule in _rules(limit, store)]


def _rules(limit: object, store: Store | SharedTable | None) -> list[LimitRule]:
    if isinstance(limit, LimitRule):
        return [limit]
    if isinstance(limit, BaseLimiter):
        return [LimitRule(limit)]
    if not isinstance(limit, str):
        raise ParameterError("limits are a text such as 100/minute, a limiter or a LimitRule, or a list of them")
    policies = parse_rates(limit)
    if len(policies) == 1:
        return [LimitRule(RateLimiter(policies[0].limit, policies[0].window_s, store=store))]
    return [LimitRule(RateLimits(policies, store=store))]
