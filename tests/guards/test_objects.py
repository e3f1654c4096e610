"""secure_object_access: which records, which client, who asks; what is asked is in test_objects_manager and tests/odoo."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
from typing import Any

import pytest

from zenoo_security import AccessControlManager, Principal, acting_as, require_permission, secure_object_access
from zenoo_security.audit import AuditLog
from zenoo_security.audit import configured as audited
from zenoo_security.errors import (
    InputTooLarge,
    InvalidInput,
    NoPrincipal,
    ParameterError,
    PermissionDenied,
    PolicyError,
    RecordNotFound,
)
from zenoo_security.guards import objects
from zenoo_security.principal import current_principal

ALICE = Principal("shop", 7, "alice")


class Client:
    """As much of a client as the decorator looks at."""

    database = "shop"
    uid = 7

    async def execute_kw(self, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError("the manager asks, not the decorator")


class Asked:
    """Stands for `ObjectLevelAuthManager`: notes what it is asked, and allows even ids."""

    calls: list[tuple[Any, ...]] = []  # noqa: RUF012

    def __init__(self, client: Any) -> None:
        self.client = client

    async def require(self, model: str, ids: list[int], operation: str, *, confirm_existence: bool = False) -> None:
        self.calls.append((self.client, model, list(ids), operation, current_principal()))
        await asyncio.sleep(0)
        if any(number % 2 for number in ids):
            raise PermissionDenied("no") if confirm_existence else RecordNotFound


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    monkeypatch.setattr(objects, "ObjectLevelAuthManager", Asked)
    Asked.calls.clear()
    return Asked.calls


CLIENT = Client()


@secure_object_access("res.partner", "read")
async def get_partner(client: Any, partner_id: int) -> int:
    """Get partner with object-level security check."""
    return partner_id


@secure_object_access("res.partner", "write")
async def by_keyword(client: Any, *, record_id: int, note: str = "") -> tuple[int, str]:
    return record_id, note


@secure_object_access("sale.order.line", "unlink")
async def lines(client: Any, line_ids: list[int], *more: int, **options: Any) -> tuple[Any, ...]:
    return line_ids, more, options


@secure_object_access("res.partner", "read", id="who")
async def renamed(odoo: Client, who: Any = 2, partner_id: int = 1) -> Any:
    return who


@secure_object_access("res.partner", "read")
async def positional_only(partner_id: int, /, odoo: Client) -> int:
    return partner_id


class Service:
    def __init__(self) -> None:
        self.client = CLIENT

    @secure_object_access("res.partner", "read")
    async def method(self, partner_id: int) -> int:
        return partner_id

    @secure_object_access("res.partner", "read")
    async def rows(self, partner_id: int) -> Any:
        for number in range(2):
            yield partner_id + number

    @staticmethod
    @secure_object_access("res.partner", "read")
    async def static(client: Client, partner_id: int) -> int:
        return partner_id

    @secure_object_access("res.partner", "read")
    @staticmethod
    async def static_outside(client: Client, partner_id: int) -> int:
        return partner_id


class ServiceOfAClass:
    client = CLIENT

    @classmethod
    @secure_object_access("res.partner", "read")
    async def of_the_class(cls, partner_id: int) -> int:
        return partner_id


SERVICE = Service()
CALLS: dict[str, tuple[Any, Any, tuple[str, list[int], str]]] = {
    "positional": (lambda: get_partner(CLIENT, 4), 4, ("res.partner", [4], "read")),
    "keyword": (lambda: get_partner(CLIENT, partner_id=4), 4, ("res.partner", [4], "read")),
    "all keywords": (lambda: get_partner(partner_id=4, client=CLIENT), 4, ("res.partner", [4], "read")),
    "keyword only": (lambda: by_keyword(CLIENT, record_id=4), (4, ""), ("res.partner", [4], "write")),
    "other arguments": (
        lambda: lines(CLIENT, [2, 4], 5, 6, x=1),
        ([2, 4], (5, 6), {"x": 1}),
        ("sale.order.line", [2, 4], "unlink"),
    ),
    "a tuple": (lambda: lines(CLIENT, (2, 4)), ((2, 4), (), {}), ("sale.order.line", [2, 4], "unlink")),
    "named": (lambda: renamed(CLIENT, who=4), 4, ("res.partner", [4], "read")),
    "a default": (lambda: renamed(CLIENT), 2, ("res.partner", [2], "read")),
    "client by what it is": (lambda: positional_only(4, CLIENT), 4, ("res.partner", [4], "read")),
    "method": (lambda: SERVICE.method(4), 4, ("res.partner", [4], "read")),
    "static method": (lambda: SERVICE.static(CLIENT, 4), 4, ("res.partner", [4], "read")),
    "static method below": (lambda: SERVICE.static_outside(CLIENT, 4), 4, ("res.partner", [4], "read")),
    "class method": (lambda: ServiceOfAClass.of_the_class(partner_id=4), 4, ("res.partner", [4], "read")),
}


@pytest.mark.asvs("v5.0.0-8.2.2")
@pytest.mark.parametrize("name", CALLS)
async def test_the_id_is_found_however_it_is_passed(name: str, asked: list[tuple[Any, ...]]) -> None:
    call, result, (model, ids, operation) = CALLS[name]
    with acting_as(ALICE):
        assert await call() == result
    assert asked == [(CLIENT, model, ids, operation, ALICE)], "one question, by the principal, of the client"


@pytest.mark.asvs("v5.0.0-8.2.2", "v5.0.0-8.3.1")
async def test_one_forbidden_record_refuses_the_call_and_looks_like_none() -> None:
    with acting_as(ALICE):
        for call in (
            lambda: get_partner(CLIENT, 3),
            lambda: lines(CLIENT, [2, 4, 5]),
            lambda: SERVICE.method(3),
        ):
            with pytest.raises(RecordNotFound, match=r"^there is no such record$"):
                await call()


async def test_existence_is_told_where_it_was_asked_for() -> None:
    @secure_object_access("res.partner", "read", confirm_existence=True)
    async def work(client: Any, partner_id: int) -> None: ...

    with acting_as(ALICE), pytest.raises(PermissionDenied) as refused:
        await work(CLIENT, 3)
    assert not isinstance(refused.value, RecordNotFound)


@pytest.mark.asvs("v5.0.0-8.3.1")
async def test_nobody_is_refused_before_anything_is_asked(asked: list[Any]) -> None:
    for call in (lambda: get_partner(CLIENT, 4), lambda: by_keyword(CLIENT, record_id="x")):  # type: ignore[arg-type]
        with pytest.raises(NoPrincipal):
            await call()
    with pytest.raises(NoPrincipal):
        SERVICE.rows(4)
    assert asked == []


class Seven(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


@pytest.mark.asvs("v5.0.0-15.3.5")
@pytest.mark.parametrize(
    "wrong",
    [
        None, True, False, "4", b"4", 4.0, float("nan"), 0, -1, 2**31, 10**20, Seven(4), [], (), [True], ["4"], [4, None],
        [4, -1], [4, 10**20], [[4]], {4}, {4: 4}, range(4), iter([4]), [4.0], object(),
    ],
    ids=lambda wrong: repr(wrong).partition(" at 0x")[0],
)  # fmt: skip
async def test_what_is_no_id_is_refused_before_anything_is_asked(wrong: Any, asked: list[Any]) -> None:
    with acting_as(ALICE), pytest.raises(InvalidInput) as refused:
        await get_partner(CLIENT, wrong)
    assert refused.value.field == "partner_id"
    assert asked == []


@pytest.mark.parametrize(
    ("wrong", "code", "message"),
    [
        ([], "empty", "one id at least"),
        ("4", "type", "an id is a whole number"),
        (0, "invalid", "an id is a whole number from 1 to 2147483647"),
    ],
)
async def test_the_refusal_of_an_id_says_why(wrong: Any, code: str, message: str) -> None:
    with acting_as(ALICE), pytest.raises(InvalidInput) as refused:
        await get_partner(CLIENT, wrong)
    assert (refused.value.field, refused.value.code, refused.value.message) == ("partner_id", code, message)


async def test_too_many_ids_are_refused_before_they_are_looked_at(asked: list[Any]) -> None:
    with acting_as(ALICE):
        with pytest.raises(InputTooLarge):
            await get_partner(CLIENT, ["x"] * 1_000_001)  # type: ignore[arg-type]
        assert await get_partner(CLIENT, [2] * 10_000) == [2] * 10_000  # type: ignore[comparison-overlap, arg-type]
    assert len(asked) == 1


async def test_the_ids_that_are_used_are_those_that_were_checked() -> None:
    """Whoever has the list can change it while Odoo is asked."""
    ids = [2, 4]
    with acting_as(ALICE):
        call = asyncio.create_task(lines(CLIENT, ids))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        ids.append(5)
        assert (await call)[0] == [2, 4]


class Fickle(list[int]):
    """Gives other ids each time that it is gone through, as a list does that another thread changes."""

    def __iter__(self) -> Any:
        last = self.pop()
        self.insert(0, last)
        return iter([last])


async def test_a_list_that_gives_other_ids_each_time_is_asked_once() -> None:
    with acting_as(ALICE):
        for ids in (Fickle([3, 5, 2]), Fickle([5, 2, 3]), Fickle([2, 5, 3])):
            with contextlib.suppress(RecordNotFound):
                assert set((await lines(CLIENT, ids))[0]) == {2}  # type: ignore[arg-type]


async def test_arguments_that_do_not_fit_are_a_type_error_as_without_it() -> None:
    with acting_as(ALICE):
        for call in (
            lambda: get_partner(CLIENT),  # type: ignore[call-arg]
            lambda: get_partner(CLIENT, 4, 5),  # type: ignore[call-arg]
            lambda: get_partner(CLIENT, 4, partner_id=4),  # type: ignore[misc]
            lambda: get_partner(CLIENT, 4, other=1),  # type: ignore[call-arg]
        ):
            with pytest.raises(TypeError):
                await call()


class TestTheClient:
    async def test_without_one_nothing_runs(self) -> None:
        @secure_object_access("res.partner", "read")
        async def work(odoo: Any, partner_id: int) -> None:
            raise AssertionError

        text = (
            r"^secure_object_access: the function needs exactly one client of Odoo among its arguments, "
            r"or in self\.client$"
        )
        with acting_as(ALICE):
            for wrong in (None, object(), Client, "client"):
                with pytest.raises(ParameterError, match=text):
                    await work(wrong, 4)

    async def test_of_two_the_one_that_is_called_client(self, asked: list[Any]) -> None:
        first, second = Client(), Client()

        @secure_object_access("res.partner", "read")
        async def work(source: Any, client: Any, partner_id: int) -> None: ...

        @secure_object_access("res.partner", "read")
        async def unclear(source: Any, target: Any, partner_id: int) -> None: ...

        with acting_as(ALICE):
            await work(first, second, 4)
            assert asked[0][0] is second
            with pytest.raises(ParameterError):
                await unclear(first, second, 4)


class TestDecorating:
    @pytest.mark.parametrize("operation", ["create", "reed", "", "READ", None, "read:name", "*"])
    def test_what_is_no_operation_on_records_is_refused(self, operation: Any) -> None:
        operations = "read, write, unlink"
        with pytest.raises(ParameterError, match=rf"^secure_object_access: an operation is one of {operations}$"):
            secure_object_access("res.partner", operation)

    @pytest.mark.parametrize("model", ["", "Res.Partner", "res partner", None, "*", "res.partner:x", "res.partner;"])
    def test_what_is_no_model_is_refused(self, model: Any) -> None:
        with pytest.raises(PolicyError):
            secure_object_access(model, "read")

    def test_a_permission_in_the_place_of_a_model_is_refused(self) -> None:
        text = r"^secure_object_access: a model is named as in Odoo, such as res\.partner$"
        with pytest.raises(PolicyError, match=text):
            secure_object_access("res.partner:read", "read")

    def test_what_does_not_await_is_refused(self) -> None:
        def sync(client: Any, partner_id: int) -> None: ...

        def generator(client: Any, partner_id: int) -> Any:
            yield 1

        for function in (sync, generator, staticmethod(sync), len):
            with pytest.raises(
                ParameterError, match=r"^secure_object_access asks Odoo: make the function `async def`$"
            ):
                secure_object_access("res.partner", "read")(function)

    @pytest.mark.parametrize("name", ["record_id", "record_ids", "partner_id", "partner_ids"])
    async def test_the_usual_names_of_ids_are_found(self, asked: list[tuple[Any, ...]], name: str) -> None:
        made: dict[str, Any] = {}
        exec(f"async def function(client, {name}): pass", made)
        with acting_as(ALICE):
            await secure_object_access("res.partner", "read")(made["function"])(Client(), 4)
        assert asked[0][1:4] == ("res.partner", [4], "read")

    def test_without_an_id_or_with_two_it_is_refused(self) -> None:
        async def none(client: Any, partner: int) -> None: ...

        async def two(client: Any, partner_id: int, record_id: int) -> None: ...

        async def hidden(client: Any, *partner_id: int, **record_id: int) -> None: ...

        for function in (none, two, hidden):
            with pytest.raises(
                ParameterError, match=r"of record_id, record_ids, partner_id, partner_ids; name it with id="
            ):
                secure_object_access("res.partner", "read")(function)
        with pytest.raises(ParameterError, match="'order'"):
            secure_object_access("res.partner", "read", id="order")(none)
        secure_object_access("res.partner", "read", id="partner")(none)

    def test_it_looks_like_what_it_guards(self) -> None:
        assert (get_partner.__name__, get_partner.__doc__) == (
            "get_partner",
            "Get partner with object-level security check.",
        )
        assert list(inspect.signature(get_partner).parameters) == ["client", "partner_id"]
        assert inspect.iscoroutinefunction(get_partner)


async def test_an_async_generator_is_checked_before_its_body_begins(asked: list[Any]) -> None:
    with acting_as(ALICE):
        items = SERVICE.rows(4)
    assert asked == []
    assert [item async for item in items] == [4, 5]
    assert asked == [(CLIENT, "res.partner", [4], "read", ALICE)]
    with acting_as(ALICE):
        refused = SERVICE.rows(3)
    with pytest.raises(RecordNotFound):
        await refused.__anext__()


async def test_it_stands_together_with_a_permission(asked: list[Any]) -> None:
    access = AccessControlManager()

    @require_permission("delete_partners", access=access)
    @secure_object_access("res.partner", "unlink")
    async def delete(client: Any, partner_ids: list[int]) -> list[int]:
        return partner_ids

    @secure_object_access("res.partner", "unlink")
    @require_permission("delete_partners", access=access)
    async def delete_too(client: Any, partner_ids: list[int]) -> list[int]:
        return partner_ids

    for function in (delete, delete_too):
        with acting_as(ALICE), pytest.raises(PermissionDenied):
            await function(CLIENT, [2])
    access.assign_role(ALICE, "manager")
    with acting_as(ALICE):
        for function in (delete, delete_too):
            assert await function(CLIENT, [2]) == [2]


@pytest.mark.asvs("v5.0.0-16.3.2")
async def test_what_is_refused_here_is_told() -> None:
    told: list[tuple[str, ...]] = []

    def hear(entry: Any) -> None:
        line = json.loads(entry.line)
        told.append((line["event.action"], line["odoo.model"], line["details"]["needs"], line["event.reason"]))

    with audited(AuditLog(hear)):
        with contextlib.suppress(NoPrincipal):
            await get_partner(CLIENT, 4)
        with acting_as(ALICE), contextlib.suppress(InvalidInput):
            await get_partner(CLIENT, "4")  # type: ignore[arg-type]
        with acting_as(ALICE), contextlib.suppress(ParameterError):
            await get_partner(None, 4)
    reasons = ("no_principal", "bad_ids", "no_client")
    assert told == [("authz_fail", "res.partner", "res.partner:read", reason) for reason in reasons]
