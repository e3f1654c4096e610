"""The principal follows the call, never leaks, and nobody is nobody."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading

import pytest

from zenoo_security.errors import NoPrincipal, ParameterError, PermissionDenied
from zenoo_security.principal import (
    Principal,
    acting_as,
    current_principal,
    current_principal_or_none,
    get_current_user,
)

ALICE = Principal("shop", 7, "alice")
BOB = Principal("shop", 8, "bob")


def test_nobody_is_refused():
    """Without a principal every accessor that decides raises, and the error is a denial."""
    assert current_principal_or_none() is None
    with pytest.raises(NoPrincipal):
        current_principal()
    with pytest.raises(PermissionDenied):
        get_current_user()


def test_the_block_sets_and_restores():
    """Nested blocks give back the one before, the outermost gives back nobody."""
    with acting_as(ALICE) as principal:
        assert principal is ALICE
        with acting_as(BOB):
            assert get_current_user() == "bob"
        assert current_principal() is ALICE
    assert current_principal_or_none() is None


def test_an_exception_ends_the_block_too():
    """The principal does not survive an error in its block."""
    with contextlib.suppress(ZeroDivisionError), acting_as(ALICE):
        raise ZeroDivisionError
    assert current_principal_or_none() is None


@pytest.mark.parametrize("stranger", [None, "alice", 7, object(), {"login": "alice"}])
def test_only_a_principal_can_act(stranger):
    """A name, an id or None is refused, and whoever was set stays set."""
    with acting_as(ALICE):
        with pytest.raises(ParameterError), acting_as(stranger):
            pass
        assert current_principal() is ALICE


def test_a_principal_cannot_change():
    """A principal is frozen, hashable and equal by value; another database is another principal (defect 28)."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        ALICE.uid = 1
    assert len({ALICE, Principal("shop", 7, "alice"), Principal("other", 7, "alice")}) == 2


async def _who(delays: int = 3) -> str:
    for _ in range(delays):
        await asyncio.sleep(0)
    return get_current_user()


async def test_gather_carries_the_principal_and_keeps_tasks_apart():
    """Tasks made under a principal have it; what one task sets, no sibling and no parent sees."""

    async def as_bob() -> str:
        with acting_as(BOB):
            return await _who()

    with acting_as(ALICE):
        assert await asyncio.gather(_who(), as_bob(), _who()) == ["alice", "bob", "alice"]
        assert get_current_user() == "alice"


async def test_a_task_keeps_the_principal_it_was_made_under():
    """A task that outlives the block still acts for the one who made it, not for the next one."""
    with acting_as(ALICE):
        task = asyncio.create_task(_who(10))
    with acting_as(BOB):
        assert await task == "alice"


async def test_to_thread_carries_the_principal():
    """Work handed to a thread with asyncio.to_thread acts for the caller."""
    with acting_as(ALICE):
        assert await asyncio.to_thread(get_current_user) == "alice"


@pytest.mark.skipif(not hasattr(asyncio, "TaskGroup"), reason="task groups came with Python 3.11")
async def test_a_task_group_carries_the_principal():
    """Tasks of a group act for the one who opened it."""
    with acting_as(ALICE):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(_who())
    assert task.result() == "alice"


async def test_a_leaked_principal_does_not_leave_its_task():
    """A task that never leaves its block does not leave its principal behind."""

    async def careless() -> None:
        acting_as(BOB).__enter__()

    await asyncio.create_task(careless())
    assert current_principal_or_none() is None


def test_a_bare_thread_does_not_see_another_threads_principal():
    """Principals of two threads never mix, whatever the interpreter copies at the start of a thread."""
    seen: list[str | None] = []
    inside, leave = threading.Event(), threading.Event()

    def act() -> None:
        with acting_as(BOB):
            inside.set()
            leave.wait(10)
            seen.append(get_current_user())

    thread = threading.Thread(target=act)
    thread.start()
    inside.wait(10)
    assert current_principal_or_none() is None
    with acting_as(ALICE):
        leave.set()
        thread.join(10)
        assert get_current_user() == "alice"
    assert seen == ["bob"]


@pytest.mark.parametrize("uid", [0, -1, True, False, "7", 7.0, None, 7 + 0j, [7]])
def test_the_id_of_a_user_is_a_whole_number(uid):
    """Odoo's ids begin at 1; True would be the user with the id 1."""
    with pytest.raises(ParameterError, match="uid"):
        Principal("shop", uid, "alice")


@pytest.mark.parametrize("text", ["", None, 7, b"shop", ["shop"]])
def test_database_and_login_are_texts(text):
    """An empty one would be that of nobody, or of everybody."""
    with pytest.raises(ParameterError, match="database"):
        Principal(text, 7, "alice")
    with pytest.raises(ParameterError, match="login"):
        Principal("shop", 7, text)


@pytest.mark.parametrize("names", [["base.group_user"], {"base.group_user"}, "base.group_user", None, frozenset({7})])
def test_groups_and_factors_cannot_change(names):
    """A list of groups could grow after the check; one text would be its letters."""
    with pytest.raises(ParameterError, match="groups"):
        Principal("shop", 7, "alice", groups=names)
    with pytest.raises(ParameterError, match="factors"):
        Principal("shop", 7, "alice", factors=names)


@pytest.mark.parametrize("at", [True, "now", [1.0], 1j])
def test_the_time_of_a_login_is_a_number(at):
    """Whether it is a recent one is for `require_fresh` to say, also of NaN."""
    with pytest.raises(ParameterError, match="authenticated_at"):
        Principal("shop", 7, "alice", authenticated_at=at)
