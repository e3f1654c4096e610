"""Compare and write on a real Odoo 19: nobody's edit is lost, and nobody may do more than with `write`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager

import psycopg
import pytest

from zenoo_security.client import AccessRefused, OdooFailed
from zenoo_security.client.compare import _CODE, Change, CompareAndWrite, install
from zenoo_security.errors import ConfigurationError, OdooError, ParameterError

pytestmark = pytest.mark.odoo

MODEL = "res.partner"
MANAGER = ["base.group_user", "base.group_partner_manager"]


@pytest.fixture
def partners(odoo_database):
    """Make partners with these values and return their ids."""
    return lambda *rows: odoo_database.call(MODEL, "create", [{"name": "partner", **row} for row in rows])


@pytest.fixture
def read(odoo_database):
    return lambda ids, *columns: [
        tuple(row[column] for column in columns)
        for row in odoo_database.call(MODEL, "read", ids, list(columns), load=False)
    ]


@pytest.fixture
def writer(odoo_client):
    @asynccontextmanager
    async def connect(model=MODEL):
        async with odoo_client() as client:
            await install(client, model)
            yield await CompareAndWrite.find(client, model)

    return connect


@pytest.fixture
def postgres(odoo_server, odoo_database):
    """A transaction of somebody else: open until it is committed."""
    server = odoo_server._postgres

    @contextmanager
    def connect():
        with psycopg.connect(
            host=str(server.folder / "socket"), port=server.port, user="odoo", dbname=odoo_database.name
        ) as connection:
            yield connection

    return connect


@pytest.fixture
def hides(odoo_database):
    """While it is entered, a record rule hides one partner from those who may write partners."""

    @contextmanager
    def hide(partner):
        [model] = odoo_database.call("ir.model", "search", [("model", "=", MODEL)])
        group = odoo_database.resolve("base.group_partner_manager")
        values = {
            "name": "hides",
            "model_id": model,
            "groups": [(4, group)],
            "domain_force": f"[('id', '!=', {partner})]",
        }
        rule = odoo_database.call("ir.rule", "create", values)
        yield
        odoo_database.call("ir.rule", "unlink", [rule])

    return hide


async def waits_for_a_lock(database):
    """Return once a transaction waits for a lock; fails after a minute."""
    for _ in range(300):
        if database.sql("SELECT 1 FROM pg_locks WHERE NOT granted"):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("nobody waits")


async def test_only_records_that_hold_what_is_expected_are_written(writer, partners, read):
    same, edited, gone = ids = partners({"email": "a@x.com"}, {"email": "b@x.com"}, {"email": "c@x.com"})
    async with writer() as write:
        await write._client.execute_kw(MODEL, "write", [[edited], {"email": "new@x.com"}])
        await write._client.execute_kw(MODEL, "unlink", [[gone]])
        changes = [
            Change(i, {"email": f"{x}@x.com"}, {"email": False, "ref": f"T{x}"})
            for i, x in zip(ids, "abc", strict=True)
        ]
        assert await write(changes) == [edited, gone]
        assert await write([]) == []
    assert read([same, edited], "email", "ref") == [(False, "Ta"), ("new@x.com", False)]


async def test_hundreds_of_records_are_one_transaction_and_one_that_is_refused_undoes_all(writer, partners, read):
    ids = partners(*({"ref": str(number)} for number in range(500)))
    async with writer() as write:
        changes = [Change(i, {"ref": str(number)}, {"ref": f"n{number}"}) for number, i in enumerate(ids)]
        assert await write(changes) == []
        refused = [Change(i, {"ref": f"n{number}"}, {"ref": "lost"}) for number, i in enumerate(ids)]
        refused[-1] = refused[-1]._replace(values={"no_such_field": 1})
        with pytest.raises(OdooFailed):
            await write(refused)
    assert [ref for [ref] in read(ids, "ref")] == [f"n{number}" for number in range(500)]


async def test_values_are_compared_as_rpc_shows_them(writer, partners, read, odoo_client):
    columns = ["email", "comment", "partner_latitude", "active", "type", "color", "write_date", "website", "function"]
    [partner] = partners(
        {"comment": "<p>a &amp; b é</p>", "partner_latitude": 51.4778928, "function": "x\ny", "color": 3}
    )
    async with writer() as write:
        [shown] = await write._client.execute_kw(MODEL, "read", [[partner], columns])
        shown.pop("id")
        assert await write([Change(partner, shown, {"ref": "equal"})]) == []
        for column, other in (("comment", "<p>a &amp; b</p>"), ("partner_latitude", 51.4778929), ("function", False)):
            assert await write([Change(partner, {column: other}, {"ref": "unequal"})]) == [partner]
    assert read([partner], "ref") == [("equal",)]


async def test_dates_are_compared_as_rpc_shows_them(writer, odoo_database):
    [currency] = odoo_database.call("res.currency", "search", [], limit=1)
    values = {"name": "2026-02-03", "currency_id": currency, "rate": 1.25}
    [rate] = odoo_database.call("res.currency.rate", "create", [values])
    async with writer("res.currency.rate") as write:
        assert await write([Change(rate, {"name": "2026-02-03", "rate": 1.25}, {"rate": 1.5})]) == []
        assert await write([Change(rate, {"name": "2026-02-04"}, {"rate": 9})]) == [rate]
    assert odoo_database.call("res.currency.rate", "read", [rate], ["rate"])[0]["rate"] == 1.5


async def test_a_many2one_is_compared_by_its_id(writer, partners, read):
    """Its name may change, and depends on the language and the rights of who reads."""
    [belongs, free] = partners({"company_id": 1}, {})
    async with writer() as write:
        changes = [
            Change(belongs, {"company_id": 1}, {"ref": "equal"}),
            Change(free, {"company_id": 0}, {"ref": "equal"}),
        ]
        assert await write(changes) == []
        unequal = [
            Change(belongs, {"company_id": False}, {"ref": "no"}),
            Change(free, {"company_id": 1}, {"ref": "no"}),
        ]
        assert await write(unequal) == [belongs, free]
    assert read([belongs, free], "ref") == [("equal",), ("equal",)]


async def test_an_edit_between_the_read_and_the_write_is_kept(writer, partners, read, odoo_database):
    [partner] = partners({"email": "old@x.com"})
    async with writer() as write:
        [seen] = read([partner], "email")
        odoo_database.call(MODEL, "write", [partner], {"email": "edited@x.com"})
        assert await write([Change(partner, {"email": seen[0]}, {"email": False})]) == [partner]
    assert read([partner], "email") == [("edited@x.com",)]


@pytest.mark.asvs("v5.0.0-15.4.2")
async def test_an_edit_that_is_committed_while_the_action_runs_is_kept(writer, partners, read, odoo_database, postgres):
    """The action has its snapshot and waits for the table; the edit commits; PostgreSQL and Odoo make it look again."""
    edited, other = partners({"email": "old@x.com"}, {"email": "other@x.com"})
    async with writer() as write:
        with postgres() as editor:
            editor.execute("LOCK TABLE res_partner IN ACCESS EXCLUSIVE MODE")
            changes = [
                Change(edited, {"email": "old@x.com"}, {"email": False}),
                Change(other, {"email": "other@x.com"}, {"email": "written@x.com"}),
            ]
            running = asyncio.create_task(write(changes))
            await waits_for_a_lock(odoo_database)
            editor.execute("UPDATE res_partner SET email = 'edited@x.com' WHERE id = %s", [edited])
            editor.commit()
        assert await running == [edited]
    assert "SERIALIZATION_FAILURE" in odoo_database.server.log_path.read_text()
    assert read([edited, other], "email") == [("edited@x.com",), ("written@x.com",)]


async def test_a_record_that_somebody_is_saving_is_skipped_and_not_waited_for(writer, partners, read, postgres):
    [partner] = partners({"email": "old@x.com"})
    change = Change(partner, {"email": "old@x.com"}, {"email": "ours@x.com"})
    async with writer() as write:
        with postgres() as editor:
            editor.execute("UPDATE res_partner SET ref = 'edited' WHERE id = %s", [partner])
            assert await write([change]) == [partner]
            editor.commit()
        assert await write([change]) == []
    assert read([partner], "email", "ref") == [("ours@x.com", "edited")]


async def test_an_editor_loses_nothing_when_the_write_comes_first(writer, partners, read, odoo_database, postgres):
    """Editors and writer hit the same record; every one of the editors' values is in the record, whoever came first."""
    [partner] = partners({"email": "0", "function": "0"})
    client_edits = 15

    async def edit():
        for number in range(1, client_edits + 1):
            await asyncio.to_thread(odoo_database.call, MODEL, "write", [partner], {"email": str(number)})

    async with writer() as write:
        editing = asyncio.create_task(edit())
        skipped = 0
        while not editing.done():
            [seen] = await asyncio.to_thread(read, [partner], "email")
            skipped += len(await write([Change(partner, {"email": seen[0]}, {"function": seen[0], "email": seen[0]})]))
        await editing
    assert read([partner], "email") == [(str(client_edits),)]


