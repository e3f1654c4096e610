"""The clients of sessions: logged in without a second login, never shared, and closed with their session."""

from __future__ import annotations

import asyncio
import gc

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, UID, FakeOdoo, OdooError, Raw
from zenoo_security import AccessControlManager, Encrypted, EncryptedFields, SecureZenooClient
from zenoo_security.auth import odoo as odoo_of_logins
from zenoo_security.client import CredentialRefused, LoginRefused, NotLoggedIn
from zenoo_security.errors import ConfigurationError, LoginFailed, OdooUnavailable, PermissionDenied, SessionEnded
from zenoo_security.policy import Policy


@pytest.fixture
def fake():
    server = FakeOdoo()
    server.answers["res.users.read"] = lambda ids, fields: [{"id": ids[0], "login": LOGIN, "all_group_ids": [1, 9]}]
    server.answers["get_external_id"] = lambda ids: {str(key): f"base.group_{key}" for key in ids}
    yield server
    server.close()


@pytest.fixture
async def auth(fake, make_auth):
    auth = make_auth(odoo=None, odoo_url=fake.url)
    yield auth
    await auth.aclose()


@pytest.fixture
async def token(auth):
    return await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_odoo_is_asked_with_the_users_own_credential_alone(auth, fake, token):
    principal = (await auth.session(token)).principal
    assert (principal.uid, principal.login, principal.groups) == (UID, LOGIN, {"base.group_1", "base.group_9"})
    calls = [request["args"][1:3] for request in fake.requests if request["method"] == "execute_kw"]
    assert calls == [[UID, PASSWORD]] * 3


async def test_asking_again_takes_two_requests(auth, fake, token, clock):
    del fake.requests[:]
    clock.advance(46)
    await auth.session(token)
    assert [request["args"][4] for request in fake.requests] == ["read", "get_external_id"]
    assert [request["args"][:3] for request in fake.requests] == [[DATABASE, UID, PASSWORD]] * 2


async def test_an_api_key_logs_in_again_to_be_asked_about(auth, fake, token, clock):
    """Odoo checks it at a login alone, once it has seen it."""
    key = "0123456789abcdef" * 2 + "01234567"
    principal = (await auth.session(token)).principal
    del fake.requests[:]
    with pytest.raises(LoginRefused):
        await auth._odoo.still_valid(principal, key)
    assert fake.requests[-1]["args"][:3] == [DATABASE, LOGIN, key]


async def test_a_new_password_is_set_by_odoo_as_the_user(auth, fake, token):
    new = "eleven green boats at noon"
    await auth.change_password(token, PASSWORD, new)
    assert [DATABASE, UID, PASSWORD, "res.users", "change_password", [PASSWORD, new]] in [
        request["args"][:6] for request in fake.requests
    ]


async def test_the_authorities_are_read_once(fake, make_auth, monkeypatch):
    """That takes 20 ms, for a manager and for all of its logins and clients."""
    made = []
    tls = odoo_of_logins._tls
    monkeypatch.setattr(odoo_of_logins, "_tls", lambda ca_file: made.append(ca_file) or tls(ca_file))
    async with make_auth(odoo=None, odoo_url=fake.url) as auth:
        await auth.client(await auth.authenticate(LOGIN, PASSWORD, DATABASE))
    assert made == [None]


async def test_a_client_is_logged_in_without_another_login(auth, fake, token):
    client = await auth.client(token)
    assert isinstance(client, SecureZenooClient)
    await client.read("res.partner", [1])
    assert fake.calls("read")[-1]["credential"] == PASSWORD
    assert sum(request["method"] == "authenticate" for request in fake.requests) == 1
    assert client._session.context["lang"] == "de_DE"


async def test_a_client_has_the_fields_and_the_policy_of_the_manager(make_auth, fake):
    fields = EncryptedFields({"res.partner": {"ref": Encrypted()}})
    row = {
        "login": LOGIN,
        "all_group_ids": [1],
        "partner_id": [3, "Ann"],
        "company_id": [1, "Shop"],
        "company_ids": [1],
    }
    fake.answers["res.users.read"] = lambda ids, fields: [{"id": ids[0], **row}]
    async with make_auth(
        odoo=None, odoo_url=fake.url, encrypted_fields=fields, access=AccessControlManager(Policy({}))
    ) as auth:
        client = await auth.client(await auth.authenticate(LOGIN, PASSWORD, DATABASE))
        assert (client.encrypted_fields, client.username) == (fields, LOGIN)
        with pytest.raises(PermissionDenied):
            await client.read("res.partner", [1])


async def test_a_session_has_one_client_and_shares_it_with_no_other(auth, token):
    other = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    clients = await asyncio.gather(*[auth.client(each) for each in (token, other) * 10])
    assert len(set(map(id, clients))) == 2
    for each, client in zip((token, other), clients, strict=False):
        assert client.session_id == (await auth.session(each)).id
        assert await auth.client(each) is client


