"""Batches, `safe_*` calls, rights and logs: no denial is hidden, no row is created twice, no record is printed."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import threading
import time

import pytest
from zenoo_rpc import ZenooClient
from zenoo_rpc.batch import batch_context, batch_operation
from zenoo_rpc.batch.exceptions import BatchError, BatchTimeoutError
from zenoo_rpc.exceptions import AccessError

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo, OdooError, Raw
from zenoo_security import SecureZenooClient
from zenoo_security.client import AccessRefused, ConnectionFailed, NotLoggedIn, ValidationRefused
from zenoo_security.errors import ParameterError, QueryRefused, SecurityError
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.keyring import KeyRing

BOTH = pytest.mark.parametrize("secure", [False, True], ids=["plain", "secure"])
DENIED = OdooError("odoo.exceptions.AccessError")
INVALID = OdooError("odoo.exceptions.ValidationError")


@pytest.fixture
def fake():
    server = FakeOdoo()
    yield server
    server.close()


@pytest.fixture
def log_in(fake):
    clients = []

    async def make(secure=True):
        client = (SecureZenooClient if secure else ZenooClient)(fake.url)
        await client.login(DATABASE, LOGIN, PASSWORD)
        await client.setup_batch_manager()
        clients.append(client)
        return client

    return make


@BOTH
async def test_a_batch_does_not_go_on_with_the_rights_of_the_next_user(fake, log_in, secure):
    asked, may_answer = threading.Event(), threading.Event()

    def unlink(ids, **_):
        asked.set()
        may_answer.wait(10)
        return True

    fake.answers["authenticate"] = lambda _database, login, *_: {LOGIN: 7, "bob": 8}[login]
    fake.answers["unlink"] = unlink
    client = await log_in(secure)
    batch = asyncio.create_task(client._batch_manager.bulk_delete("res.partner", list(range(1, 501)), chunk_size=50))
    assert await asyncio.to_thread(asked.wait, 10)
    await client.login(DATABASE, "bob", "x")
    may_answer.set()
    with pytest.raises(NotLoggedIn) if secure else contextlib.nullcontext():
        await batch
    assert {call["uid"] for call in fake.calls("unlink")} == ({7} if secure else {7, 8})


async def test_a_batch_passes_the_context_of_each_operation(fake, log_in):
    client = await log_in()
    async with client.batch() as batch:
        await batch.delete("res.partner", [1], context={"active_test": False})
    assert fake.calls("unlink")[0]["kwargs"]["context"]["active_test"] is False


ROWS = [{"name": "a", "vat": "SECRET-VAT"}, {"name": "b", "vat": "SECRET-VAT"}]


@pytest.mark.asvs("v5.0.0-16.5.3")
@BOTH
async def test_a_batch_raises_what_was_denied(fake, log_in, secure):
    fake.answers["write"] = DENIED
    client = await log_in(secure)

    async def run():
        async with client.batch() as batch:
            await batch.update("res.partner", [1], {"name": "x"})
            await batch.create("res.partner", ROWS)

    if secure:
        with pytest.raises(AccessError) as caught:
            await run()
        assert isinstance(caught.value, SecurityError)
    else:
        await run()
    assert len(fake.calls("create")) == 1
    await client.close()


async def test_every_way_to_a_batch_raises_what_was_denied(fake, log_in):
    fake.answers["create"] = DENIED
    client = await log_in()
    with pytest.raises(AccessRefused):
        async with batch_context(client) as batch:
            batch.create("res.partner", ROWS)
    with pytest.raises(AccessRefused):
        await client._batch_manager.bulk_create("res.partner", ROWS)
    with pytest.raises(BatchError):
        async with batch_operation(client, "res.partner", "create") as collector:
            collector.add_many(ROWS)
    assert len(fake.calls("create")) == 3
    await client.close()


@BOTH
async def test_a_lost_answer_does_not_create_the_rows_again(fake, log_in, secure):
    stored = []

    def create(rows, **_):
        stored.extend(rows if isinstance(rows, list) else [rows])
        return Raw(b"", 504) if len(stored) == 2 else [len(stored)]

    fake.answers["create"] = create
    client = await log_in(secure)
    if secure:
        with pytest.raises(ConnectionFailed):
            await client._batch_manager.bulk_create("res.partner", ROWS)
    else:
        await client._batch_manager.bulk_create("res.partner", ROWS)
    assert len(stored) == (2 if secure else 4)
    await client.close()


@BOTH
async def test_a_batch_that_runs_out_of_time_says_so(fake, log_in, secure):
    fake.answers["create"] = lambda _rows: time.sleep(0.5) or [1]
    client = await log_in(secure)
    client._batch_manager.timeout = 0.05
    raised = pytest.raises(BatchTimeoutError) if secure else contextlib.nullcontext()
    with raised:
        async with client.batch() as batch:
            await batch.create("res.partner", ROWS)
    await client.close()


async def test_rows_that_odoo_refuses_are_left_out_after_a_refusal_of_all(fake, log_in, caplog):
    def create(rows, **_):
        return INVALID if any(row["name"] == "b" for row in rows) else list(range(len(rows)))

    fake.answers["create"] = create
    client = await log_in()
    with caplog.at_level(logging.DEBUG):
        assert await client._batch_manager.bulk_create("res.partner", ROWS) == [0]
        fake.answers["create"] = INVALID
        with pytest.raises(BatchError, match="every row"):
            await client._batch_manager.bulk_create("res.partner", ROWS)
    assert "SECRET" not in caplog.text
    await client.close()


async def test_a_batch_update_of_rows_leaves_the_callers_dicts_alone(fake, log_in):
    client = await log_in()
    rows = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    assert await client._batch_manager.bulk_update("res.partner", rows, context={"lang": "fr_FR"})
    assert rows == [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    assert [call["args"] for call in fake.calls("write")] == [[[1], {"name": "a"}], [[2], {"name": "b"}]]
    assert fake.calls("write")[0]["kwargs"] == {"context": {"lang": "fr_FR", "tz": "Europe/Berlin"}}
    fake.answers["write"] = DENIED
    with pytest.raises(AccessRefused):
        await client._batch_manager.bulk_update("res.partner", rows)
    await client.close()


# --- safe_* ---


SAFE_CREATES = ["safe_create", "safe_create_record"]
SAFE_READS = ["safe_read", "get_accessible_records", "adaptive_read_records"]


@BOTH
@pytest.mark.parametrize("method", SAFE_CREATES)
async def test_a_safe_create_forgives_values_but_not_a_denial(fake, log_in, secure, method):
    client = await log_in(secure)
    fake.answers["create"] = DENIED
    if secure:
        with pytest.raises(AccessRefused):
            await getattr(client, method)("res.partner", {"name": "x"})
    else:
        assert await getattr(client, method)("res.partner", {"name": "x"}) is None
    fake.answers["create"] = INVALID
    assert await getattr(client, method)("res.partner", {"name": "x"}) is None
    await client.close()


@BOTH
@pytest.mark.parametrize("method", SAFE_READS)
async def test_a_safe_read_does_not_turn_a_denial_or_an_outage_into_an_empty_list(fake, log_in, secure, method):
    client = await log_in(secure)
    for answer, raised in ((DENIED, AccessRefused), (Raw(b"", 500), ConnectionFailed)):
        fake.answers["read"] = fake.answers["search_read"] = answer
        if secure:
            with pytest.raises(raised):
                await getattr(client, method)("res.partner", [1])
        elif answer is DENIED:
            assert await getattr(client, method)("res.partner", [1]) == []
    await client.close()


async def test_a_safe_read_falls_back_to_what_the_user_may_see(fake, log_in):
    client = await log_in()
    fake.answers |= {"read": DENIED, "search_read": [{"id": 1}]}
    assert await client.safe_read("res.partner", [1, 2], use_search_read=False) == [{"id": 1}]
    assert await client.adaptive_read_records("res.partner", [1, 2]) == [{"id": 1}]
    fake.answers["create"] = INVALID
    with pytest.raises(ValidationRefused):
        await client.safe_create("res.partner", {}, fallback_on_error=False)
    await client.close()


async def test_safe_operations_run_the_fallback_for_refused_values_only(fake, log_in):
    client = await log_in()
    fake.answers |= {"create": INVALID, "write": DENIED}
    manager = client.fallback_manager

    async def refused():
        return await client.create("res.partner", {})

    async def denied():
        return await client.write("res.partner", [1], {})

    async def other():
        return "other"

    assert await manager.safe_operation(refused, other) == "other"
    assert await manager.safe_operation(refused, fallback_value=7) == 7
    with pytest.raises(ValidationRefused):
        await manager.safe_operation(refused, raise_on_critical=True)
    with pytest.raises(AccessRefused):
        await manager.safe_operation(denied, other)
    await client.close()


async def test_a_refused_query_reaches_the_caller_of_a_safe_call(fake):
    fields = EncryptedFields({"res.partner": {"email": Encrypted(in_place=True, force=True)}})
    async with SecureZenooClient(fake.url, encrypted_fields=fields, key_ring=KeyRing.generate()) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        with pytest.raises(QueryRefused):
            await client.safe_create("res.partner", {"child_ids": [(0, 0, {"email": "x"})]})


# --- rights ---


async def test_rights_are_odoos_answer(fake, log_in):
    client = await log_in()
    fake.answers["has_access"] = lambda _ids, operation: operation == "read"
    expected = {"create": False, "read": True, "write": False, "unlink": False}
    assert await client.get_user_permissions("res.partner") == expected
    assert await client.fallback_manager.get_user_capabilities(["res.users"]) == {"res.users": expected}
    with pytest.raises(ParameterError):
        await client.check_model_access("res.partner", "delete")
    fake.answers["has_access"] = Raw(b"", 500)
    with pytest.raises(ConnectionFailed):
        await client.check_model_access("res.partner")
    await client.close()


@BOTH
async def test_a_create_a_write_and_an_unlink_take_one_request_each(fake, log_in, secure):
    client = await log_in(secure)
    fake.answers |= {"search_read": [{"id": 1}], "fields_get": {}}
    before = len(fake.requests)
    await client.create("res.partner", {"name": "x"})
    await client.write("res.partner", [1], {"name": "y"})
    await client.unlink("res.partner", [1])
    assert len(fake.requests) - before == (3 if secure else 6)
    await client.close()


def test_the_replaced_calls_take_what_zenoo_client_takes():
    for name in ("create", "write", "unlink", "safe_create", "safe_read", "check_model_access", "execute_kw", "login"):
        ours, theirs = (inspect.signature(getattr(c, name)).parameters for c in (SecureZenooClient, ZenooClient))
        assert list(ours) == list(theirs), name


# --- logs ---


@pytest.mark.asvs("v5.0.0-16.2.5")
async def test_the_plain_batch_no_longer_logs_records_once_the_package_is_imported(fake, log_in, caplog):
    client = await log_in(secure=False)
    fake.answers["create"] = INVALID
    with caplog.at_level(logging.DEBUG):
        async with client.batch() as batch:
            await batch.create("res.partner", ROWS)
    assert "SECRET-VAT" not in caplog.text
    assert "Failed to create record [values left out" in caplog.text
    await client.close()


async def test_no_log_of_a_secure_client_holds_a_password_or_a_value(fake, log_in, caplog):
    with caplog.at_level(logging.DEBUG):
        client = await log_in()
        fake.answers["write"] = DENIED
        with pytest.raises(AccessRefused):
            async with client.batch() as batch:
                await batch.update("res.partner", [1], {"vat": "SECRET-VAT"})
        await client.close()
    assert caplog.text
    assert PASSWORD not in caplog.text
    assert "SECRET" not in caplog.text
