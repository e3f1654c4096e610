"""Limits on requests, by ASGI and by WSGI alike."""

from __future__ import annotations

import json
from math import ceil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.clock import FakeClock
from zenoo_security.errors import ParameterError, StoreUnavailable
from zenoo_security.limits import RateLimiter, RateLimits, RatePolicy
from zenoo_security.principal import Principal, acting_as
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.web import Control
from zenoo_security.web.limit_rules import LimitRule
from zenoo_security.web.request_limits import QUOTA_EXCEEDED, RequestLimits

from .driving import Sent, through
from .structured_fields import parse_list

if TYPE_CHECKING:
    from zenoo_security.web import Request

KINDS = ("asgi", "wsgi")
MINUTE = RatePolicy(3, 60, name="burst")
DAY = RatePolicy(1000, 86_400, name="daily")


def both(clock: FakeClock | None = None, store: MemoryStore | None = None) -> RateLimits:
    return RateLimits([MINUTE, DAY], store=store, clock=clock or FakeClock())


@pytest.fixture(params=["process", "store"])
def limiter(request: pytest.FixtureRequest) -> RateLimits:
    """Three a minute and a thousand a day, counted here or in a store that has to be awaited."""
    clock = FakeClock()
    return both(clock, MemoryStore(clock=clock) if request.param == "store" else None)


@pytest.mark.asvs("v5.0.0-2.4.1")
@pytest.mark.parametrize("kind", KINDS)
def test_exactly_the_quota_of_a_client_is_let_in(kind, limiter):
    control = RequestLimits(limiter)
    statuses = [through(kind, [control], Sent()).status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert through(kind, [control], Sent(peer="203.0.113.10")).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_every_response_tells_what_is_left(kind, limiter):
    """The fields of the draft, letter by letter."""
    got = through(kind, [RequestLimits(limiter)], Sent())
    assert got.values("ratelimit-policy") == [b'"burst";q=3;w=60, "daily";q=1000;w=86400']
    assert got.values("ratelimit") == [b'"burst";r=2;t=60, "daily";r=999;t=86400']
    assert not got.values("retry-after")
    assert not got.values("x-ratelimit-limit")


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_says_which_policy_and_how_long(kind, limiter):
    control = RequestLimits(limiter)
    for _ in range(3):
        through(kind, [control], Sent())
    got = through(kind, [control], Sent())
    assert got.status == 429
    assert got.values("retry-after") == [b"60"]
    assert got.values("cache-control") == [b"no-store"]
    assert got.values("content-type") == [b"application/problem+json"]
    assert got.values("ratelimit") == [b'"burst";r=0;t=60, "daily";r=997']
    problem = json.loads(got.body)
    assert problem["type"] == QUOTA_EXCEEDED == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert (problem["status"], problem["violated-policies"]) == (429, ["burst"])


@given(
    st.integers(1, 9), st.floats(0.01, 100_000), st.lists(st.floats(0, 5_000), max_size=30), st.sampled_from(["sliding_window", "gcra"]),
)  # fmt: skip
def test_who_waits_as_retry_after_says_is_let_in(limit, window_s, pauses, algorithm):
    """It is whole seconds, rounded up, and no `t` is later than it."""
    clock = FakeClock()
    control = RequestLimits(RateLimiter(limit, window_s, algorithm=algorithm, clock=clock))
    for pause in pauses:
        clock.advance(pause)
        got = through("asgi", [control], Sent())
        ((_, state),) = parse_list(got.values("ratelimit")[0])
        assert 0 <= state["r"] <= limit
        assert state["t"] <= ceil(window_s)
        if got.status == 429:
            wait = int(got.values("retry-after")[0])
            assert wait >= max(1, state["t"])
            clock.advance(wait)
            assert through("asgi", [control], Sent()).status == 200


def test_a_window_that_is_no_whole_number_of_seconds_is_not_told():
    control = RequestLimits(RateLimiter(5, 0.5))
    assert through("asgi", [control], Sent()).values("ratelimit-policy") == [b'"5/0.5s";q=5']


@pytest.mark.parametrize("kind", KINDS)
def test_the_legacy_fields_are_there_when_they_are_wanted(kind, limiter):
    control = RequestLimits(limiter, legacy_fields=True)
    for _ in range(3):
        got = through(kind, [control], Sent())
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
    assert [got.values(name) for name in names] == [[b"3"], [b"0"], [b"60"]]
    got = through(kind, [control], Sent())
    assert [got.values(name) for name in names] == [[b"3"], [b"0"], [b"60"]]


def test_what_the_application_says_of_limits_is_replaced():
    """Two sources of one field would be a List with a policy twice."""

    class Says(Control):
        def after(self, request: Request, head) -> None:
            head.add(b"ratelimit", b'"other";r=5')

    got = through("asgi", [RequestLimits(RateLimiter(5, 60)), Says()], Sent())
    assert got.values("ratelimit") == [b'"5/min";r=4;t=60']


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("2001:db8::1", "2001:db8::ffff:9", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("203.0.113.9", "203.0.113.10", False),
        ("203.0.113.9", "::ffff:203.0.113.9", True),
    ],
)
def test_an_ipv6_client_is_its_whole_network(kind, first, second, shared):
    """A customer has a /64, and 18 trillion addresses in it."""
    control = RequestLimits(RateLimiter(1, 60))
    assert through(kind, [control], Sent(peer=first)).status == 200
    assert through(kind, [control], Sent(peer=second)).status == (429 if shared else 200)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("peer", [None, "testclient"])