@pytest.mark.asvs("v5.0.0-7.4.1")
async def test_a_client_is_of_no_use_after_its_session(auth, token):
    client = await auth.client(token)
    await auth.logout(token)
    assert client._transport._client.is_closed
    assert client._session.password is None
    with pytest.raises(NotLoggedIn):
        await client.read("res.partner", [1])
    with pytest.raises(SessionEnded):
        await auth.client(token)


@pytest.mark.parametrize("end", ["logout_everywhere", "end_session", "end_others", "step_up", "change_password"])
async def test_whatever_ends_a_session_or_its_token_closes_the_client(auth, token, end):
    ended = await auth.authenticate(LOGIN, PASSWORD, DATABASE)
    client = await auth.client(ended)
    if end == "logout_everywhere":
        await auth.logout_everywhere(LOGIN, DATABASE)
    elif end == "end_session":
        await auth.end_session(token, client.session_id)
    elif end == "end_others":
        await auth.end_others(token)
    elif end == "step_up":
        await auth.step_up(ended, password=PASSWORD)
    else:
        await auth.change_password(ended, PASSWORD, "eleven green boats at noon")
    assert client._transport._client.is_closed


async def test_a_session_that_another_process_ended_stops_the_client(auth, make_auth, fake, token):
    client = await auth.client(token)
    elsewhere = make_auth(odoo=None, odoo_url=fake.url)
    await elsewhere.logout(token)
    del fake.requests[:]
    with pytest.raises(SessionEnded):
        await client.read("res.partner", [1])
    assert fake.requests == []
    assert client._transport._client.is_closed


async def test_a_user_who_was_archived_cannot_use_a_client_that_is_open(auth, fake, token, clock):
    client = await auth.client(token)
    fake.answers["res.users.read"] = OdooError("odoo.exceptions.AccessDenied")
    clock.advance(46)
    with pytest.raises(SessionEnded):
        await client.read("res.partner", [1])


async def test_a_user_whom_odoo_has_no_more_is_one_whose_credential_it_refuses(auth, fake, token):
    principal = (await auth.session(token)).principal
    fake.answers["res.users.read"] = OdooError("odoo.exceptions.MissingError")
    with pytest.raises(CredentialRefused, match=r"^Odoo no longer has the user of this client$"):
        await auth._odoo.still_valid(principal, PASSWORD)


async def test_a_client_that_odoo_refuses_ends_the_session(auth, fake, token):
    fake.answers["context_get"] = OdooError("odoo.exceptions.AccessDenied")
    with pytest.raises(SessionEnded):
        await auth.client(token)
    with pytest.raises(SessionEnded):
        await auth.session(token)


async def test_while_odoo_is_down_there_is_no_client_and_the_session_stays(auth, fake, token):
    fake.answers["context_get"] = Raw(b"", 502)
    with pytest.raises(OdooUnavailable):
        await auth.client(token)
    del fake.answers["context_get"]
    assert await auth.client(token)


async def test_a_client_closes_after_the_calls_that_it_is_in(auth, fake, token):
    reached, release = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(*_, **__):
        loop.call_soon_threadsafe(reached.set)
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(10)
        return [{"id": 1}]

    fake.answers["res.partner.read"] = slow
    client = await auth.client(token)
    reading = asyncio.ensure_future(client.read("res.partner", [1]))
    await reached.wait()
    await auth.logout(token)
    assert not client._transport._client.is_closed
    says = r"^this client was given back: ask for the client of the session again$"
    with pytest.raises(NotLoggedIn, match=says):
        await client.read("res.partner", [2])
    release.set()
    assert await reading == [{"id": 1}]
    assert client._transport._client.is_closed


async def test_a_client_that_was_given_back_closes_after_the_last_of_its_calls(auth, fake, token):
    release = {1: asyncio.Event(), 2: asyncio.Event()}
    reached, loop = asyncio.Semaphore(0), asyncio.get_running_loop()

    def slow(ids, *_, **__):
        loop.call_soon_threadsafe(reached.release)
        asyncio.run_coroutine_threadsafe(release[ids[0]].wait(), loop).result(10)
        return [{"id": ids[0]}]

    fake.answers["res.partner.read"] = slow
    client = await auth.client(token)
    readings = {number: asyncio.ensure_future(client.read("res.partner", [number])) for number in release}
    for _ in readings:
        await reached.acquire()
    await auth._pool.aclose()
    for number, is_closed in ((1, False), (2, True)):
        release[number].set()
        assert await readings[number] == [{"id": number}]
        assert client._transport._client.is_closed == is_closed


async def test_the_pool_is_bounded_and_forgets_who_is_idle(make_auth, fake, clock):
    async with make_auth(odoo=None, odoo_url=fake.url, max_clients=2) as auth:
        tokens = [await auth.authenticate(LOGIN, PASSWORD, DATABASE) for _ in range(3)]
        first, second = [await auth.client(token) for token in tokens[:2]]
        assert await auth.client(tokens[0]) is first
        third = await auth.client(tokens[2])
        closed = [client._transport._client.is_closed for client in (first, second, third)]
        assert (closed, len(auth._pool)) == ([False, True, False], 2)
        clock.advance(61)
        again = await auth.client(tokens[0])
        assert again is not first
        assert first._transport._client.is_closed
        assert third._transport._client.is_closed
    assert again._transport._client.is_closed


