"""require_permission, require_any and require_role: who asks has to have it, or nothing begins."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from zenoo_security import (
    AccessControlManager,
    Principal,
    acting_as,
    require_any,
    require_fresh_auth,
    require_permission,
    require_role,
)
from zenoo_security.audit import AuditLog
from zenoo_security.audit import configured as audited
from zenoo_security.clock import FakeClock
from zenoo_security.errors import (
    ConfigurationError,
    FreshLoginRequired,
    NoPrincipal,
    ParameterError,
    PermissionDenied,
    PolicyError,
    StoreUnavailable,
)
from zenoo_security.policy import Policy, PolicyFile, RoleRules
from zenoo_security.roles import NoManager, configure, configured, process_manager
from zenoo_security.stores.memory import MemoryStore

if TYPE_CHECKING:
    from pathlib import Path

POLICY = Policy(
    {
        "clerk": RoleRules(allow=["reports"]),
        "boss": RoleRules(allow=["wipe", "res.partner:write"], inherits=["clerk"]),
        "seller": RoleRules(allow=["quotes"], groups=["sales.group"]),
    }
)
ACCESS = AccessControlManager(POLICY)
CLERK = Principal("shop", 7, "clerk")
BOSS = Principal("shop", 2, "boss")
NOBODYS = Principal("shop", 9, "nobody")
ACCESS.assign_role(CLERK, "clerk")
ACCESS.assign_role(BOSS, "boss")


class Waiting:
    """A store that really waits, and is used in the loops of several threads."""

    def __init__(self) -> None:
        self.inner = MemoryStore()

    async def get(self, key: bytes) -> bytes | None:
        await asyncio.sleep(0.001)
        return await self.inner.get(key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


async def waiting_access() -> AccessControlManager:
    access = AccessControlManager(POLICY, store=Waiting())  # type: ignore[arg-type]
    await access.grant(CLERK, "clerk")
    await access.grant(BOSS, "boss")
    return access


def guarded_by(guard: Any) -> tuple[Any, list[str]]:  # noqa: C901 - one method of each kind
    """One method of each kind, and a list of those that ran."""
    ran: list[str] = []

    class Shop:
        @guard
        def method(self, new: str, *, again: str = "") -> str:
            ran.append("method")
            return new + again

        @guard
        async def coroutine(self, new: str, *, again: str = "") -> str:
            ran.append("coroutine")
            return new + again

        @guard
        def generator(self, new: str, *, again: str = "") -> Any:
            ran.append("generator")
            yield new + again

        @guard
        async def async_generator(self, new: str, *, again: str = "") -> Any:
            ran.append("async_generator")
            yield new + again

        @classmethod
        @guard
        def class_inside(cls, new: str, *, again: str = "") -> str:
            ran.append("class_inside")
            return new + again

        @guard
        @classmethod
        def class_outside(cls, new: str, *, again: str = "") -> str:
            ran.append("class_outside")
            return new + again

        @staticmethod
        @guard
        def static_inside(new: str, *, again: str = "") -> str:
            ran.append("static_inside")
            return new + again

        @guard
        @staticmethod
        def static_outside(new: str, *, again: str = "") -> str:
            ran.append("static_outside")
            return new + again

        @classmethod
        @guard
        async def class_coroutine(cls, new: str, *, again: str = "") -> str:
            ran.append("class_coroutine")
            return new + again

        @guard
        @staticmethod
        async def static_coroutine(new: str, *, again: str = "") -> str:
            ran.append("static_coroutine")
            return new + again

        @guard
        @classmethod
        async def class_async_generator(cls, new: str, *, again: str = "") -> Any:
            ran.append("class_async_generator")
            yield new + again

    return Shop, ran


KINDS = (
    "method",
    "coroutine",
    "generator",
    "async_generator",
    "class_inside",
    "class_outside",
    "static_inside",
    "static_outside",
    "class_coroutine",
    "static_coroutine",
    "class_async_generator",
)
GUARDS = {
    "permission": (require_permission("wipe", access=ACCESS), BOSS),
    "any": (require_any("wipe", "quotes", access=ACCESS), BOSS),
    "role": (require_role("boss", access=ACCESS), BOSS),
}


async def call(shop: Any, kind: str) -> Any:
    """Call it and take what it gives."""
    result = getattr(shop(), kind)("a", again="b")
    if inspect.isawaitable(result):
        return await result
    if inspect.isasyncgen(result):
        return [item async for item in result][0]  # noqa: RUF015
    return next(result) if inspect.isgenerator(result) else result


@pytest.mark.asvs("v5.0.0-8.2.1", "v5.0.0-8.3.1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("guard", GUARDS)
class TestEveryKind:
    async def test_who_has_it_may(self, guard: str, kind: str) -> None:
        decorator, principal = GUARDS[guard]
        shop, ran = guarded_by(decorator)
        with acting_as(principal):
            assert await call(shop, kind) == "ab"
        assert ran == [kind]

    async def test_who_has_it_not_may_not_and_nothing_runs(self, guard: str, kind: str) -> None:
        shop, ran = guarded_by(GUARDS[guard][0])
        for principal in (CLERK, NOBODYS, Principal("test", 2, "boss")):
            with acting_as(principal), pytest.raises(PermissionDenied):
                await call(shop, kind)
        assert ran == []

    async def test_nobody_may_not_and_nothing_runs(self, guard: str, kind: str) -> None:
        shop, ran = guarded_by(GUARDS[guard][0])
        with pytest.raises(NoPrincipal):
            await call(shop, kind)
        assert ran == []

    def test_it_looks_like_what_it_guards(self, guard: str, kind: str) -> None:
        function = getattr(guarded_by(GUARDS[guard][0])[0], kind)
        assert (function.__name__, function.__module__) == (kind, __name__)
        assert list(inspect.signature(function).parameters)[-2:] == ["new", "again"]
        assert inspect.iscoroutinefunction(function) == kind.endswith("coroutine")
        assert function.__annotations__["again"] == "str"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "coroutine" in kind or "async" in kind])
class TestAStoreThatHasToBeWaitedFor:
    async def test_who_has_it_may(self, kind: str) -> None:
        shop, ran = guarded_by(require_permission("wipe", access=await waiting_access()))
        with acting_as(BOSS):
            assert await call(shop, kind) == "ab"
        assert ran == [kind]

    async def test_who_has_it_not_may_not_and_nothing_runs(self, kind: str) -> None:
        shop, ran = guarded_by(require_permission("wipe", access=await waiting_access()))
        with acting_as(CLERK), pytest.raises(PermissionDenied):
            await call(shop, kind)
        with pytest.raises(NoPrincipal):
            await call(shop, kind)
        assert ran == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "coroutine" not in kind and "async" not in kind])
async def test_sync_code_waits_in_threads_and_is_refused_in_the_event_loop(kind: str) -> None:
    shop, ran = guarded_by(require_permission("wipe", access=await waiting_access()))
    with acting_as(BOSS), pytest.raises(ParameterError, match="async def"):
        getattr(shop(), kind)("a", again="b")
    assert ran == []
    with acting_as(BOSS):
        result = await asyncio.to_thread(getattr(shop(), kind), "a", again="b")
    assert (next(result) if inspect.isgenerator(result) else result) == "ab"
    with acting_as(CLERK), pytest.raises(PermissionDenied):
        await asyncio.to_thread(getattr(shop(), kind), "a", again="b")
    assert len(ran) == 1


@pytest.mark.parametrize("kind", ["generator", "async_generator"])
async def test_a_generator_is_refused_at_the_call(kind: str) -> None:
    shop, ran = guarded_by(require_permission("wipe", access=ACCESS))
    with acting_as(CLERK), pytest.raises(PermissionDenied):
        getattr(shop(), kind)("a")
    assert ran == []


async def test_an_async_generator_is_that_of_who_called_it_also_where_the_store_waits() -> None:
    """Its items may be taken later, where somebody else acts or nobody."""
    access = await waiting_access()
    shop, ran = guarded_by(require_permission("wipe", access=access))
    with acting_as(CLERK):
        refused = shop().async_generator("a")
    heard = Heard()
    with audited(AuditLog(heard)), acting_as(BOSS), pytest.raises(PermissionDenied):
        await refused.__anext__()
    assert heard.told == [("authz_fail", "clerk", "wipe", "not_allowed")]
    assert ran == []
    with acting_as(BOSS):
        items = shop().async_generator("a")
    assert [item async for item in items] == ["a"]
    with pytest.raises(NoPrincipal):
        shop().async_generator("a")


async def test_what_is_sent_to_an_async_generator_and_thrown_into_it_arrives() -> None:
    access = await waiting_access()
    seen: list[object] = []

    @require_permission("wipe", access=access)
    async def echo() -> Any:
        try:
            sent = yield "ready"
            while True:
                try:
                    sent = yield sent
                except KeyError as error:
                    seen.append(error)
                    sent = "caught"
        finally:
            await asyncio.sleep(0)
            seen.append("closed")

    with acting_as(BOSS):
        items = echo()
    assert await items.__anext__() == "ready"
    assert await items.asend("a") == "a"
    assert await items.athrow(KeyError("x")) == "caught"
    assert await items.asend("b") == "b"
    await items.aclose()
    assert [type(item) for item in seen] == [KeyError, str]
    with acting_as(BOSS):
        items = echo()
    await items.__anext__()
    with pytest.raises(ZeroDivisionError):
        await items.athrow(ZeroDivisionError)
    assert seen[-1] == "closed"


async def test_guards_stand_upon_each_other() -> None:
    access = await waiting_access()
    clock = FakeClock(1000.0)
    fresh = Principal("shop", 2, "boss", authenticated_at=990.0)
    ran: list[int] = []

    @require_permission("wipe", access=access)
    @require_fresh_auth(clock=clock)
    async def items() -> Any:
        ran.append(1)
        yield 1

    @contextlib.asynccontextmanager
    @require_permission("wipe", access=access)
    async def opened() -> Any:
        ran.append(2)
        yield 2

    with acting_as(fresh):
        assert [item async for item in items()] == [1]
        async with opened() as two:
            assert two == 2
    with acting_as(BOSS), pytest.raises(FreshLoginRequired):
        [item async for item in items()]
    with acting_as(CLERK), pytest.raises(PermissionDenied):
        async with opened():
            pass
    assert ran == [1, 2]


def test_a_partial_and_a_callable_object_are_guarded() -> None:
    class Call:
        def __call__(self, new: str) -> str:
            return new

    for function in (functools.partial(str), Call(), len):
        guard = require_permission("wipe", access=ACCESS)(function)
        with acting_as(CLERK), pytest.raises(PermissionDenied):
            guard("a")
        with acting_as(BOSS):
            assert guard("a") in ("a", 1)


@pytest.mark.parametrize("wrong", [None, 5, Principal, classmethod(5), staticmethod(len), property(len)])
def test_what_is_no_function_is_refused_when_decorating(wrong: Any) -> None:
    with pytest.raises(ParameterError):
        require_permission("wipe", access=ACCESS)(wrong)


def test_forgotten_parentheses_are_an_error_and_not_an_open_door() -> None:
    with pytest.raises(PolicyError):
        require_permission(test_forgotten_parentheses_are_an_error_and_not_an_open_door)  # type: ignore[arg-type]


def test_a_property_is_guarded_below() -> None:
    class Shop:
        @property
        @require_permission("wipe", access=ACCESS)
        def secret(self) -> int:
            return 42

    with acting_as(BOSS):
        assert Shop().secret == 42
    with acting_as(CLERK), pytest.raises(PermissionDenied):
        _ = Shop().secret


class TestGroups:
    def test_a_group_is_enough(self) -> None:
        @require_role("seller", access=ACCESS)
        def sell() -> str:
            return "sold"

        with acting_as(Principal("shop", 9, "new", groups=frozenset({"sales.group"}))):
            assert sell() == "sold"
        with acting_as(NOBODYS), pytest.raises(PermissionDenied):
            sell()

    def test_a_role_is_had_by_who_has_one_that_inherits_it(self) -> None:
        @require_role("clerk", access=ACCESS)
        def work() -> None: ...

        with acting_as(BOSS):
            work()

    def test_one_of_several_is_enough(self) -> None:
        @require_any("wipe", "reports", access=ACCESS)
        def work() -> None: ...

        for principal in (BOSS, CLERK):
            with acting_as(principal):
                work()
        with acting_as(NOBODYS), pytest.raises(PermissionDenied, match="wipe or reports"):
            work()
        with pytest.raises(ParameterError, match=r"^require_any takes one permission at least$"):
            require_any(access=ACCESS)


class TestWhatNoPolicyKnows:
    @pytest.mark.parametrize("permission", ["wype", "res.partner:wipe", "res.partnr:write"])
    def test_with_a_manager_it_is_refused_at_import(self, permission: str) -> None:
        with pytest.raises(PolicyError, match="knows"):
            require_permission(permission, access=ACCESS)
        with pytest.raises(PolicyError, match="knows"):
            require_any("wipe", permission, access=ACCESS)
        with configured(ACCESS), pytest.raises(PolicyError, match="knows"):
            require_permission(permission)

    def test_a_role_too(self) -> None:
        with pytest.raises(PolicyError, match="role"):
            require_role("bosss", access=ACCESS)

    @pytest.mark.parametrize("permission", ["", "*", "a b", None, 7, "res.partner", b"wipe"])
    def test_what_is_no_permission_is_refused_at_import_also_without_a_manager(self, permission: Any) -> None:
        with pytest.raises(PolicyError):
            require_permission(permission)

    def test_without_a_manager_it_is_refused_at_the_first_call(self) -> None:
        ran: list[int] = []

        @require_permission("wype")
        def work() -> None:
            ran.append(1)

        everything = AccessControlManager(Policy({"boss": RoleRules(allow=["*", "wipe"])}))
        everything.assign_role(BOSS, "boss")
        with configured(everything), acting_as(BOSS), pytest.raises(PolicyError, match="knows"):
            work()
        assert ran == []

    def test_a_policy_that_no_longer_knows_it_refuses(self) -> None:
        managers = [
            AccessControlManager(Policy({"boss": RoleRules(allow=["*", name])})) for name in ("wipe", "something_else")
        ]

        @require_permission("wipe")
        def work() -> str:
            return "done"

        for manager in managers:
            manager.assign_role(BOSS, "boss")
        with acting_as(BOSS):
            with configured(managers[0]):
                assert work() == "done"
            with configured(managers[1]), pytest.raises(PolicyError):
                work()
            with configured(managers[0]):
                assert work() == "done"


class TestTheManagerOfTheProcess:
    def test_without_one_everybody_is_refused(self) -> None:
        @require_permission("wipe")
        def work() -> None: ...

        with acting_as(BOSS), pytest.raises(ConfigurationError, match="configure"):
            work()
        with pytest.raises(NoManager):
            process_manager()

    def test_configured_ends_with_its_block(self) -> None:
        with configured(ACCESS):
            assert process_manager() is ACCESS
            other = AccessControlManager(POLICY)
            with configured(other):
                assert process_manager() is other
            assert process_manager() is ACCESS
        with pytest.raises(NoManager):
            process_manager()

    def test_one_that_is_given_is_asked_in_its_place(self) -> None:
        """Both have one policy, which gives the same rights: who lost the role in one of them is refused there."""
        given, other = AccessControlManager(POLICY), AccessControlManager(POLICY)
        for access in (given, other):
            access.assign_role(NOBODYS, "boss")
        work = require_permission("wipe", access=given)(lambda: True)
        with configured(other), acting_as(NOBODYS):
            assert require_permission("wipe")(lambda: True)()
            assert work()
            given.revoke_role(NOBODYS, "boss")
            with pytest.raises(PermissionDenied):
                work()

    @pytest.mark.parametrize("wrong", [POLICY, AccessControlManager, "x", 0])
    def test_what_is_no_manager_is_refused(self, wrong: Any) -> None:
        with pytest.raises(ParameterError):
            configure(wrong)
        with pytest.raises(ParameterError, match=r"^access is an AccessControlManager$"):
            require_permission("wipe", access=wrong)


class Heard:
    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def __call__(self, entry: Any) -> None:
        line = json.loads(entry.line)
        self.told.append((line["event.action"], line.get("user.name"), line["details"]["needs"], line["event.reason"]))


class Down(MemoryStore):
    def entry_at_once(self, key: bytes) -> bytes | None:
        raise StoreUnavailable("down")


class DownAndWaiting(Waiting):
    async def get(self, key: bytes) -> bytes | None:
        raise StoreUnavailable("down")


@pytest.mark.asvs("v5.0.0-16.3.2", "v5.0.0-8.3.1")
async def test_every_refusal_is_told_once() -> None:
    heard = Heard()

    async def refused(guard: Any, principal: Principal | None, error: type[Exception]) -> None:
        @guard
        async def work() -> None:
            raise AssertionError("it ran")

        with acting_as(principal) if principal else contextlib.nullcontext(), pytest.raises(error):
            await work()

    with audited(AuditLog(heard)):
        await refused(require_permission("wipe", access=ACCESS), None, NoPrincipal)
        await refused(require_permission("wipe", access=ACCESS), CLERK, PermissionDenied)
        await refused(
            require_permission("wipe", access=AccessControlManager(POLICY, store=Down())), BOSS, StoreUnavailable
        )
        down = AccessControlManager(POLICY, store=DownAndWaiting())  # type: ignore[arg-type]
        await refused(require_permission("wipe", access=down), BOSS, StoreUnavailable)
        await refused(require_role("boss", access=ACCESS), CLERK, PermissionDenied)
        await refused(require_permission("wipe"), BOSS, NoManager)
        with configured(AccessControlManager()):
            pass
    assert heard.told == [
        ("authz_fail", None, "wipe", "no_principal"),
        ("authz_fail", "clerk", "wipe", "not_allowed"),
        ("authz_fail", "boss", "wipe", "store"),
        ("authz_fail", "boss", "wipe", "store"),
        ("authz_fail", "clerk", "role:boss", "not_allowed"),
        ("authz_fail", "boss", "wipe", "not_decided"),
    ]


def test_the_message_says_what_is_needed_and_not_who_asks() -> None:
    @require_permission("wipe", access=ACCESS)
    def work() -> None: ...

    with acting_as(CLERK), pytest.raises(PermissionDenied) as refused:
        work()
    assert str(refused.value) == "this needs wipe"


@pytest.mark.asvs("v5.0.0-8.3.2")
async def test_a_change_is_effective_at_the_next_call() -> None:
    access = AccessControlManager(POLICY)

    @require_permission("reports", access=access)
    async def work() -> str:
        return "done"

    with acting_as(NOBODYS):
        for _ in range(3):
            with pytest.raises(PermissionDenied):
                await work()
            access.assign_role(NOBODYS, "clerk")
            assert await work() == "done"
            access.revoke_role(NOBODYS, "clerk")


@pytest.mark.asvs("v5.0.0-8.3.2")
def test_a_change_of_the_policy_or_of_groups_is_effective_at_the_next_call(tmp_path: Path) -> None:
    """Also where the call before was decided by what was remembered."""
    path = tmp_path / "policy.json"

    def rules(permission: str) -> None:
        roles = {"clerk": {"allow": [permission], "groups": ["base.group_user"]}}
        path.write_text(json.dumps({"version": 1, "roles": roles, "permissions": ["reports"]}))

    rules("reports")

    @require_permission("reports", access=AccessControlManager(PolicyFile(path)))
    def work() -> str:
        return "done"

    without, within = (
        Principal("shop", 7, "alice", groups) for groups in (frozenset[str](), frozenset({"base.group_user"}))
    )
    for _ in range(2):
        for principal, may in [(without, False), (within, True), (within, True), (without, False)]:
            with acting_as(principal), contextlib.nullcontext() if may else pytest.raises(PermissionDenied):
                assert work() == "done"
        rules("other")
        with acting_as(within), pytest.raises(PermissionDenied):
            work()
        rules("reports")


# --- the one who asks ---


class TestTheOneWhoAsks:
    """Follows the call, and nobody else's."""

    async def test_through_gather_to_thread_and_tasks(self) -> None:
        @require_permission("wipe", access=ACCESS)
        async def work() -> str:
            await asyncio.sleep(0)
            return "done"

        @require_permission("wipe", access=ACCESS)
        def sync_work() -> str:
            return "done"

        with acting_as(BOSS):
            assert await asyncio.gather(work(), work()) == ["done", "done"]
            assert await asyncio.to_thread(sync_work) == "done"
            assert await asyncio.create_task(work()) == "done"
            if sys.version_info >= (3, 11):
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(work()) for _ in range(3)]
                assert [task.result() for task in tasks] == ["done"] * 3

    async def test_it_does_not_leak_between_tasks(self) -> None:
        @require_permission("wipe", access=ACCESS)
        async def work() -> str:
            await asyncio.sleep(0.001)
            return "done"

        async def request(principal: Principal | None) -> str:
            try:
                if principal is None:
                    return await work()
                with acting_as(principal):
                    await asyncio.sleep(0.001)
                    return await work()
            except NoPrincipal:
                return "nobody"
            except PermissionDenied:
                return "refused"

        who = [BOSS, CLERK, None] * 50
        answers = await asyncio.gather(*map(request, who))
        assert answers == ["done", "refused", "nobody"] * 50

    async def test_what_a_task_sets_stays_with_it(self) -> None:
        @require_permission("wipe", access=ACCESS)
        def work() -> str:
            return "done"

        entered, leave = asyncio.Event(), asyncio.Event()

        async def boss() -> None:
            with acting_as(BOSS):
                entered.set()
                await leave.wait()

        task = asyncio.create_task(boss())
        await entered.wait()
        with pytest.raises(NoPrincipal):
            work()
        with acting_as(CLERK), pytest.raises(PermissionDenied):
            await asyncio.to_thread(work)
        leave.set()
        await task
