"""require_fresh_auth: who logged in lately may, whatever kind of function it is."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import zenoo_security
from zenoo_security import Principal, acting_as, require_fresh_auth
from zenoo_security.audit import AuditLog, Entry, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import FreshLoginRequired, NoPrincipal, ParameterError
from zenoo_security.guards import check_fresh_auth

NOW = 1_700_000_000.0
CLOCK = FakeClock(now=NOW)
FRESH = Principal("shop", 7, "alice", authenticated_at=NOW - 60)
STALE = replace(FRESH, authenticated_at=NOW - 301)


class Account:
    """One method of each kind; each notes that it has run."""

    ran: list[str] = []  # noqa: RUF012

    @require_fresh_auth(clock=CLOCK)
    def method(self, new: str, *, again: str = "") -> str:
        """Change something."""
        self.ran.append("method")
        return new + again

    @require_fresh_auth(clock=CLOCK)
    async def coroutine(self, new: str, *, again: str = "") -> str:
        self.ran.append("coroutine")
        return new + again

    @require_fresh_auth(clock=CLOCK)
    def generator(self, new: str, *, again: str = "") -> Any:
        self.ran.append("generator")
        yield new + again

    @require_fresh_auth(clock=CLOCK)
    async def async_generator(self, new: str, *, again: str = "") -> Any:
        self.ran.append("async generator")
        yield new + again

    @classmethod
    @require_fresh_auth(clock=CLOCK)
    def of_the_class(cls, new: str, *, again: str = "") -> str:
        cls.ran.append("class")
        return new + again

    @staticmethod
    @require_fresh_auth(clock=CLOCK)
    def static(new: str, *, again: str = "") -> str:
        Account.ran.append("static")
        return new + again


KINDS = ("method", "coroutine", "generator", "async_generator", "of_the_class", "static")


async def call(kind: str) -> Any:
    """Call it and take what it gives."""
    result = getattr(Account(), kind)("a", again="b")
    if inspect.isawaitable(result):
        return await result
    if inspect.isasyncgen(result):
        return [item async for item in result][0]  # noqa: RUF015
    return next(result) if inspect.isgenerator(result) else result


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    Account.ran.clear()


@pytest.mark.asvs("v5.0.0-7.5.3", "v5.0.0-8.3.1")
@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    async def test_a_recent_login_may(self, kind: str) -> None:
        with acting_as(FRESH):
            assert await call(kind) == "ab"
        assert len(Account.ran) == 1

    async def test_an_old_login_may_not_and_nothing_runs(self, kind: str) -> None:
        with acting_as(STALE), pytest.raises(FreshLoginRequired):
            await call(kind)
        assert Account.ran == []

    async def test_nobody_may_not_and_nothing_runs(self, kind: str) -> None:
        with pytest.raises(NoPrincipal):
            await call(kind)
        assert Account.ran == []

    def test_it_looks_like_what_it_guards(self, kind: str) -> None:
        function = getattr(Account, kind)
        assert function.__name__ == kind
        assert list(inspect.signature(function).parameters)[-2:] == ["new", "again"]
        assert inspect.iscoroutinefunction(function) == (kind == "coroutine")


@pytest.mark.parametrize(
    ("age_s", "may"),
    [(0, True), (300, True), (300.5, False), (86_400, False), (-30, True), (-31, False), (-86_400, False)],
)
def test_a_login_is_recent_for_five_minutes_and_never_in_the_future(age_s: float, may: bool) -> None:
    with acting_as(replace(FRESH, authenticated_at=NOW - age_s)):
        if may:
            check_fresh_auth(clock=CLOCK)
        else:
            with pytest.raises(FreshLoginRequired):
                check_fresh_auth(clock=CLOCK)


@pytest.mark.parametrize("authenticated_at", [None, float("nan"), float("inf"), float("-inf")])
def test_a_login_at_a_time_that_is_not_known_is_not_recent(authenticated_at: float | None) -> None:
    with acting_as(replace(FRESH, authenticated_at=authenticated_at)), pytest.raises(FreshLoginRequired):
        check_fresh_auth(clock=CLOCK)


def test_the_minutes_are_those_that_were_asked_for() -> None:
    clock = FakeClock(now=NOW)

    @require_fresh_auth(minutes=0.5, clock=clock)
    def change() -> None: ...

    with acting_as(replace(FRESH, authenticated_at=NOW)):
        clock.advance(30)
        change()
        clock.advance(1)
        with pytest.raises(FreshLoginRequired):
            change()


@pytest.mark.parametrize("step_s", [-86_400, 86_400])
def test_a_clock_that_jumps_a_day_lets_nobody_in(step_s: float) -> None:
    clock = FakeClock(now=NOW)
    clock.set_now(NOW + step_s)
    with acting_as(FRESH), pytest.raises(FreshLoginRequired):
        check_fresh_auth(clock=clock)


@pytest.mark.parametrize("kind", ["generator", "async_generator"])
async def test_a_generator_is_checked_when_it_is_called(kind: str) -> None:
    """Not later, when somebody else may be asking, and not for what it yields."""
    with acting_as(STALE), pytest.raises(FreshLoginRequired):
        getattr(Account(), kind)("a")
    with acting_as(FRESH):
        items = getattr(Account(), kind)("a")
    assert (next(items) if kind == "generator" else await anext_of(items)) == "a"


async def anext_of(items: Any) -> Any:
    return await items.__anext__()


@pytest.mark.parametrize(("who", "reason"), [(None, "no_principal"), (STALE, "login_too_old")])
def test_a_refusal_is_told(who: Principal | None, reason: str) -> None:
    told: list[Entry] = []
    acting = acting_as(who) if who else contextlib.nullcontext()
    with configured(AuditLog(told.append)), acting, pytest.raises((NoPrincipal, FreshLoginRequired)):
        Account().method("a")
    [line] = (json.loads(entry.line) for entry in told)
    assert (line["event.action"], line["details"]["needs"], line["event.reason"]) == (
        "authz_fail",
        "fresh_login",
        reason,
    )


def test_five_minutes_are_enough_unless_another_number_is_given() -> None:
    @require_fresh_auth(clock=CLOCK)
    def function() -> str:
        return "done"

    with acting_as(replace(FRESH, authenticated_at=NOW - 300)):
        assert function() == "done"
    with acting_as(STALE), pytest.raises(FreshLoginRequired):
        function()


async def test_a_coroutine_is_checked_for_who_awaits_it() -> None:
    with acting_as(FRESH):
        waiting = Account().coroutine("a")
    with pytest.raises(NoPrincipal):
        await waiting
    with acting_as(FRESH):
        task = asyncio.create_task(Account().coroutine("a"))
    assert await task == "a"


@pytest.mark.parametrize("minutes", [0, -1, 1441, float("nan"), float("inf"), "5", None, True])
def test_minutes_out_of_range_are_refused_when_decorating(minutes: Any) -> None:
    with pytest.raises(ParameterError):
        require_fresh_auth(minutes)
    with acting_as(FRESH), pytest.raises(ParameterError):
        check_fresh_auth(minutes, clock=CLOCK)


def test_a_day_is_in_range() -> None:
    assert require_fresh_auth(1440)
    with acting_as(FRESH):
        check_fresh_auth(1440, clock=CLOCK)


def test_forgotten_parentheses_are_an_error_and_not_an_open_door() -> None:
    text = r"^minutes is over 0 and up to 1440; write @require_fresh_auth\(\), with parentheses$"
    with pytest.raises(ParameterError, match=text):

        @require_fresh_auth  # type: ignore[arg-type]
        def change() -> None: ...


@pytest.mark.parametrize("wrong", [None, 5, Account, classmethod(len), staticmethod(len), property(len)])
def test_what_is_no_function_is_refused_when_decorating(wrong: Any) -> None:
    text = r"^decorate a function, or a classmethod or staticmethod of one, and stand below @property$"
    with pytest.raises(ParameterError, match=text):
        require_fresh_auth()(wrong)


TYPED = """
from collections.abc import AsyncIterator, Iterator
from typing_extensions import assert_type
from zenoo_security import require_fresh_auth

