"""Each operation, with each fault at each of its exchanges with a real Redis and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from faults import factor_cases, login_cases, role_cases, session_cases, store_cases
from faults.haste import Haste
from faults.outcomes import EACH_FAULT, spoiled
from faults.proxy import Fault, Proxy
from faults.world import Run, World
from scripted_odoo import ScriptedOdoo
from zenoo_security.clock import FakeClock
from zenoo_security.errors import StoreUnavailable
from zenoo_security.stores import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from types import ModuleType

    from zenoo_security.stores import Store

    Case = Callable[[Run], Awaitable[None]]

NOW = 1_800_000_000.0
TIMEOUT_S = 20.0
"""Passes where it has to, and nowhere else, however busy the machine is."""

PARTS = (store_cases, session_cases, factor_cases, role_cases)
"""In Redis each exchange of these has each fault, in PostgreSQL of the first. Else it has one, another on each server."""


def cases_of(module: ModuleType) -> dict[str, Case]:
    return {name: case for name, case in vars(module).items() if getattr(case, "__module__", "") == module.__name__}


CASES = {name: case for module in (*PARTS, login_cases) for name, case in cases_of(module).items()}


@dataclass(frozen=True)
class Server:
    """A real server.

    Args:
        port: where it listens.
        url: makes a URL for a port of this machine.
        thorough: the cases in which each exchange has each fault.
        first: the fault of the first exchange in others.
    """

    port: int
    url: Callable[[int], str]
    thorough: frozenset[str]
    first: int

    def open(self, port: int) -> Store:
        return open_store(self.url(port), timeout_s=TIMEOUT_S)

    def plan(self, case: str, exchanges: int) -> list[tuple[Fault, int]]:
        """What is to go wrong, one thing in each run."""
        faults = list(Fault)
        if case in self.thorough:
            return [(fault, number) for fault in faults for number in range(exchanges)]
        return [(faults[(number + self.first) % len(faults)], number) for number in range(exchanges)]


@pytest.fixture(scope="module", params=["redis", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param == "redis":
        from zenoo_security.testing.redis import running_redis

        thorough = frozenset(name for module in PARTS for name in cases_of(module))
        with running_redis() as redis:
            yield Server(redis.port, lambda port: f"redis://:{redis.password}@127.0.0.1:{port}", thorough, 0)
    else:
        cluster = request.getfixturevalue("shared_postgres")
        port, url = cluster.server.port, cluster.url(cluster.create_database())
        thorough = frozenset(cases_of(store_cases))
        yield Server(port, lambda other: url.replace(f":{port}/", f":{other}/"), thorough, len(Fault) // 2)


@pytest.fixture
async def haste(monkeypatch: pytest.MonkeyPatch) -> Haste:
    return Haste(monkeypatch)


@asynccontextmanager
async def a_run(server: Server, steady: Store, haste: Haste) -> AsyncIterator[Run]:
    """A run whose connection to the server is made already."""
    clock, odoo = FakeClock(NOW), ScriptedOdoo()
    opened: list[Store] = []

    def open_shaky() -> Store:
        opened.append(server.open(proxy.port))
        return opened[-1]

    async with Proxy(server.port, haste) as proxy:
        shaky = open_shaky()
        try:
            await works(shaky)
            yield Run(World(steady, clock, odoo), World(shaky, clock, odoo), proxy, open_shaky)
        finally:
            for store in opened:
                await store.aclose()


async def works(store: Store) -> None:
    """Wait until the store answers, whatever went wrong before."""
    for _ in range(100):
        try:
            await store.now()
        except StoreUnavailable:
            await asyncio.sleep(0.02)
        else:
            return
    pytest.fail("the store does not work again")


@pytest.mark.asvs("v5.0.0-16.5.2", "v5.0.0-16.5.3")
@pytest.mark.parametrize("case", CASES)
async def test_whatever_happens_to_an_exchange(server: Server, haste: Haste, case: str) -> None:
    """What was answered holds, nobody is let in, nothing hangs, no secret is stored, and the store works again."""
    steady, secrets, failures = server.open(server.port), [], []
    # A Redis that does not know a script yet is told it the first time.
    _, exchanges = [await undisturbed(server, steady, haste, case) for _ in range(2)]
    assert exchanges

    for fault, number in server.plan(case, exchanges):
        async with a_run(server, steady, haste) as run:
            with spoiled(run.proxy, fault, number, failures):
                await CASES[case](run)
                await works(run.shaky.store)
            secrets.extend(run.secrets)
    assert not failures, "\n".join(failures)
    stored = b"".join([key + value async for key, value in steady.scan(b"")])
    assert not [secret for secret in secrets if secret.encode() in stored]
    await steady.aclose()


async def undisturbed(server: Server, steady: Store, haste: Haste, case: str) -> int:
    """Go through a case with nothing going wrong. Returns the number of its exchanges."""
    async with a_run(server, steady, haste) as run:
        before = run.proxy.exchanges
        await CASES[case](run)
        assert run.unanswered == 0
        return run.proxy.exchanges - before


@EACH_FAULT
async def test_the_proxy_does_what_it_says(
    server: Server, haste: Haste, fault: Fault, *, is_answered: bool, is_done: bool
) -> None:
    """And the store repeats nothing that writes."""
    steady = server.open(server.port)
    async with a_run(server, steady, haste) as run:
        key = run.ann.login.encode()
        run.proxy.spoil(fault)
        outcome = await run.faulted(lambda shaky: shaky.store.put(key, b"v", ttl_s=600))
        assert run.proxy.spoiled
        assert outcome.is_answer == is_answered
        assert (await steady.get(key) == b"v") == is_done
    await steady.aclose()
