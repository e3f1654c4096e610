"""An Odoo that hangs, is gone and comes back: typed errors in time, nothing granted meanwhile, and no restart."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from access.world import Manager, policy
from fake_odoo import DATABASE, LOGIN, PASSWORD, UID, FakeOdoo
from zenoo_security import ObjectLevelAuthManager, Principal, SecureZenooClient, acting_as, secure_object_access
from zenoo_security.client import ConnectionFailed, RequestTimedOut
from zenoo_security.errors import OdooUnavailable
from zenoo_security.policy import Narrowing

pytestmark = pytest.mark.asvs("v5.0.0-16.5.2")

#: While Odoo hangs; before and after it the machine may be slow.
TIMEOUT_S = 0.2
PATIENT_S = 30.0
USER = {"id": UID, "login": LOGIN, "partner_id": [3, "Ann"], "company_id": [1, "C"], "company_ids": [1]}
FIELDS = {"id": {"type": "integer"}, "name": {"type": "char"}, "company_id": {"type": "many2one"}}
NARROW = Narrowing("res.partner", (("company_id", "=", "{company_id}"),))


@pytest.fixture
def fake():
    fake = FakeOdoo()
    fake.answers |= {
        "res.users.read": [{**USER, "all_group_ids": [1]}],
        "get_external_id": {"1": "base.group_user"},
        "res.partner.fields_get": FIELDS,
        "search": [1],
        "search_read": [{"id": 1, "name": "Alice"}],
        "has_access": True,
        "write": True,
    }
    yield fake
    fake.close()


@contextlib.asynccontextmanager
async def logged_in(fake):
    manager = Manager(policy("res.partner:*", narrow=[NARROW]), "clerk")
    async with SecureZenooClient(fake.url, access=manager, timeout=PATIENT_S) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        yield client


@contextlib.contextmanager
def hanging(fake, client):
    """Odoo takes requests and does not answer."""
    answer, inner = fake.answer, client._transport._client
    ends = time.monotonic() + 60

    def hang(params):
        while time.monotonic() < ends:
            time.sleep(0.01)
        return answer(params)

    fake.answer, inner.timeout = hang, TIMEOUT_S
    try:
        yield
    finally:
        fake.answer, ends, inner.timeout = answer, 0.0, PATIENT_S


@contextlib.contextmanager
def gone(client):
    """Nothing listens where Odoo was."""
    inner, before = client._transport._client, client._transport._client.base_url
    inner.base_url = "http://127.0.0.1:9"
    try:
        yield
    finally:
        inner.base_url = before


def calls(client, manager):
    """What a user does, and what is asked about a user."""
    return [
        lambda: client.read("res.partner", [1], ["name"]),
        lambda: client.write("res.partner", [1], {"name": "x"}),
        lambda: manager.check_object_access(LOGIN, "res.partner", 1, "write"),
        lambda: manager.filter_accessible("res.partner", [1, 2], "write"),
        lambda: manager.require("res.partner", [1], "read"),
    ]


async def fails(call, error):
    started = time.monotonic()
    with pytest.raises(error):
        await call()
    return time.monotonic() - started


async def test_an_odoo_that_hangs_is_unavailable_in_time_and_works_again(fake):
    async with logged_in(fake) as client:
        manager = ObjectLevelAuthManager(client)
        assert await manager.check_object_access(LOGIN, "res.partner", 1, "write")
        with hanging(fake, client):
            waited = await asyncio.gather(*(fails(call, RequestTimedOut) for call in calls(client, manager) * 40))
            assert max(waited) < 100 * TIMEOUT_S, "two hundred callers wait in turn"
        assert await manager.check_object_access(LOGIN, "res.partner", 1, "write")
        assert await client.read("res.partner", [1], ["name"]) == [{"id": 1, "name": "Alice"}]


async def test_an_odoo_that_is_gone_is_unavailable_at_once_and_works_again(fake):
    async with logged_in(fake) as client:
        manager = ObjectLevelAuthManager(client)
        with gone(client):
            for call in calls(client, manager):
                assert await fails(call, ConnectionFailed) < PATIENT_S / 2
            with pytest.raises(OdooUnavailable):
                await client.login(DATABASE, LOGIN, PASSWORD)
        await client.login(DATABASE, LOGIN, PASSWORD)
        assert await client.write("res.partner", [1], {"name": "x"})


async def test_what_a_guard_cannot_ask_does_not_begin(fake):
    begun = []

    @secure_object_access("res.partner", "write")
    async def rename(client, partner_id):
        begun.append((client, partner_id))

    async with logged_in(fake) as client:
        with acting_as(Principal(DATABASE, UID, LOGIN)):
            with hanging(fake, client), pytest.raises(OdooUnavailable):
                await rename(client, 1)
            assert not begun
            await rename(client, 1)
            assert begun


async def test_one_odoo_that_hangs_holds_up_nobody_elses_calls(fake):
    other = FakeOdoo()
    other.answers |= fake.answers
    try:
        async with logged_in(fake) as client, logged_in(other) as theirs:
            with hanging(fake, client):
                waiting = asyncio.ensure_future(
                    fails(lambda: client.read("res.partner", [1], ["name"]), RequestTimedOut)
                )
                while not waiting.done():
                    assert await theirs.read("res.partner", [1], ["name"])
                await waiting
    finally:
        other.close()
