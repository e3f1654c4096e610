"""Each call, with each fault at each of its exchanges with a real Odoo 19."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from faults.haste import Haste
from faults.outcomes import EACH_FAULT, spoiled
from faults.proxy import Fault, Proxy
from mfa_users import WEAK
from zenoo_security import (
    KeyRing,
    MFAManager,
    Principal,
    SecureAuthManager,
    SecureZenooClient,
    SecurityConfig,
    Totp,
    jobs,
)
from zenoo_security.auth import OdooServer
from zenoo_security.client import ensure_columns
from zenoo_security.clock import FakeClock
from zenoo_security.errors import IncompleteCreate, LoginFailed, OdooUnavailable, OtpMismatch
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.testing.database import hash_as_odoo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from zenoo_security.testing.database import OdooDatabase

pytestmark = pytest.mark.odoo

MODEL = "res.partner"
FIELDS = EncryptedFields(
    {
        MODEL: {
            "email": Encrypted(index="email", column="x_email_enc", index_column="x_email_idx"),
            "function": Encrypted(bind=("record",), column="x_function_enc"),
        }
    }
)
OLD = KeyRing.generate()
RING = OLD.rotate()
TIMEOUT_S = 60.0
ATTEMPTS = 5
"""At a login, until it is locked."""
NOW = 1_800_000_000.0
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")

_numbers = itertools.count(1)


def is_whole(answer: bytes) -> bool:
    """Whether an HTTP request or response is complete."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(separator) and length is not None and len(body) >= int(length[1])


class Server(OdooServer):
    """Odoo at the other end of a proxy, with a time-out that passes only where it has to."""

    def client_options(self) -> dict[str, Any]:
        return {**super().client_options(), "timeout": TIMEOUT_S}


class User(NamedTuple):
    """Somebody with an API key."""

    uid: int
    login: str
    api_key: str


class Run:
    """One time through a case.

    Attributes:
        database: the database, with nothing in between.
        steady: a client with nothing in between.
        url: of the proxy.
        secret: a value that Odoo must not store as it is.
        unanswered: how many calls Odoo did not answer.
    """

    def __init__(
        self,
        database: OdooDatabase,
        steady: SecureZenooClient,
        proxy: Proxy,
        user: User,
    ) -> None:
        self.database, self.steady, self.proxy = database, steady, proxy
        self.url = f"http://127.0.0.1:{proxy.port}"
        self.uid, self.login, self.api_key = user
        self.name = f"fault {next(_numbers)}"
        self.secret = f"{secrets.token_hex(8)}@example.com"
        self.unanswered = 0

    async def faulted(self, call: Awaitable[Any], *refusals: type[Exception]) -> Any:
        """What a call returns, or the error that says that there was no answer, or a refusal."""
        try:
            return await asyncio.wait_for(call, TIMEOUT_S * 5)
        except OdooUnavailable as error:
            self.unanswered += 1
            return error
        except refusals as error:
            return error
        finally:
            await self.proxy.settled()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[SecureZenooClient]:
        """A client with the proxy in between, logged in."""
        async with SecureZenooClient(
            self.url, encrypted_fields=FIELDS, key_ring=RING, undecryptable="raise", timeout=TIMEOUT_S
        ) as client:
            await self.log_in(client)
            yield client

    async def log_in(self, client: SecureZenooClient) -> None:
        """As the administrator, without a question to Odoo."""
        database = self.database
        await client.resume(database.name, self.steady.uid, database.admin_login, database.admin_password, context={})

    async def records(self, client: SecureZenooClient | None = None) -> list[dict[str, Any]]:
        """The records of this run, decrypted."""
        return await (client or self.steady).search_read(
            MODEL, [("name", "=", self.name)], fields=["email", "function"]
        )


async def a_record_is_created(run: Run) -> None:
    """Once or not at all; where it may be there without an answer, the error says so."""
    async with run.client() as client:
        outcome = await run.faulted(client.create(MODEL, {"name": run.name, "email": run.secret}))
    found = await run.records()
    assert len(found) <= 1
    assert [row["email"] for row in found] == [run.secret] * len(found)
    if isinstance(outcome, OdooUnavailable):
        assert not found or "may have been done" in str(outcome)
    else:
        assert [row["id"] for row in found] == [outcome]


async def a_record_with_bound_values_is_created(run: Run) -> None:
    """Where a part of it is there, the error has its id, or says that it may be there."""
    async with run.client() as client:
        values = {"name": run.name, "email": run.secret, "function": run.secret}
        outcome = await run.faulted(client.create(MODEL, values), IncompleteCreate)
    found = await run.records()
    assert len(found) <= 1
    if isinstance(outcome, IncompleteCreate):
        assert [row["id"] for row in found] == list(outcome.ids)
        assert found[0]["function"] in (False, run.secret)
        await run.steady.write(MODEL, list(outcome.ids), {"function": run.secret})
        [row] = await run.records()
        assert row["function"] == run.secret
    elif isinstance(outcome, OdooUnavailable):
        assert not found or "may have been done" in str(outcome)
        assert all(row["function"] is False for row in found)
    else:
        assert [(row["id"], row["function"]) for row in found] == [(outcome, run.secret)]


