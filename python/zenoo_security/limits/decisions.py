"""The answer of a limiter that has several limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security._native import Decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

    from zenoo_security.limits.policy import RatePolicy

__all__ = ["Decisions", "combined", "decider"]


class Decisions(Decision):
    """A `Decision` of several limits together: its figures are those of the limit that decided.

    Refused, that is the limit with the longest `retry_after`. Allowed, it is the limit with the least that remains.

    Attributes:
        decided_by: that limit.
        decisions: what each limit says, in the order of the limiter's `policies`. When one refuses, nothing was taken
            from the others, however much they have.
    """

    __slots__ = ("_decisions", "decided_by")

    _decisions: tuple[Decision, ...]
    decided_by: RatePolicy

    def __new__(cls, decided_by: RatePolicy, decision: Decision, decisions: Sequence[Decision]) -> Self:
        """Take the figures of one of them."""
        self = super().__new__(cls, decision.limit, decision.remaining, decision.retry_after, decision.reset_after)
        self._decisions = tuple(decisions)
        self.decided_by = decided_by
        return self

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What each limit says."""
        return self._decisions


def combined(policies: Sequence[RatePolicy], decisions: Sequence[Decision]) -> Decisions:
    """One answer of several."""
    if len(decisions) == len(policies) == 1:
        return Decisions(policies[0], decisions[0], decisions)
    pairs = list(zip(policies, decisions, strict=True))
    policy, decision = min(pairs, key=lambda pair: (-pair[1].retry_after, pair[1].remaining, -pair[1].reset_after))
    return Decisions(policy, decision, decisions)


def decider(policies: Sequence[RatePolicy], decision: Decision) -> RatePolicy:
    """The limit whose figures a decision has."""
    return decision.decided_by if isinstance(decision, Decisions) else policies[0]
