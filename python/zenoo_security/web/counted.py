"""A rule of `RequestLimits`, made ready for being asked at every request."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.limits.stored import Stored
from zenoo_security.principal import current_principal_or_none
from zenoo_security.web.networks import network_of
from zenoo_security.web.paths import ByPath
from zenoo_security.web.rate_limit_fields import PolicyFields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zenoo_security.limits import BaseLimiter
    from zenoo_security.web.limit_rules import LimitRule
    from zenoo_security.web.request import Request

__all__ = ["Counted"]

_METHOD: Final = re.compile(r"[A-Z]{1,32}")
_LONGEST: Final = 200
_NOBODY: Final = "without-address"


class Counted:
    """One rule.

    Args:
        rule: as it was written.

    Attributes:
        fields: what is sent about it.
        awaited: whether its limiter asks a server.
        everything: whether it is about every request.
        costs: what a request costs, by its path.

    Raises:
        ParameterError: a path, a method or a cost is none, or a cost is more than the whole quota.
    """

    __slots__ = ("_limiter", "_methods", "_name_of", "_paths", "_without", "awaited", "costs", "everything", "fields")

    def __init__(self, rule: LimitRule) -> None:
        self.fields: Final = PolicyFields(rule.limiter.policies)
        self.awaited: Final = _asks_a_server(rule.limiter)
        self._limiter: Final = rule.limiter
        self._without: Final = rule.without_address
        self._methods: Final = _methods(rule.methods)
        self._paths: Final = ByPath(not rule.paths, dict.fromkeys(rule.paths, True))
        self.everything: Final = not rule.methods and not rule.paths
        self.costs: Final = ByPath(rule.cost, rule.costs)
        self._name_of: Final = _OF[rule.by] if isinstance(rule.by, str) else _chosen(rule.by)
        smallest = min(policy.limit for policy in rule.limiter.policies)
        if not all(_is_cost(cost, smallest) for cost in (rule.cost, *rule.costs.values())):
            raise ParameterError("a cost is a whole number, 1 up to the whole quota")

    def concerns(self, request: Request) -> bool:
        """Whether the rule is about this request."""
        return self.everything or (
            (not self._methods or request.method in self._methods) and self._paths.find(request.path)
        )

    def account(self, request: Request) -> tuple[BaseLimiter | None, str]:
        """The limiter that counts the request, and for whom; no limiter when nobody can tell whose it is."""
        if self._name_of is not None:
            name = self._name_of(request)
            if name is not None:
                return self._limiter, name
        network = network_of(request.client)
        if network is not None:
            return self._limiter, network
        return self._without, _NOBODY


def _principal(_: Request) -> str | None:
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


def _asks_a_server(limiter: BaseLimiter) -> bool:
    return isinstance(limiter, Stored)


def _methods(names: Sequence[str]) -> frozenset[str]:
    if isinstance(names, str) or not all(map(_METHOD.fullmatch, names)):
        raise ParameterError("methods are a list of names in capital letters, such as POST")
    return frozenset(names) | ({"HEAD"} if "GET" in names else set())


def _is_cost(cost: object, most: int) -> bool:
    return isinstance(cost, int) and not isinstance(cost, bool) and 1 <= cost <= most