def test_a_client_without_an_address_is_refused(kind, peer):
    """And uses up nobody's quota."""
    control = RequestLimits(RateLimiter(1, 60))
    for _ in range(2):
        got = through(kind, [control], Sent(peer=peer))
        assert (got.status, json.loads(got.body)["code"]) == (403, "no_client_address")
    assert through(kind, [control], Sent()).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_clients_without_an_address_may_have_a_quota_of_their_own_by_choice(kind):
    control = RequestLimits(LimitRule(RateLimiter(5, 60), without_address=RateLimiter(1, 60, name="nobody")))
    statuses = [through(kind, [control], Sent(peer=None)).status for _ in range(2)]
    assert (statuses, through(kind, [control], Sent()).status) == ([200, 429], 200)


@pytest.mark.asvs("v5.0.0-2.3.2")
@pytest.mark.parametrize("kind", KINDS)
def test_rules_are_about_paths_and_methods(kind):
    """Several that are about one request all count it, and tell of it together."""
    control = RequestLimits(
        LimitRule(RateLimiter(1, 60, name="login"), paths=["/login"], methods=["POST"]),
        LimitRule(RateLimiter(9, 60, name="all")),
    )
    assert through(kind, [control], Sent("POST", "/login")).values("ratelimit") == [b'"login";r=0;t=60, "all";r=8;t=60']
    assert through(kind, [control], Sent("GET", "/login")).values("ratelimit") == [b'"all";r=7;t=60']
    assert through(kind, [control], Sent("POST", "/logins")).status == 200
    for path in ("/login", "/login/", "/login/2fa", "//login", "/x/../login"):
        got = through(kind, [control], Sent("POST", path))
        assert (got.status, got.values("ratelimit")) == (429, [b'"login";r=0;t=60'])
    # What the first rule refused, the second has not charged.
    assert through(kind, [control], Sent("GET", "/")).values("ratelimit") == [b'"all";r=5;t=60']


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_costs_what_its_route_says(kind):
    control = RequestLimits(LimitRule(RateLimiter(30, 60), cost=2, costs={"/export": 20, "/export/small": 1}))
    left = [
        parse_list(through(kind, [control], Sent(path=path)).values("ratelimit")[0])[0][1]["r"]
        for path in ("/", "/export/small/one", "/export")
    ]
    assert left == [28, 27, 7]
    assert through(kind, [control], Sent(path="/export")).status == 429


class ActAs(Control):
    """Stands for the control of sessions: whoever the header names."""

    async def before(self, request: Request) -> None:
        uid = request.value(b"x-uid")
        if uid is not None:
            request.enter(acting_as(Principal("shop", int(uid), "somebody")))


