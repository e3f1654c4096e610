"""What is written: fields that decide what users may do, x2many commands, defaults of the context."""

from __future__ import annotations

import pytest

from access.world import Manager, policy
from zenoo_security.errors import PermissionDenied
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.keyring import KeyRing
from zenoo_security.policy import Narrowing

WIDE = policy("*:read", "*:write", "*:create", "*:unlink")

pytestmark = pytest.mark.asvs("v5.0.0-15.3.3")


def clerk(*allow, **options):
    return Manager(policy(*allow, **options), "clerk")


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        ("res.users", "group_ids", [[4, 4]]),
        ("res.users", "groups_id", [[6, 0, [4]]]),
        ("res.users", "role", "group_system"),
        ("res.users", "password", "x"),
        ("res.users", "new_password", "x"),
        ("res.partner", "active", False),
        ("res.partner", "company_id", 2),
        ("res.partner", "child_ids", [[2, 5]]),
        ("res.partner", "child_ids", False),
        ("res.partner", "category_id", [[6, 0, []]]),
        ("res.partner", "category_id", [1, 2]),
        ("res.partner", "unheard_of_ids", [[4, 1]]),
    ],
)
@pytest.mark.parametrize("operation", ["write", "create"])
async def test_what_decides_about_rights_has_to_be_named(world, model, name, value, operation):
    async with world.client(Manager(WIDE, "clerk")) as client:
        args = [[1], {name: value}] if operation == "write" else [[{name: value}]]
        with pytest.raises(PermissionDenied, match=name):
            await client.execute_kw(model, operation, args)
        with pytest.raises(PermissionDenied, match=name):
            await client.execute_kw(model, "create", [[{}]], context={f"default_{name}": value})
    assert world.asked() == []


@pytest.mark.parametrize("method", ["action_archive", "action_unarchive", "toggle_active"])
async def test_archiving_is_a_write_of_active(world, method):
    async with world.client(clerk("res.partner:*")) as client:
        with pytest.raises(PermissionDenied, match="active"):
            await client.execute_kw("res.partner", method, [[1]])
    assert world.asked() == []
    async with world.client(clerk("res.partner:write:active")) as client:
        await client.execute_kw("res.partner", method, [[1]])
    assert [called for _, called, _, _ in world.asked()] == [method]


async def test_records_of_a_manual_model_are_archived_by_their_own_field(world):
    world.answers["x_thing.fields_get"] = {"id": {"type": "integer"}, "x_active": {"type": "boolean"}}
    for rules in (("x_thing:*",), ("x_thing:write", "x_thing:write:active")):
        async with world.client(clerk(*rules)) as client:
            for method, arguments in (("action_archive", [[1]]), ("write", [[1], {"x_active": False}])):
                with pytest.raises(PermissionDenied, match="x_active"):
                    await client.execute_kw("x_thing", method, arguments)
    assert world.asked() == []
    async with world.client(clerk("x_thing:write:x_active")) as client:
        await client.execute_kw("x_thing", "action_archive", [[1]])
    assert [called for _, called, _, _ in world.asked()] == ["action_archive"]


NAMED = ("res.partner:write:child_ids", "res.partner:write:category_id", "res.partner:create:child_ids")


@pytest.mark.parametrize(
    ("allow", "command", "denied"),
    [
        ([], [0, 0, {"name": "x"}], "res.partner:create"),
        (["res.partner:create:name"], [0, 0, {"email": "x"}], "create:email"),
        (["res.partner:write:name"], [1, 5, {"email": "x"}], "write:email"),
        ([], [2, 5], "res.partner:unlink"),
        ([], [3, 5], "write:parent_id"),
        (["res.partner:write:parent_id"], [3, 5], "res.partner:unlink"),
        ([], [4, 5], "write:parent_id"),
        ([], [5, 0, 0], "write:parent_id"),
        (["res.partner:write:parent_id"], [6, 0, [5]], "res.partner:unlink"),
        (["res.partner:create:name"], [0, 0, {"child_ids": [[0, 0, {"comment": "x"}]]}], "create:comment"),
    ],
)
async def test_commands_need_the_rights_of_the_comodel(world, allow, command, denied):
    async with world.client(clerk(*NAMED, *allow)) as client:
        with pytest.raises(PermissionDenied, match=denied):
            await client.write("res.partner", [1], {"child_ids": [command]})
    assert world.asked() == []


@pytest.mark.parametrize(
    "value",
    ["4", 4, [[True, 5]], [["4", 5]], [[7, 5]], [[4.0, 5]], [[]], [{"id": 5}], {"5": 1}, [[0, 0, "x"]], [[1, "5", {}]]],
)
async def test_what_is_no_command_is_refused(world, value):
    async with world.client(clerk(*NAMED, "res.partner:create:name", "res.partner:write:name")) as client:
        with pytest.raises(PermissionDenied):
            await client.write("res.partner", [1], {"child_ids": value})
    assert world.asked() == [] or value == [[1, "5", {}]]