async def a_record_is_written(run: Run) -> None:
    """All values are the old ones or all the new ones, and it is found by those that it has."""
    record = await run.steady.create(MODEL, {"name": run.name, "email": "old@example.com", "function": "old"})
    async with run.client() as client:
        outcome = await run.faulted(client.write(MODEL, [record], {"email": run.secret, "function": "new"}))
    [row] = await run.records()
    new = (run.secret, "new")
    assert (row["email"], row["function"]) in ({new} if outcome is True else {new, ("old@example.com", "old")})
    assert (row["email"], row["function"]) != new or outcome is True or "may have been done" in str(outcome)
    assert await run.steady.search(MODEL, [("email", "=", row["email"]), ("id", "=", record)]) == [record]


async def records_are_read_and_searched(run: Run) -> None:
    """What comes is what was asked for, decrypted."""
    records = [await run.steady.create(MODEL, {"name": run.name, "email": f"{n}{run.secret}"}) for n in range(2)]
    async with run.client() as client:
        for number, record in enumerate(records):
            rows = await run.faulted(client.read(MODEL, [record], ["email"]))
            assert isinstance(rows, OdooUnavailable) or rows == [{"id": record, "email": f"{number}{run.secret}"}]
            found = await run.faulted(client.search(MODEL, [("email", "=", f"{number}{run.secret}")]))
            assert isinstance(found, OdooUnavailable) or found == [record]


async def keys_are_rotated(run: Run) -> None:
    """A job that ends before its time leaves values that open, and another one does the rest."""
    options = {"encrypted_fields": FIELDS, "key_ring": OLD}
    async with SecureZenooClient(run.database.url, **options) as before:
        await run.log_in(before)
        rows = [{"name": run.name, "email": f"{n}{run.secret}", "function": f"f{n}"} for n in range(3)]
        await before.create(MODEL, rows)
    async with SecureZenooClient(run.url, timeout=TIMEOUT_S) as client:
        await run.log_in(client)
        await run.faulted(jobs.rotate(client, FIELDS, RING))
    found = sorted((row["email"], row["function"]) for row in await run.records())
    assert found == [(row["email"], row["function"]) for row in rows]
    async with SecureZenooClient(run.database.url) as client:
        await run.log_in(client)
        await jobs.rotate(client, FIELDS, RING)
    options = {"encrypted_fields": FIELDS, "key_ring": RING.retire(OLD.primary_id), "undecryptable": "raise"}
    async with SecureZenooClient(run.database.url, **options) as after:
        await run.log_in(after)
        assert found == sorted((row["email"], row["function"]) for row in await run.records(after))


def manager(run: Run, url: str, **parts: Any) -> SecureAuthManager:
    """A manager that asks the Odoo at this address."""
    config = SecurityConfig(odoo_url=url, refusal_duration_ms=100)
    return SecureAuthManager(config, odoo=Server(url), **parts)


def parts() -> dict[str, Any]:
    """What the managers of a run share."""
    clock, store, ring = FakeClock(NOW), MemoryStore(), KeyRing.generate()
    mfa = MFAManager(store=store, key_ring=ring, clock=clock, hasher=WEAK)
    return {"store": store, "key_ring": ring, "clock": clock, "mfa": mfa}


async def a_user_logs_in(run: Run) -> None:
    """An Odoo that does not answer is never a wrong password, and costs no attempt."""
    shared = parts()
    auth = manager(run, run.url, **shared)
    outcome = await run.faulted(auth.authenticate(run.login, run.api_key, run.database.name))
    assert isinstance(outcome, (str, OdooUnavailable))
    sessions = await auth.sessions.list(run.database.name, run.login)
    assert len(sessions) == isinstance(outcome, str)
    assert await attempts_left(run, auth) == ATTEMPTS


async def attempts_left(run: Run, auth: SecureAuthManager) -> int:
    """How many more passwords would be looked at."""
    reserved = [await auth.lockout.reserve(run.database.name, run.login) for _ in range(ATTEMPTS + 1)]
    return sum(attempt is not None for attempt in reserved)


async def a_password_is_guessed(run: Run) -> None:
    """A wrong one gives no session, whatever is answered, and costs an attempt where it was said to be wrong."""
    auth = manager(run, run.url, **parts())
    outcome = await run.faulted(auth.authenticate(run.login, "0" * 40, run.database.name), LoginFailed)
    assert isinstance(outcome, (LoginFailed, OdooUnavailable))
    assert await auth.sessions.list(run.database.name, run.login) == []
    assert await attempts_left(run, auth) == ATTEMPTS - isinstance(outcome, LoginFailed)


