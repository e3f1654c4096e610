"""The calls that go out to Odoo are held to a limit, whatever way they are made."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import pytest
from zenoo_rpc.models.base import OdooModel

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from zenoo_security import RateLimiter, RateLimitExceeded, RateLimits, SecureZenooClient
from zenoo_security.client import NotLoggedIn
from zenoo_security.errors import ParameterError, StoreUnavailable
from zenoo_security.limits import Throttle
from zenoo_security.stores.memory import MemoryStore


class Partner(OdooModel):
    odoo_name: ClassVar[str] = "res.partner"
    name: str = ""


@pytest.fixture
def fake():
    server = FakeOdoo()
    server.answers.update({"search_read": [], "search_count": 0, "create": [1], "write": True, "read": []})
    yield server
    server.close()


async def logged_in(fake: FakeOdoo, outbound: Any) -> SecureZenooClient:
    client = SecureZenooClient(fake.url, outbound=outbound)
    await client.login(DATABASE, LOGIN, PASSWORD)
    return client


def sent(fake: FakeOdoo) -> int:
    """Calls that reached Odoo after the login."""
    return sum(request["method"] == "execute_kw" and request["args"][4] != "context_get" for request in fake.requests)


async def batch(client: SecureZenooClient) -> object:
    await client.setup_batch_manager()
    async with client.batch() as together:
        await together.update("res.partner", [1], {"name": "x"})
    return None


CALLS = {
    "execute_kw": lambda client: client.execute_kw("res.partner", "search_count", [[]]),
    "search_read": lambda client: client.search_read("res.partner", [], ["name"]),
    "write": lambda client: client.write("res.partner", [1], {"name": "x"}),
    "query builder": lambda client: client.model(Partner).filter(name="x").all(),
    "batch": batch,
}


@pytest.mark.parametrize("way", CALLS)
async def test_every_way_to_odoo_is_counted(fake, way):
    """What the limit does not let through, Odoo does not see."""
    limiter = RateLimiter(100, 3600)
    client = await logged_in(fake, Throttle(limiter, max_wait_s=0))
    await CALLS[way](client)
    calls = sent(fake)
    assert calls > 0
    assert limiter.peek(fake.url).remaining == 100 - calls
    limiter.hit(fake.url, limiter.peek(fake.url).remaining)
    with pytest.raises(RateLimitExceeded):
        await CALLS[way](client)
    assert sent(fake) == calls
    await client.close()


async def test_a_plain_limit_is_waited_for(fake):
    client = await logged_in(fake, RateLimits("10/s"))
    await asyncio.gather(*(client.execute_kw("res.partner", "search_count", [[]]) for _ in range(11)))
    assert sent(fake) == 11
    await client.close()


async def test_clients_with_one_store_count_together_for_one_server(fake):
    store, other = MemoryStore(), FakeOdoo()
    clients = [
        await logged_in(server, Throttle(RateLimiter(3, 3600, name="odoo", store=store), max_wait_s=0))
        for server in (fake, fake, other)
    ]
    other.answers["search_count"] = 0
    for client in (clients[0], clients[1], clients[0], clients[2]):
        await client.execute_kw("res.partner", "search_count", [[]])
    with pytest.raises(RateLimitExceeded):
        await clients[1].execute_kw("res.partner", "search_count", [[]])
    for client in clients:
        await client.close()
    other.close()


async def test_a_store_that_is_down_lets_nothing_out(fake):
    class Down(MemoryStore):
        async def take(self, quotas, *, cost=1):
            raise StoreUnavailable("down")

    client = await logged_in(fake, RateLimits("10/s", store=Down()))
    with pytest.raises(StoreUnavailable):
        await client.execute_kw("res.partner", "search_count", [[]])
    assert sent(fake) == 0
    await client.close()


def test_what_is_no_limit_is_refused():
    for wrong in ("50/s", 50, object()):
        with pytest.raises(ParameterError, match="outbound"):
            SecureZenooClient("http://127.0.0.1:8069", outbound=wrong)


async def test_who_logs_in_while_a_call_waits_does_not_make_it(fake: FakeOdoo) -> None:
    """What was decided for one user is not sent with the rights of another."""
    client = await logged_in(fake, RateLimiter(10, 60))
    turn = client._outbound.turn

    async def meanwhile() -> None:
        await turn()
        client._session._uid = 99

    client._outbound = type("Turn", (), {"turn": staticmethod(meanwhile)})()
    with pytest.raises(NotLoggedIn):
        await client.execute_kw("res.partner", "write", [[1], {"name": "x"}])
    assert not fake.calls("write")
    await client.close()