@pytest.mark.asvs("v5.0.0-14.2.4")
async def test_no_message_keeps_the_old_value(writer, partners, odoo_database):
    """`mail` writes a message about each change of a partner's e-mail, with the old value in it."""
    kept = "SELECT 1 FROM mail_tracking_value WHERE old_value_char = %s"
    ours, theirs = partners({"email": "ours@x.com"}, {"email": "theirs@x.com"})
    async with writer() as write:
        assert await write([Change(ours, {"email": "ours@x.com"}, {"email": False})]) == []
    odoo_database.call(MODEL, "write", [theirs], {"email": False})
    assert odoo_database.sql(kept, ["theirs@x.com"])
    assert not odoo_database.sql(kept, ["ours@x.com"])


@pytest.mark.asvs("v5.0.0-8.2.2")
async def test_the_action_gives_no_right_that_write_does_not_give(writer, partners, hides, odoo_database, odoo_user):
    """Called by its id, with payloads of one's own, as every user may: what `write` refuses, it refuses."""
    [visible, hidden] = partners({"ref": "visible"}, {"ref": "hidden"})
    async with writer() as write:
        action = write._action_id
    manager, employee, portal = (odoo_user(groups) for groups in (MANAGER, ["base.group_user"], ["base.group_portal"]))

    def run(user, *changes):
        context = {"zenoo_security_changes": [list(change) for change in changes]}
        return odoo_database.call("ir.actions.server", "run", [action], context=context, user=user)

    def is_refused(user, *changes):
        with pytest.raises(OdooError) as refused:
            run(user, *changes)
        return refused.value.odoo_type == "odoo.exceptions.AccessError"

    to_visible, to_hidden = (
        Change(i, {"ref": ref}, {"ref": "x"}) for i, ref in ((visible, "visible"), (hidden, "hidden"))
    )
    own = odoo_database.call("res.users", "read", [manager.uid], ["partner_id"])[0]["partner_id"][0]
    promotion = [(1, manager.uid, {"group_ids": [(4, odoo_database.resolve("base.group_system"))]})]
    with hides(hidden):
        for user, changes in (
            (employee, [to_visible]),
            (portal, [to_visible]),
            (manager, [to_hidden]),
            (manager, [to_visible, to_hidden]),
            (manager, [Change(own, {"ref": False}, {"user_ids": promotion})]),
        ):
            assert is_refused(user, *changes)
        assert odoo_database.sql("SELECT 1 FROM res_partner WHERE ref = 'x'") == []
        # A wrong guess is refused as a right one: the answer says nothing about what a record holds.
        for user, change in ((employee, to_visible), (portal, to_visible), (manager, to_hidden)):
            assert is_refused(user, change._replace(expected={"ref": "a guess"}))
        assert run(manager, to_visible) == {"skipped": []}
    written = "SELECT id FROM res_partner WHERE ref = 'x'"
    assert odoo_database.sql(written) == [{"id": visible}]