async def a_code_is_used_for_a_login(run: Run) -> None:
    """Once, and not before Odoo has said who that is."""
    shared = parts()
    clock, mfa = shared["clock"], shared["mfa"]
    user = Principal(run.database.name, run.uid, run.login, authenticated_at=NOW)
    totp = Totp((await mfa.enroll(user)).secret)
    await mfa.confirm(user, totp.code(clock.now()))
    clock.advance(60)
    auth, code = manager(run, run.url, **shared), totp.code(clock.now())
    outcome = await run.faulted(auth.authenticate(run.login, run.api_key, run.database.name, totp_token=code))
    assert isinstance(outcome, (str, OdooUnavailable))
    try:
        unused = await mfa.verify(run.database.name, run.uid, code) == "totp"
    except OtpMismatch:
        unused = False
    assert unused == isinstance(outcome, OdooUnavailable)


CASES: list[Callable[[Run], Awaitable[None]]] = [
    a_record_is_created,
    a_record_with_bound_values_is_created,
    a_record_is_written,
    records_are_read_and_searched,
    keys_are_rotated,
    a_user_logs_in,
    a_password_is_guessed,
    a_code_is_used_for_a_login,
]


LONG = {keys_are_rotated, a_user_logs_in, a_code_is_used_for_a_login}
"""Where each exchange has one of the faults, and elsewhere all of them."""


def plan(case: Callable[[Run], Awaitable[None]], exchanges: int) -> list[tuple[Fault, int]]:
    """What is to go wrong, one thing in each run."""
    faults = list(Fault)
    if case in LONG:
        return [(faults[number % len(faults)], number % exchanges) for number in range(max(exchanges, len(faults)))]
    return [(fault, number) for fault in faults for number in range(exchanges)]


@pytest.fixture(scope="module")
def database(odoo_database: OdooDatabase) -> OdooDatabase:
    """The module's database with the columns of `FIELDS`."""

    async def prepare() -> None:
        async with SecureZenooClient(odoo_database.url) as admin:
            await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
            await ensure_columns(admin, FIELDS)

    asyncio.run(prepare())
    return odoo_database


@pytest.fixture(scope="module")
def user(database: OdooDatabase) -> User:
    """A user whose credential Odoo looks at in no time."""
    user, key = database.create_user(), os.urandom(20).hex()
    database.sql(
        "INSERT INTO res_users_apikeys (name, user_id, scope, expiration_date, key, index) "
        "VALUES ('test', %s, 'rpc', now() + interval '1 day', %s, %s)",
        [user.uid, hash_as_odoo(key, rounds=6000), key[:8]],
    )
    return User(user.uid, user.login, key)


@pytest.fixture
async def haste(monkeypatch: pytest.MonkeyPatch) -> Haste:
    return Haste(monkeypatch)


@pytest.fixture
async def steady(database: OdooDatabase) -> AsyncIterator[SecureZenooClient]:
    async with SecureZenooClient(database.url, encrypted_fields=FIELDS, key_ring=RING, undecryptable="raise") as client:
        await client.login(database.name, database.admin_login, database.admin_password)
        yield client


@asynccontextmanager
async def a_run(database: OdooDatabase, steady: SecureZenooClient, user: User, haste: Haste) -> AsyncIterator[Run]:
    """A run that has asked nothing yet."""
    port = urlsplit(database.url).port
    assert port
    async with Proxy(port, haste, is_whole) as proxy:
        yield Run(database, steady, proxy, user)


@pytest.mark.asvs("v5.0.0-16.5.2", "v5.0.0-16.5.3")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_whatever_happens_to_an_exchange(
    database: OdooDatabase,
    steady: SecureZenooClient,
    user: User,
    haste: Haste,
    case: Callable[[Run], Awaitable[None]],
) -> None:
    """What was answered is stored once and encrypted, what was not says so, and nobody is let in or locked out."""
    failures, seen = [], []
    async with a_run(database, steady, user, haste) as run:
        await case(run)
        assert run.unanswered == 0
        exchanges = run.proxy.exchanges
    assert exchanges

    for fault, number in plan(case, exchanges):
        async with a_run(database, steady, user, haste) as run:
            with spoiled(run.proxy, fault, number, failures):
                await case(run)
            seen.append(run.secret)
    assert not failures, "\n".join(failures)
    stored = database.sql("SELECT string_agg(res_partner::text, ' ') AS partners FROM res_partner")[0]["partners"]
    assert not [secret for secret in seen if secret in stored]


@EACH_FAULT
async def test_the_proxy_does_what_it_says(
    database: OdooDatabase,
    steady: SecureZenooClient,
    user: User,
    haste: Haste,
    fault: Fault,
    *,
    is_answered: bool,
    is_done: bool,
) -> None:
    """And the client repeats nothing that writes."""
    async with a_run(database, steady, user, haste) as run, run.client() as client:
        await client.search(MODEL, [("name", "=", run.name)])
        run.proxy.spoil(fault)
        outcome = await run.faulted(client.create(MODEL, {"name": run.name, "email": run.secret}))
        assert run.proxy.spoiled
        assert (not isinstance(outcome, OdooUnavailable)) == is_answered
        assert len(await run.records()) == is_done