async def test_while_an_idle_client_is_closed_a_new_one_is_left_alone(auth, token, clock):
    """Over TLS it takes a while to close a connection."""
    tokens = [token, await auth.authenticate(LOGIN, PASSWORD, DATABASE)]
    slow, _ = [await auth.client(token) for token in tokens]
    closing, release, close = asyncio.Event(), asyncio.Event(), slow.close

    async def close_slowly():
        closing.set()
        await release.wait()
        await close()

    slow.close = close_slowly
    clock.advance(61)
    asking = asyncio.ensure_future(auth.client(tokens[0]))
    await closing.wait()
    new = await auth.client(tokens[1])
    release.set()
    await asking
    await new.read("res.partner", [1])
    assert await auth.client(tokens[1]) is new


async def test_leaving_a_block_leaves_the_client_to_the_pool(auth, token):
    async with await auth.client(token) as client:
        await client.read("res.partner", [1])
    assert await auth.client(token) is client
    await client.close()
    assert await auth.client(token) is not client


async def test_an_odoo_without_an_address_gives_no_client(make_auth):
    auth = make_auth()
    from scripted_odoo import DATABASE, LOGIN, PASSWORD

    says = r"^a client needs an Odoo: set ZENOO_SECURITY_ODOO_URL to its https:// address$"
    with pytest.raises(ConfigurationError, match=says):
        await auth.client(await auth.authenticate(LOGIN, PASSWORD, DATABASE))


@pytest.mark.parametrize("rows", [[{}], [{"login": LOGIN, "all_group_ids": 7}], {"a": 1}, "text"])
async def test_what_does_not_read_users_as_an_odoo_does_lets_nobody_in(auth, fake, rows):
    fake.answers["res.users.read"] = lambda *_: rows
    with pytest.raises(OdooUnavailable):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_a_user_who_cannot_read_themselves_is_not_let_in(auth, fake):
    fake.answers["res.users.read"] = lambda *_: []
    with pytest.raises(LoginFailed):
        await auth.authenticate(LOGIN, PASSWORD, DATABASE)


async def test_a_client_of_a_session_logs_nobody_else_in(auth, fake, token):
    client = await auth.client(token)
    for log_in in (client.login, client.login_with_api_key):
        says = r"^this client belongs to a session: log others in with SecureAuthManager\.authenticate$"
        with pytest.raises(NotLoggedIn, match=says):
            await log_in(DATABASE, "other", PASSWORD)
    assert (await auth.client(token)).uid == UID


@pytest.fixture
async def opening(auth, token):
    """The client of the session as it is opened, and what lets it go on."""
    reached, go_on = asyncio.Event(), asyncio.Event()
    get = auth.sessions.credential

    async def credential(asked):
        found = await get(asked)
        reached.set()
        await go_on.wait()
        return found

    auth.sessions.credential = credential
    client = asyncio.create_task(auth.client(token))
    await reached.wait()
    return client, go_on


async def test_a_logout_while_the_client_is_opened_leaves_none(auth, token, opening):
    client, go_on = opening
    await auth.logout(token)
    go_on.set()
    with pytest.raises(SessionEnded):
        await client
    assert len(auth._pool) == 0


async def test_a_client_that_opens_while_its_manager_closes_is_closed(auth, opening):
    client, go_on = opening
    await auth.aclose()
    go_on.set()
    assert (await client)._transport._client.is_closed
    with pytest.raises(NotLoggedIn):
        await (await client).read("res.partner", [1])
    assert len(auth._pool) == 0


async def test_a_client_that_opens_while_its_manager_closes_once_more_is_closed(auth, token):
    """Each closing counts, not the first alone."""
    await auth._pool.aclose()
    reached, go_on = asyncio.Event(), asyncio.Event()
    session = await auth.session(token)

    async def open_client():
        client = await auth._open_client(token, session)
        reached.set()
        await go_on.wait()
        return client

    getting = asyncio.create_task(auth._pool.get(b"key", open_client))
    await reached.wait()
    await auth._pool.aclose()
    go_on.set()
    assert (await getting)._transport._client.is_closed
    assert len(auth._pool) == 0


async def test_a_failure_that_nobody_waits_for_any_more_is_nobodys(auth):
    """The log of asyncio would have it when it is collected, with what Odoo was asked."""
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    go_on = asyncio.Event()

    async def fail():
        await go_on.wait()
        raise OdooUnavailable

    joining = asyncio.create_task(auth._pool.get(b"key", fail))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    go_on.set()
    for _ in range(5):
        await asyncio.sleep(0)
    gc.collect()
    assert told == []
    assert not auth._pool._opening._tasks