@pytest.mark.asvs("v5.0.0-8.2.3")
async def test_a_field_that_the_user_may_not_see_cannot_be_guessed(odoo_database, odoo_user, odoo_client):
    """`signup_type` is for administrators (`groups`); comparing it is refused as reading is."""
    async with odoo_client() as client:
        await install(client, MODEL)
        action = (await CompareAndWrite.find(client, MODEL))._action_id
    manager = odoo_user(MANAGER)
    names = odoo_database.call(MODEL, "fields_get", [], ["type", "groups", "store"])
    seen = odoo_database.call(MODEL, "fields_get", [], ["type"], user=manager)
    [secret, *_] = sorted(name for name in names.keys() - seen.keys() if names[name]["type"] == "char")
    [partner] = odoo_database.call(MODEL, "create", [{"name": "guessed"}])
    for guess in (False, "value"):
        context = {"zenoo_security_changes": [[partner, {secret: guess}, {"ref": "x"}]]}
        with pytest.raises(OdooError) as refused:
            odoo_database.call("ir.actions.server", "run", [action], context=context, user=manager)
        assert refused.value.odoo_type == "odoo.exceptions.AccessError"


async def test_only_the_action_as_it_was_installed_is_used(odoo_client, odoo_database, odoo_user):
    async with odoo_client() as client:
        with pytest.raises(ConfigurationError, match="is not installed: run `zenoo-security fields create`"):
            await CompareAndWrite.find(client, "res.partner.category")
        assert await install(client, "res.partner.category", dry_run=True)
        assert await install(client, "res.partner.category")
        assert not await install(client, "res.partner.category")
        assert not await install(client, "res.partner.category", dry_run=True)
        action = (await CompareAndWrite.find(client, "res.partner.category"))._action_id
        everybody = [(4, odoo_database.resolve("base.group_user"))]
        for changed in (
            {"code": _CODE + "\nmodel.sudo().search([]).unlink()"},
            {"code": _CODE.replace("version 4", "version 3")},
            {"group_ids": everybody},
        ):
            odoo_database.call("ir.actions.server", "write", [action], changed)
            with pytest.raises(ConfigurationError, match="is another version or was changed"):
                await CompareAndWrite.find(client, "res.partner.category")
            assert await install(client, "res.partner.category")
            assert (await CompareAndWrite.find(client, "res.partner.category"))._action_id == action
        with pytest.raises(ConfigurationError, match="is not installed"):
            await CompareAndWrite.find(client, "res.partner.industry")
    async with odoo_client(odoo_user(MANAGER)) as manager:
        with pytest.raises(AccessRefused, match=r"base\.group_system"):
            await CompareAndWrite.find(manager, MODEL)


async def test_ambiguous_changes_are_refused_before_odoo_is_asked(writer):
    async with writer() as write:
        for changes in (
            [Change(1, {"ref": "a"}, {"ref": "b"}), Change(1, {"ref": "a"}, {"ref": "c"})],
            [Change(1, {}, {"ref": "b"})],
        ):
            with pytest.raises(ParameterError):
                await write(changes)