@require_fresh_auth()
def function(new: str, *, again: int = 0) -> bytes: return b""
@require_fresh_auth(minutes=1)
async def coroutine(new: str) -> bytes: return b""
@require_fresh_auth()
def generator(new: str) -> Iterator[int]: yield 1
@require_fresh_auth()
async def async_generator(new: str) -> AsyncIterator[int]:
    yield 1

async def use() -> None:
    assert_type(function("a", again=1), bytes)
    assert_type(await coroutine("a"), bytes)
    assert_type(generator("a"), Iterator[int])
    assert_type(async_generator("a"), AsyncIterator[int])
    function(5)  # type: ignore[arg-type]
    function("a", other=1)  # type: ignore[call-arg]
    await coroutine()  # type: ignore[call-arg]
"""


def test_types_of_arguments_and_results_are_kept() -> None:
    """The checker finds every mistake in the calls, and no other: an unused `ignore` would be an error as well."""
    options = ["--strict", "--config-file=", f"--cache-dir={os.devnull}", "--follow-imports=silent"]
    source = Path(zenoo_security.__file__).parent.parent
    # An installed package is found by itself.
    environment = {**os.environ, "MYPYPATH": "" if source.name == "site-packages" else str(source)}
    command = [sys.executable, "-m", "mypy", *options, "-c", TYPED]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (result.stdout, result.stderr) == ("Success: no issues found in 1 source file\n", "")
