"""rate_limited: functions of all kinds, keys, costs, stores that wait, and waiting for the next turn."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading

import pytest

from audit.conftest import Heard
from zenoo_security import Principal, RateLimiter, RateLimitExceeded, acting_as, open_store, rate_limited
from zenoo_security.audit import AuditLog, configured
from zenoo_security.clock import SYSTEM_CLOCK, FakeClock
from zenoo_security.errors import InvalidInput, NoPrincipal, ParameterError, StoreUnavailable
from zenoo_security.guards import limited
from zenoo_security.limits import RatePolicy
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import result_of

ALICE, BOB = Principal("shop", 7, "alice"), Principal("shop", 8, "bob")
ELSEWHERE = Principal("other", 7, "alice")


@pytest.fixture(params=["process", "memory", "sqlite"])
def store(request, tmp_path):
    """Where it counts; only the last has to be waited for."""
    if request.param != "sqlite":
        yield None if request.param == "process" else MemoryStore()
        return
    store = open_store(f"sqlite:///{tmp_path / 'limits.db'}")
    yield store
    result_of(store.aclose())


def functions(store, **options):
    """One of each kind that can be called without an event loop; each yields or returns what it was given."""
    begun: list[object] = []

    @rate_limited("2/h", store=store, **options)
    def function(value):
        begun.append(value)
        return value

    @rate_limited("2/h", store=store, **options)
    def generator(value):
        begun.append(value)
        yield value

    class Shop:
        @rate_limited("2/h", store=store, **options)
        def method(self, value):
            begun.append(value)
            return value

        @classmethod
        @rate_limited("2/h", store=store, **options)
        def of_the_class(cls, value):
            begun.append(value)
            return value

        @rate_limited("2/h", store=store, **options)
        @staticmethod
        def static(value):
            begun.append(value)
            return value

    return begun, [function, lambda value: list(generator(value)), Shop().method, Shop.of_the_class, Shop.static]


def test_functions_are_called_as_often_as_they_may(store):
    begun, calls = functions(store, key="value")
    for call in calls:
        call(1), call(1)
        with pytest.raises(RateLimitExceeded) as refused:
            call(1)
        assert 0 < refused.value.retry_after <= 3600
        assert begun == [1, 1]
        call(2)
        begun.clear()


async def test_coroutines_and_asynchronous_generators_are_counted_as_they_begin(store):
    begun: list[object] = []

    @rate_limited("2/h", store=store, key="value")
    async def coroutine(value):
        begun.append(value)
        return value

    @rate_limited("2/h", store=store, key="value")
    async def generator(value):
        begun.append(value)
        yield value

    async def gone_through(value):
        return [each async for each in generator(value)]

    coroutine(1).close()
    for call in (coroutine, gone_through):
        await call(1), await call(1)
        with pytest.raises(RateLimitExceeded):
            await call(1)
        assert begun == [1, 1]
        begun.clear()


@pytest.mark.asvs("v5.0.0-2.4.1", "v5.0.0-2.3.2")
def test_unless_said_otherwise_it_counts_by_who_asks_in_which_database(store):
    @rate_limited("1/h", store=store)
    def function():
        return True

    for principal in (ALICE, BOB, ELSEWHERE):
        with acting_as(principal):
            assert function()
            with pytest.raises(RateLimitExceeded):
                function()


def test_however_a_user_writes_the_login_they_are_counted_as_one():
    """Odoo may take several spellings for one login, and a login may hold what stands between it and the database."""

    @rate_limited("1/h")
    def function():
        return True

    with acting_as(Principal("shop", 7, "alice")):
        assert function()
    with acting_as(Principal("shop", 7, "ALICE")), pytest.raises(RateLimitExceeded):
        function()
    with acting_as(Principal("a", 9, "b/c")):
        assert function()
    with acting_as(Principal("a/b", 8, "c")):
        assert function()


@pytest.mark.parametrize(
    "said",
    [{"store": MemoryStore()}, {"name": "x"}, {"on_store_failure": "allow"}, {"algorithm": "gcra"}],
    ids=lambda said: next(iter(said)),
)
def test_what_is_said_of_a_limiter_that_is_made_already_is_refused(said):
    """It would count in this process alone, and nobody would notice."""
    text = r"^rate_limited: say algorithm, store, name and on_store_failure where the limiter is made$"
    with pytest.raises(ParameterError, match=text):
        rate_limited(RateLimiter(5, 60), **said)


def test_nobody_is_refused_and_told():
    @rate_limited("9/h")
    def function():
        raise AssertionError("it was called")

    with configured(AuditLog(heard := Heard())), pytest.raises(NoPrincipal):
        function()
    told = heard.one("authz_fail")
    assert (told["details"], told["event.reason"]) == ({"needs": "rate_limit"}, "no_principal")


def test_keys_and_costs_come_from_the_arguments_by_name():
    """Positional, by keyword, or left out; numbers are the texts of themselves."""

    @rate_limited("4/h", key="partner_id", cost=lambda call: len(call["lines"]))
    def function(partner_id, lines=("one",), **_more):
        return lines

    function(7), function(partner_id=7, lines=["a", "b"]), function("7", other=1)
    with pytest.raises(RateLimitExceeded):
        function(7)
    assert function(8, "abcd")

    @rate_limited("1/h", key=lambda call: f"{call['host']}:{call['port']}")
    def connect(host, port=80):
        return True

    assert connect("a"), connect("a", 81)
    with pytest.raises(RateLimitExceeded):
        connect("a", port=80)


def test_a_cost_comes_from_the_arguments_where_the_key_is_who_asks():
    @rate_limited("4/h", cost=lambda call: len(call["lines"]))
    def function(lines):
        return True

    with acting_as(ALICE):
        assert function("abc")
        with pytest.raises(RateLimitExceeded):
            function("ab")


@pytest.mark.parametrize("value", [None, "", True, 1.5, b"x", []], ids=repr)
def test_a_key_that_is_none_counts_for_nobody(value):
    @rate_limited("9/h", key="value")
    def function(value):
        raise AssertionError("it was called")

    with pytest.raises(InvalidInput):
        function(value)


def test_a_limiter_that_is_given_counts_together_with_its_other_uses():
    limiter = RateLimiter(2, 3600)

    @rate_limited(limiter, key="name")
    def function(name):
        return True

    limiter.hit("a")
    assert function("a")
    with pytest.raises(RateLimitExceeded):
        function("a")


def test_two_functions_with_one_quota_in_one_store_are_apart():
    store = MemoryStore()

    @rate_limited("1/h", key="name", store=store)
    def one(name):
        return True

    @rate_limited([RatePolicy(1, 3600)], key="name", store=store)
    def two(name):
        return True

    assert one("a")
    assert two("a")
    with configured(AuditLog(heard := Heard())), pytest.raises(RateLimitExceeded):
        two("a")
    assert heard.one("excess_rate_limit_exceeded")["details"]["limiter"].endswith("in_one_store_are_apart.locals.two")


def foreign(name):
    return True


foreign.__module__, foreign.__qualname__ = "\u03b1", "\u03b2"


@pytest.mark.parametrize(
    ("function", "name"),
    [(functools.partial(foreign), "functools.call"), (foreign, "call")],
    ids=["partial", "foreign"],
)
def test_what_has_no_name_that_a_limiter_can_have_is_a_call(function, name):
    once = rate_limited("1/h", key="name")(function)
    assert once("a")
    with configured(AuditLog(heard := Heard())), pytest.raises(RateLimitExceeded):
        once("a")
    assert heard.one("excess_rate_limit_exceeded")["details"]["limiter"] == name


def test_what_cannot_be_decorated_is_refused_at_once():
    with pytest.raises(ParameterError, match="no parameter 'nmae'"):
        rate_limited("1/h", key="nmae")(lambda name: None)
    for wrong in ("1 per hour", [], ["1/h"]):
        with pytest.raises(ParameterError):
            rate_limited(wrong)(lambda: None)
    with pytest.raises(ParameterError):
        rate_limited("1/h")(type("Class", (), {}))


def test_a_function_keeps_its_name_and_signature():
    @rate_limited("1/h")
    def function(value: int, *, again: bool = False) -> str:
        """Its text."""

    assert (function.__name__, function.__doc__) == ("function", "Its text.")
    assert list(inspect.signature(function).parameters) == ["value", "again"]


class Down(MemoryStore):
    async def take(self, quotas, *, cost=1):
        raise StoreUnavailable("down")


def test_a_store_that_is_down_refuses_unless_it_is_said_otherwise():
    def function(name):
        return True

    with pytest.raises(StoreUnavailable):
        rate_limited("1/h", key="name", store=Down())(function)("a")
    assert rate_limited("1/h", key="name", store=Down(), on_store_failure="allow")(function)("a")


def test_it_counts_by_the_algorithm_that_was_said():
    """Of two a minute `gcra` gives one back after half of it, and a window none before its end."""
    clock = FakeClock()

    def function(name):
        return True

    by_window = rate_limited("2/minute", key="name", clock=clock)(function)
    by_pace = rate_limited("2/minute", key="name", clock=clock, algorithm="gcra")(function)
    for call in (by_window, by_pace):
        call("a"), call("a")
    clock.advance(31)
    assert by_pace("a")
    with pytest.raises(RateLimitExceeded):
        by_window("a")


# Waiting.


def test_how_long_and_how_many_may_wait_is_what_was_said(monkeypatch):
    made: list[dict[str, object]] = []
    monkeypatch.setattr(limited, "Throttle", lambda _limiter, **options: made.append(options))
    clock = FakeClock()
    rate_limited("1/s", wait=True)(lambda: None)
    rate_limited("1/s", wait=True, max_wait_s=5, max_waiting=7, clock=clock)(lambda: None)
    assert made == [
        {"max_wait_s": 60.0, "max_waiting": 1000, "clock": SYSTEM_CLOCK},
        {"max_wait_s": 5, "max_waiting": 7, "clock": clock},
    ]


async def test_what_waits_has_its_cost():
    @rate_limited("4/h", key="name", cost=3, wait=True)
    def function(name):
        return True

    @rate_limited("4/h", key="name", cost=3, wait=True)
    async def coroutine(name):
        return True

    assert function("a")
    assert await coroutine("a")
    with pytest.raises(RateLimitExceeded):
        await coroutine("a")
    with pytest.raises(RateLimitExceeded):
        await asyncio.to_thread(function, "a")


def test_unless_said_otherwise_nobody_waits():
    @rate_limited("1/s", key="name", clock=FakeClock())
    def function(name):
        return True

    assert function("a")
    with pytest.raises(RateLimitExceeded):
        function("a")


async def test_who_waits_is_called_in_turn(store):
    """Four at once where two a second may: in their order, and none is refused."""
    begun: list[int] = []

    @rate_limited("2/s", store=store, key=lambda _call: "all", wait=True, max_wait_s=30)
    async def function(number):
        begun.append(number)

    await asyncio.gather(*(function(number) for number in range(4)))
    assert begun == list(range(4))


def test_a_function_waits_in_its_thread(store):
    limiter = RateLimiter(1, 0.2, store=store)

    @rate_limited(limiter, key="name", wait=True, max_wait_s=30)
    def function(name):
        return threading.get_ident()

    assert [function("a"), function("a")] == [threading.get_ident()] * 2


async def test_an_asynchronous_generator_that_is_guarded_already_waits_as_well():
    @rate_limited(RateLimiter(1, 0.1), key=lambda _call: "all", wait=True)
    @rate_limited("9/h", key=lambda _call: "all", store=MemoryStore())
    async def generator():
        yield 1

    for _ in range(2):
        assert [each async for each in generator()] == [1]


async def test_who_would_wait_too_long_is_refused_at_once():
    clock = FakeClock()

    @rate_limited("1/h", key="name", wait=True, max_wait_s=60, clock=clock)
    async def function(name):
        return True

    assert await function("a")
    with pytest.raises(RateLimitExceeded) as refused:
        await function("a")
    assert refused.value.retry_after == 3600.0


async def test_a_function_that_would_hold_up_the_event_loop_is_refused():
    @rate_limited("1/h", key="name", wait=True)
    def function(name):
        return True

    assert function("a")
    with pytest.raises(ParameterError, match="async def"):
        function("a")
