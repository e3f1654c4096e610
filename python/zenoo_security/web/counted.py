"""A rule of `RateLimits`, made ready for being asked at every request."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.principal import current_principal_or_none
from zenoo_security.web.networks import network_of
from zenoo_security.web.rate_limit_fields import PolicyFields
from zenoo_security.web.routes import Costs, Routes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zenoo_security.limits import RateLimiter
    from zenoo_security.web.limit_rules import LimitRule
    from zenoo_security.web.request import Request

__all__ = ["Counted"]

_LONGEST: Final = 200
_NOBODY: Final = "without-address"


class Counted:
    """One rule.

    Args:
        rule: as it was written.

    Attributes:
        fields: what is sent about it.

    Raises:
        ParameterError: a path, a method, a cost or a name is none, or a cost is more than the whole quota.
    """

    __slots__ = ("_costs", "_everything", "_limiter", "_name_of", "_routes", "_without_address", "awaited", "fields")

    def __init__(self, rule: LimitRule) -> None:
        self.fields: Final = PolicyFields(rule.limiter.policies)
        self.awaited: Final = _asks_a_server(rule.limiter)
        self._limiter: Final = rule.limiter
        self._without_address: Final = rule.without_address
        self._routes: Final = Routes(rule.paths, rule.methods)
        self._everything: Final = self._routes.everything
        self._costs: Final = Costs(rule.costs, rule.cost)
        self._name_of: Final = _OF[rule.by] if isinstance(rule.by, str) else _chosen(rule.by)
        if self._costs.highest > min(policy.limit for policy in rule.limiter.policies):
            raise ParameterError("a request costs more than the whole quota, so it would never be let in")

    def concerns(self, request: Request) -> bool:
        """Whether the rule is about this request."""
        return self._everything or request in self._routes

    def cost(self, request: Request) -> int:
        """What the request costs."""
        return self._costs.of(request)

    def account(self, request: Request) -> tuple[RateLimiter | None, str]:
        """The limiter that counts the request, and for whom; no limiter when nobody can tell whose it is."""
        if self._name_of is not None:
            name = self._name_of(request)
            if name is not None:
                return self._limiter, name
        network = network_of(request.client)
        if network is not None:
            return self._limiter, network
        return self._without_address, _NOBODY


def _principal(request: Request) -> str | None:
    principal = current_principal_or_none()
    return None if principal is None else f"user:{principal.uid}@{principal.database}"


def _session(request: Request) -> str | None:
    session = request.found.get("session")
    return None if session is None else f"session:{session.id}"


_OF: Final[dict[str, Callable[[Request], str | None] | None]] = {
    "client": None,
    "principal": _principal,
    "session": _session,
}


def _chosen(by: Callable[[Request], str | None]) -> Callable[[Request], str | None]:
    def name(request: Request) -> str | None:
        own = by(request)
        if not own:
            return None
        if len(own) > _LONGEST or not own.isascii():
            return "own#" + hashlib.sha256(own.encode("utf-8", "surrogatepass")).hexdigest()
        return "own:" + own

    return name


def _asks_a_server(limiter: RateLimiter) -> bool:
    return bool(limiter.awaited)
