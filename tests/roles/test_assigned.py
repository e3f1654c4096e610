"""The roles of a user in a store: changed by all at once, read strictly."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import AccessControlManager, Principal, acting_as
from zenoo_security.audit import AuditLog, configured
from zenoo_security.errors import AuditUnavailable, ParameterError, StoreIncompatible, StoreUnavailable
from zenoo_security.policy import Policy, RoleRules
from zenoo_security.roles.assigned import Account, Assigned, Assignment, decode, encode, key_of
from zenoo_security.stores import open_store
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import result_of

ALICE = Principal("shop", 7, "alice")
ADMIN = Principal("shop", 2, "admin")
ACCOUNT = Account("shop", "alice")
KEY = key_of("shop", "alice")
POLICY = Policy({f"role_{number}": RoleRules(allow=[f"name_{number}"]) for number in range(20)})

GOOD = {"version": 1, "database": "shop", "login": "alice", "roles": {"role_1": None}}


def text(**changes) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


DAMAGED = {
    "empty": b"",
    "no json": b"{",
    "no utf-8": b"\xff",
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "deep": b"[" * 60_000,
    "huge": text(roles={f"role_{number}": None for number in range(10_000)}),
    "newer": text(version=2),
    "no version": json.dumps({key: value for key, value in GOOD.items() if key != "version"}).encode(),
    "version is text": text(version="1"),
    "one more key": text(more=1),
    "of another login": text(login="bob"),
    "of another database": text(database="test"),
    "login is a list": text(login=["alice"]),
    "roles are a list": text(roles=["role_1"]),
    "roles are a text": text(roles="role_1"),
    "too many roles": text(roles={f"r{number}": None for number in range(101)}),
    "role without a name": text(roles={"": None}),
    "role with a long name": text(roles={"r" * 201: None}),
    "expiry is true": text(roles={"role_1": True}),
    "expiry is text": text(roles={"role_1": "never"}),
    "expiry is infinite": text(roles={"role_1": float("inf")}),
    "expiry is no number": text(roles={"role_1": float("nan")}),
    "expiry is too large": text(roles={"role_1": 0}).replace(b": 0}", b": 1" + b"0" * 400 + b"}"),
    "expiry is a list": text(roles={"role_1": [1]}),
}


@pytest.mark.asvs("v5.0.0-8.3.1")
@pytest.mark.parametrize("name", DAMAGED)
async def test_a_damaged_value_gives_no_roles_and_an_error(name: str) -> None:
    store = MemoryStore()
    access = AccessControlManager(POLICY, store=store)
    await store.put(KEY, DAMAGED[name], ttl_s=None)
    for ask in (
        lambda: access.allows(ALICE, "name_1"),
        lambda: access.rights(ALICE),
        lambda: access.grant(ALICE, "role_2"),
        lambda: access.withdraw(ALICE, "role_1"),
        lambda: access.assignments(ALICE),
    ):
        with pytest.raises(StoreIncompatible, match="forget"):
            await ask()
    with pytest.raises(StoreIncompatible):
        access.has_permission(ALICE, "name_1")
    assert await store.get(KEY) == DAMAGED[name], "nothing was changed"
    assert await access.forget(ALICE)
    await access.grant(ALICE, "role_2")
    assert await access.allows(ALICE, "name_2")


async def test_a_value_that_was_copied_to_another_user_is_refused_there() -> None:
    """Also after it was read where it belongs, and remembered."""
    store = MemoryStore()
    access = AccessControlManager(POLICY, store=store)
    await access.grant(ADMIN, "role_1")
    assert access.has_permission(ADMIN, "name_1")
    await store.put(KEY, await store.get(key_of("shop", "admin")), ttl_s=None)
    with pytest.raises(StoreIncompatible):
        access.has_permission(ALICE, "name_1")


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=50).filter(lambda name: name.isprintable()),
        st.none() | st.floats(0, 1e12, allow_nan=False),
        max_size=20,
    )
)
def test_what_was_written_is_read(roles: dict[str, float | None]) -> None:
    assigned = Assigned(tuple(Assignment(*item) for item in sorted(roles.items())))
    assert decode(ACCOUNT, encode(ACCOUNT, assigned)) == assigned


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: json.dumps({"version": 1, "x": text}).encode()))
def test_other_bytes_are_refused_and_nothing_else_happens(raw: bytes) -> None:
    with pytest.raises(StoreIncompatible):
        decode(ACCOUNT, raw)


@given(st.integers(0, len(text()) - 1), st.integers(0, 255))
def test_a_byte_that_was_changed_never_gives_another_user_roles(place: int, byte: int) -> None:
    raw = bytearray(text())
    raw[place] = byte
    try:
        decode(ACCOUNT, bytes(raw))
    except StoreIncompatible:
        return
    account = json.loads(bytes(raw))
    assert (account["database"], account["login"]) == ("shop", "alice")


def test_the_format_is_that_of_the_page() -> None:
    """docs/formats.md has this very value."""
    assigned = Assigned((Assignment("manager", 1795540359.97), Assignment("editor", None)))
    assert encode(ACCOUNT, assigned) == (
        b'{"version": 1, "database": "shop", "login": "alice", "roles": {"editor": null, "manager": 1795540359.97}}'
    )
    assert b"roles/" + bytes.fromhex("8b7cac52203ed7dfa147c60f172dc8be06d39590e36a9d41c77b4964184e6af8") == KEY


async def test_all_of_many_changes_at_once_are_there() -> None:
    store = MemoryStore()
    managers = [AccessControlManager(POLICY, store=store) for _ in range(20)]
    await asyncio.gather(*(manager.grant(ALICE, f"role_{number}") for number, manager in enumerate(managers)))
    assert (await managers[0].rights(ALICE)).roles == set(POLICY.roles)
    await asyncio.gather(*(manager.withdraw(ALICE, f"role_{number}") for number, manager in enumerate(managers)))
    assert (await managers[0].rights(ALICE)).roles == frozenset()
    assert await store.get(KEY) is None


def test_all_of_many_changes_from_threads_are_there() -> None:
    access = AccessControlManager(POLICY)
    threads = [threading.Thread(target=access.assign_role, args=(ALICE, f"role_{number}")) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert access.rights_now(ALICE).roles == set(POLICY.roles)


class Contended(MemoryStore):
    """Somebody else is always faster."""

    async def compare_and_set(self, key, expected, value, *, ttl_s):
        return False


class Down(MemoryStore):
    """Answers to nothing."""

    async def get(self, key):
        raise StoreUnavailable("down")

    def entry_at_once(self, key):
        raise StoreUnavailable("down")

    async def compare_and_set(self, key, expected, value, *, ttl_s):
        raise StoreUnavailable("down")


class DownForChanges(MemoryStore):
    async def compare_and_set(self, key, expected, value, *, ttl_s):
        raise StoreUnavailable("down")

    async def delete(self, key):
        raise StoreUnavailable("down")


async def test_a_change_that_never_gets_through_is_an_error() -> None:
    with pytest.raises(StoreUnavailable, match="too fast"):
        await AccessControlManager(POLICY, store=Contended()).grant(ALICE, "role_1")


@pytest.mark.asvs("v5.0.0-8.3.1")
async def test_a_store_that_is_down_lets_nobody_in() -> None:
    access = AccessControlManager(POLICY, store=Down())
    for ask in (lambda: access.allows(ALICE, "name_1"), lambda: access.grant(ALICE, "role_1")):
        with pytest.raises(StoreUnavailable):
            await ask()
    with pytest.raises(StoreUnavailable):
        access.has_permission(ALICE, "name_1")


class Heard:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.lines: list[dict] = []

    def __call__(self, entry) -> None:
        self.lines.append(json.loads(entry.line))

    @property
    def changes(self) -> list[tuple]:
        return [
            (
                line.get("user.name"),
                line["odoo.database"],
                line["details"]["whom"],
                line["details"]["change"],
                line["details"]["role"],
                line["details"].get("expires_in_s"),
                line["event.outcome"],
            )
            for line in self.lines
            if line["event.action"] == "authz_change"
        ]


@pytest.mark.asvs("v5.0.0-16.2.1", "v5.0.0-16.3.2")
async def test_changes_are_told_once_and_by_whom() -> None:
    heard = Heard()
    access = AccessControlManager(POLICY)
    with configured(AuditLog(heard)), acting_as(ADMIN):
        await access.grant(ALICE, "role_1")
        await access.grant(ALICE, "role_1")
        await access.grant(ALICE, "role_2", expires_in_s=60)
        await access.withdraw(ALICE, "role_1")
        await access.withdraw(ALICE, "role_1")
        await access.forget(ALICE)
        await access.forget(ALICE)
    assert heard.changes == [
        ("admin", "shop", "alice", "assigned", "role_1", None, "success"),
        ("admin", "shop", "alice", "assigned", "role_2", 60, "success"),
        ("admin", "shop", "alice", "revoked", "role_1", None, "success"),
        ("admin", "shop", "alice", "revoked", "*", None, "success"),
    ]


async def test_a_change_that_failed_is_told_to_have_failed() -> None:
    heard = Heard()
    with configured(AuditLog(heard)):
        for store, error in ((DownForChanges(), "down"), (Contended(), "too fast")):
            with pytest.raises(StoreUnavailable, match=error):
                await AccessControlManager(POLICY, store=store).grant(ALICE, "role_1")
        store = DownForChanges()
        await store.put(KEY, b"{}", ttl_s=None)
        with pytest.raises(StoreUnavailable, match="down"):
            await AccessControlManager(POLICY, store=store).forget(ALICE)
    outcomes = ["success", "unknown", "success", "failure", "success", "unknown"]
    assert [change[-1] for change in heard.changes] == outcomes


async def test_where_the_log_is_required_and_fails_nothing_is_changed() -> None:
    def broken(entry) -> None:
        raise OSError

    access = AccessControlManager(POLICY)
    with configured(AuditLog(broken, required=True)), pytest.raises(AuditUnavailable):
        await access.grant(ALICE, "role_1")
    assert not await access.allows(ALICE, "name_1")


# --- stores that have to be waited for ---


@pytest.mark.asvs("v5.0.0-8.3.2")
async def test_two_managers_of_one_store_see_each_others_changes_at_once(store_url: str) -> None:
    one, other = (AccessControlManager(POLICY, store=open_store(store_url)) for _ in range(2))
    assert one.waits
    for _ in range(3):
        await one.grant(ALICE, "role_1")
        assert await other.allows(ALICE, "name_1")
        await other.withdraw(ALICE, "role_1")
        assert not await one.allows(ALICE, "name_1")
    await asyncio.gather(*(one.grant(ALICE, name) for name in POLICY.roles))
    assert (await other.rights(ALICE)).roles == set(POLICY.roles)
    await one.grant(ADMIN, "role_1", expires_in_s=0.3)
    assert await other.allows(ADMIN, "name_1")
    await asyncio.sleep(0.4)
    assert not await other.allows(ADMIN, "name_1")
    for manager in (one, other):
        await manager._assignments.store.aclose()


async def test_an_answer_at_once_would_hold_up_the_event_loop_and_is_refused(tmp_path) -> None:
    access = AccessControlManager(POLICY, store=open_store(f"sqlite:///{tmp_path / 'state.db'}"))
    for ask in (
        lambda: access.assign_role(ALICE, "role_1"),
        lambda: access.revoke_role(ALICE, "role_1"),
        lambda: access.has_permission(ALICE, "name_1"),
        lambda: access.get_user_permissions(ALICE),
        lambda: access.explain(ALICE, "name_1"),
    ):
        with pytest.raises(ParameterError, match="await"):
            ask()
    assert await access.assignments(ALICE) == []
    await access._assignments.store.aclose()


def test_without_an_event_loop_it_is_waited_for(store_url: str) -> None:
    store = open_store(store_url)
    access = AccessControlManager(POLICY, store=store)
    heard = Heard()
    with configured(AuditLog(heard)), acting_as(ADMIN):
        access.assign_role("alice", "role_1")
    assert heard.changes == [("admin", "shop", "alice", "assigned", "role_1", None, "success")]
    assert access.has_permission(ALICE, "name_1")
    assert access.revoke_role(ALICE, "role_1")
    assert not access.has_permission(ALICE, "name_1")
    result_of(store.aclose())


async def test_in_a_thread_it_is_waited_for(tmp_path) -> None:
    access = AccessControlManager(POLICY, store=open_store(f"sqlite:///{tmp_path / 'state.db'}"))
    await asyncio.to_thread(access.assign_role, ALICE, "role_1")
    assert await asyncio.to_thread(access.has_permission, ALICE, "name_1")
    await access._assignments.store.aclose()


def test_assignments_are_plain_in_the_store() -> None:
    """docs/threats.md says what follows. This fails when that changes."""
    store = MemoryStore()
    AccessControlManager(POLICY, store=store).assign_role(ALICE, "role_1")
    assert json.loads(store.entries[KEY][0])["roles"] == {"role_1": None}
