"""The header fields that tell a client what it may use, and what it has left.

RateLimit header fields for HTTP, draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` and `RateLimit`, Lists of
Strings with Integers as parameters (RFC 9651). The partition key of the draft (`pk`) is not sent: the client knows who
it is, and nobody else has to.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from zenoo_security.web.structured import item, string

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.limits import Decision, RatePolicy

__all__ = ["PolicyFields"]


class PolicyFields:
    """What is sent about the limits of one limiter.

    Args:
        policies: those of the limiter.

    Attributes:
        names: of the policies.
        policy: the members of `RateLimit-Policy`.
        policy_field: the same with the name of the field.

    Raises:
        ParameterError: a name is not printable ASCII.

    >>> from zenoo_security.limits import RatePolicy
    >>> PolicyFields([RatePolicy(100, 60, name="burst"), RatePolicy(1000, 86400, name="daily")]).policy
    b'"burst";q=100;w=60, "daily";q=1000;w=86400'
    """

    __slots__ = ("_only", "_quoted", "names", "policy", "policy_field")

    def __init__(self, policies: Sequence[RatePolicy]) -> None:
        self.names: Final = [policy.name for policy in policies]
        self._quoted: Final = [string(name) for name in self.names]
        self._only: Final = self._quoted[0] if len(self._quoted) == 1 else None
        # A window that is no whole number of seconds cannot be said (the draft, section 3.3): it is left out.
        self.policy: Final = b", ".join(
            item(policy.name, {"q": policy.limit} | ({"w": int(policy.window_s)} if _is_whole(policy.window_s) else {}))
            for policy in policies
        )
        self.policy_field: Final = (b"ratelimit-policy", self.policy)

    def state(self, decision: Decision) -> bytes:
        """The members of `RateLimit` after a decision.

        `t` is the time until the quota is whole again. Where the request was refused it is the time until the same
        request is there again, and only the limits that refused it have one: no `t` may be later than `Retry-After`.
        """
        if self._only is not None:
            return decision.member(self._only)
        decisions = decision.decisions
        if decision.allowed:
            return b", ".join(
                [
                    b"%s;r=%d;t=%d" % (name, each.remaining, ceil(each.reset_after))
                    for name, each in zip(self._quoted, decisions, strict=True)
                ]
            )
        return b", ".join(
            [
                b"%s;r=%d" % (name, each.remaining)
                if each.allowed
                else b"%s;r=%d;t=%d" % (name, each.remaining, ceil(each.retry_after))
                for name, each in zip(self._quoted, decisions, strict=True)
            ]
        )

    def violated(self, decision: Decision) -> list[str]:
        """The names of the policies that refused."""
        return [name for name, each in zip(self.names, decision.decisions, strict=True) if not each.allowed]


def _is_whole(number: float) -> bool:
    return number == int(number)