async def test_commands_within_commands_end(world):
    value = [[0, 0, {"name": "x"}]]
    for _ in range(40):
        value = [[0, 0, {"child_ids": value}]]
    async with world.client(clerk(*NAMED, "res.partner:create:name")) as client:
        with pytest.raises(PermissionDenied):
            await client.write("res.partner", [1], {"child_ids": value})
    assert world.asked() == []


async def test_a_default_reaches_the_records_that_commands_create(world):
    allow = (
        "sale.order:write:child_ids",
        "res.partner:write:child_ids",
        "res.partner:create:name",
        "res.partner:write:comment",
    )
    async with world.client(clerk(*allow)) as client:
        with pytest.raises(PermissionDenied, match="create:comment"):
            await client.write(
                "res.partner", [1], {"child_ids": [[0, 0, {"name": "x"}]]}, context={"default_comment": "x"}
            )
    assert world.asked() == []


@pytest.mark.parametrize("values", [None, "x", 5, [None], [["name", "x"]], [{1: "x"}]])
async def test_values_are_dicts_of_names(world, values):
    async with world.client(clerk("res.partner:create")) as client:
        with pytest.raises(PermissionDenied):
            await client.execute_kw("res.partner", "create", [values])
    assert world.asked() == []


async def test_errors_and_events_hold_no_value(world, refusals):
    async with world.client(clerk("res.partner:write:name")) as client:
        for values in ({"email": "SECRET"}, {"SECRET VALUE": 1}, {"child_ids": [[0, 0, {"name": "SECRET"}]]}):
            with pytest.raises(PermissionDenied) as caught:
                await client.write("res.partner", [1], values)
            assert "SECRET" not in str(caught.value)
    assert len(refusals()) == 3
    assert "SECRET" not in str(refusals())


# --- encrypted fields ---

FIELDS = EncryptedFields({"res.partner": {"email": Encrypted(index="email"), "vat": Encrypted()}})
RING = KeyRing.generate()


async def test_rights_are_to_the_field_and_not_to_its_column(world):
    stored = {}
    world.answers["create"] = lambda rows: stored.update(rows[0]) or [1]
    world.answers["search_read"] = lambda *_args, **_kwargs: [{"id": 1, **stored}]
    manager = clerk(
        "res.partner:read:email", "res.partner:read:vat", "res.partner:create", masks={"res.partner": {"vat": "last4"}}
    )
    options = {"encrypted_fields": FIELDS, "key_ring": RING}
    async with world.client(manager, **options) as client:
        await client.create("res.partner", [{"email": "bob@x.example", "vat": "DE123456789"}])
        rows = await client.search_read("res.partner", [("email", "=", "bob@x.example")], ["email", "vat"])
        assert rows == [{"id": 1, "email": "bob@x.example", "vat": "****6789"}]
        with pytest.raises(PermissionDenied, match="masked"):
            await client.search_read("res.partner", [("vat", "=", "x")])
    sent = str(world.asked())
    assert "bob@x" not in sent
    assert "DE123" not in sent


@pytest.mark.parametrize("column", ["x_email_enc", "x_email_idx"])
async def test_a_column_is_no_way_around_its_field(world, column):
    options = {"encrypted_fields": FIELDS, "key_ring": RING}
    async with world.client(
        clerk(*(f"res.partner:{rule}" for rule in ("read:name", "write:name", "read:parent_id", f"read:{column}"))),
        **options,
    ) as client:
        for call in (
            client.read("res.partner", [1], [column]),
            client.search("res.partner", [(column, "=", "x")]),
            client.search("res.partner", [("parent_id", "any", [(column, "!=", False)])]),
            client.write("res.partner", [1], {column: "x"}),
            client.execute_kw("res.partner", "export_data", [[1], [column]]),
        ):
            with pytest.raises(PermissionDenied, match=column):
                await call
    assert world.asked() == []


async def test_a_narrowing_domain_may_compare_an_encrypted_field(world):
    options = {"encrypted_fields": FIELDS, "key_ring": RING}
    own = Narrowing("res.partner", (("email", "=", "bob@x.example"),))
    async with world.client(clerk("res.partner:read", "res.partner:write", narrow=[own]), **options) as client:
        await client.search("res.partner", [])
        await client.write("res.partner", [1], {"name": "x"})
    searched, looked, _ = (args[0] for _, _, args, _ in world.asked())
    for domain in (searched, looked):
        assert domain[-1][0] == "x_email_idx"
        assert domain[-1][2].startswith("zi1.")
