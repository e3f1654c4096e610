"""Rate limits on requests: refused ones get 429, and every response tells what is left."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final, TypeAlias

from zenoo_security.errors import ParameterError, StoreError
from zenoo_security.limits import BaseLimiter
from zenoo_security.web.control import Additions, Control
from zenoo_security.web.counted import Counted
from zenoo_security.web.limit_rules import LimitRule
from zenoo_security.web.problems import problem
from zenoo_security.web.response import Response
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from zenoo_security.limits import Decision
    from zenoo_security.web.blocks import Blocks
    from zenoo_security.web.rate_limit_fields import PolicyFields
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["QUOTA_EXCEEDED", "RequestLimits"]

QUOTA_EXCEEDED: Final = "https://iana.org/assignments/http-problem-types#quota-exceeded"

_TITLE: Final = "Request cannot be satisfied as assigned quota has been exceeded"
_OUTCOMES: Final = "rate_limits"
_FIELDS: Final = frozenset((b"ratelimit", b"ratelimit-policy"))
_LEGACY_FIELDS: Final = frozenset((b"x-ratelimit-limit", b"x-ratelimit-remaining", b"x-ratelimit-reset"))

Outcomes: TypeAlias = "list[tuple[PolicyFields, Decision]]"


class RequestLimits(Control):
    """Counts requests, and refuses those over a limit.

    Of several rules each counts the requests that it is about, in their order, until one refuses; the rules after that
    one are not charged. A refusal is a problem document of type `quota-exceeded`, with status 429, the names of the
    policies that were violated and `Retry-After`, and its headers tell of the rule that refused alone. All responses to
    requests that were counted carry `RateLimit-Policy` and `RateLimit`.

    Limiters that count on this machine answer at once; one that asks a server is awaited. When its server is down the
    limiter decides: it lets the request pass, or it is refused with 503.

    Leaves under `rate_limits` in `Request.found` what was decided, a list of pairs of the policies' fields and a
    `Decision`.

    Args:
        rules: what is counted; a `RateLimiter` alone counts all requests by the address of the client.
        blocks: is told of every refusal.
        legacy_fields: send `X-RateLimit-Limit`, `-Remaining` and `-Reset` as well, of the limit that has the least
            left; the last is in seconds.

    Raises:
        ParameterError: there is no rule, two policies have one name, or one is not what it should be.
    """

    def __init__(
        self, *rules: LimitRule | BaseLimiter, blocks: Blocks | None = None, legacy_fields: bool = False
    ) -> None:
        if not rules:
            raise ParameterError("give at least one rule or RateLimiter")
        self._rules: Final = tuple(
            Counted(LimitRule(rule) if isinstance(rule, BaseLimiter) else rule) for rule in rules
        )
        names = [name for rule in self._rules for name in rule.fields.names]
        if len(set(names)) < len(names):
            raise ParameterError("two policies have the same name: give each rule a name of its own")
        self._audit: Final = BoundedTelling()
        self._blocks: Final = blocks
        self._legacy: Final = legacy_fields
        self._removed: Final = _FIELDS | _LEGACY_FIELDS if legacy_fields else _FIELDS

    def before(self, request: Request) -> Response | Awaitable[Response | None] | None:
        """Count a request."""
        return self._count(0, request, request.found.setdefault(_OUTCOMES, []))

    def after(self, request: Request, head: Head) -> None:
        """Tell what is left."""
        # Taken out: of several of these controls the first on the way out tells of all.
        outcomes: Outcomes | None = request.found.pop(_OUTCOMES, None)
        if outcomes:
            head.remove(self._removed)
            head.headers += self._fields(outcomes)

    def additions(self) -> Additions:
        """The fields, where no response has them by itself."""
        return Additions(self._add, minded=self._removed, changed=self._removed)

    def _add(self, request: Request, head: Head) -> bool:
        outcomes: Outcomes | None = request.found.pop(_OUTCOMES, None)
        if outcomes:
            head.headers += self._fields(outcomes)
        return True

    def _fields(self, outcomes: Outcomes) -> list[tuple[bytes, bytes]]:
        if len(outcomes) == 1 and not self._legacy:
            ((fields, decision),) = outcomes
            return [fields.policy_field, (b"ratelimit", fields.state(decision))]
        told = [
            (b"ratelimit-policy", b", ".join([fields.policy for fields, _ in outcomes])),
            (b"ratelimit", b", ".join([fields.state(decision) for fields, decision in outcomes])),
        ]
        return told + (
            _legacy([each for _, decision in outcomes for each in decision.decisions]) if self._legacy else []
        )

    def _count(self, start: int, request: Request, outcomes: Outcomes) -> Response | Awaitable[Response | None] | None:
        """Count by the rules from that one on, up to the first that refuses or has to ask a server."""
        for number in range(start, len(self._rules)):
            rule = self._rules[number]
            if not (rule.everything or rule.concerns(request)):
                continue
            limiter, key = rule.account(request)
            if limiter is None:
                return self._unknown()
            if rule.awaited:
                return self._ask(number, limiter, key, request, outcomes)
            try:
                decision = limiter.hit(key, rule.costs.find(request.path))
            except StoreError:
                return _unavailable()
            if not decision.allowed:
                return self._refused(request, rule.fields, decision)
            outcomes.append((rule.fields, decision))
        return None

    async def _ask(
        self, number: int, limiter: BaseLimiter, key: str, request: Request, outcomes: Outcomes
    ) -> Response | None:
        rule = self._rules[number]
        try:
            decision = await limiter.ahit(key, rule.costs.find(request.path))
        except StoreError:
            return _unavailable()
        if decision.allowed:
            outcomes.append((rule.fields, decision))
            answer = self._count(number + 1, request, outcomes)
        else:
            answer = self._refused(request, rule.fields, decision)
        return answer if answer is None or isinstance(answer, Response) else await answer

    def _refused(
        self, request: Request, fields: PolicyFields, decision: Decision
    ) -> Response | Awaitable[Response | None]:
        # The others would tell of times that are later than Retry-After.
        request.found[_OUTCOMES] = [(fields, decision)]
        response = problem(
            429,
            "Wait as many seconds as Retry-After says.",
            kind=QUOTA_EXCEEDED,
            title=_TITLE,
            headers=((b"retry-after", b"%d" % ceil(decision.retry_after)),),
            code="quota_exceeded",
            violated_policies=fields.violated(decision),
        )
        return response if self._blocks is None else self._tell(self._blocks, request, response)

    def _unknown(self) -> Response:
        self._audit.tell("input_validation_fail", what="client address", codes=["missing"])
        return problem(
            403,
            "The address of the client is not known here, so its requests cannot be counted.",
            code="no_client_address",
        )

    @staticmethod
    async def _tell(blocks: Blocks, request: Request, response: Response) -> Response:
        await blocks.count(request.client)
        return response


def _unavailable() -> Response:
    return problem(
        503,
        "Requests cannot be counted at the moment: try again.",
        headers=((b"retry-after", b"1"),),
        code="store_unavailable",
    )


def _legacy(decisions: Sequence[Decision]) -> list[tuple[bytes, bytes]]:
    least = min(decisions, key=lambda each: (each.allowed, each.remaining))
    wait_s = least.reset_after if least.allowed else least.retry_after
    return [
        (b"x-ratelimit-limit", b"%d" % least.limit),
        (b"x-ratelimit-remaining", b"%d" % least.remaining),
        (b"x-ratelimit-reset", b"%d" % ceil(wait_s)),
    ]