@pytest.mark.asvs("v5.0.0-2.3.2")
@pytest.mark.parametrize("kind", KINDS)
def test_a_user_has_one_quota_from_wherever(kind):
    """Who is not logged in has that of the address."""
    controls = [ActAs(), RequestLimits(LimitRule(RateLimiter(1, 60), by="principal"))]

    def status(peer: str, uid: int | None) -> int:
        headers = [(b"host", b"app.example.com"), *([] if uid is None else [(b"x-uid", str(uid).encode())])]
        return through(kind, controls, Sent(peer=peer, headers=headers)).status

    assert [status("203.0.113.1", 7), status("203.0.113.2", 7)] == [200, 429]
    assert [status("203.0.113.1", 8), status("203.0.113.1", None), status("203.0.113.1", None)] == [200, 200, 429]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["a", "ключ", "x" * 8000, "\udc80"])
def test_a_function_may_say_whose_requests_are_counted(kind, key):
    """Whatever it gives; and nothing means the address."""
    names = [key, key, "", None]
    control = RequestLimits(LimitRule(RateLimiter(1, 60), by=lambda _: names.pop(0)))
    assert [through(kind, [control], Sent()).status for _ in range(4)] == [200, 429, 200, 429]


@pytest.mark.parametrize("kind", KINDS)
def test_two_controls_tell_together(kind):
    """One for clients that stands early, and one for users that stands where they are known."""
    controls = [RequestLimits(RateLimiter(5, 60)), RequestLimits(LimitRule(RateLimiter(9, 60), by="principal"))]
    got = through(kind, controls, Sent())
    assert got.values("ratelimit-policy") == [b'"5/min";q=5;w=60, "9/min";q=9;w=60']
    assert got.values("ratelimit") == [b'"5/min";r=4;t=60, "9/min";r=8;t=60']


class Down(MemoryStore):
    """A store whose server is down."""

    async def take(self, quotas, *, cost=1):
        raise StoreUnavailable("it is down")


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_that_is_down_lets_nobody_in_unless_the_limiter_says_so(kind):
    refuses = RequestLimits(RateLimiter(5, 60, store=Down()))
    got = through(kind, [refuses], Sent())
    assert (got.status, got.values("retry-after"), got.values("cache-control")) == (503, [b"1"], [b"no-store"])
    allows = RequestLimits(RateLimiter(5, 60, store=Down(), on_store_failure="allow"))
    assert through(kind, [allows], Sent()).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_setting_the_calendar_frees_nobody_and_freezes_nobody(kind):
    clock = FakeClock()
    control = RequestLimits(RateLimiter(1, 60, clock=clock))
    assert through(kind, [control], Sent()).status == 200
    for step in (3600, -7200):
        clock.set_now(clock.now() + step)
        assert through(kind, [control], Sent()).values("retry-after") == [b"60"]
    clock.advance(60)
    assert through(kind, [control], Sent()).status == 200


@pytest.mark.parametrize(
    "make",
    [
        RequestLimits,
        lambda: RequestLimits(RateLimiter(5, 60), RateLimiter(5, 60)),
        lambda: LimitRule("5/min"),
        lambda: LimitRule(RateLimiter(5, 60), without_address="5/min"),
        lambda: LimitRule(RateLimiter(5, 60), by="somebody"),
        lambda: RequestLimits(LimitRule(RateLimiter(5, 60), cost=6)),
        lambda: RequestLimits(LimitRule(RateLimiter(5, 60), cost=0)),
        lambda: RequestLimits(LimitRule(RateLimiter(5, 60), costs={"/a": 6})),
        lambda: RequestLimits(LimitRule(RateLimiter(5, 60), costs={"a": 1})),
        lambda: RequestLimits(LimitRule(RateLimiter(5, 60), paths=["login"])),
        lambda: RequestLimits(LimitRule(RateLimiter(5, 60), paths="/login")),
        lambda: RequestLimits(LimitRule(RateLimiter(5, 60), methods=["post"])),
        lambda: RequestLimits(LimitRule(RateLimiter(5, 60), methods="POST")),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(make):
    with pytest.raises(ParameterError):
        make()
