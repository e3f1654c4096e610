"""An Odoo that is down, slow, wrong or refuses: a typed error that says what to do, and nothing of the data in it."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import json
import re
import socket
import ssl
import threading
import traceback

import pytest
import zenoo_rpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from zenoo_rpc.exceptions import base as rpc

from fake_odoo import DATABASE, LOGIN, PASSWORD, UID, FakeOdoo, OdooError, Raw
from zenoo_security import SecureZenooClient, errors
from zenoo_security.client import (
    AccessRefused,
    ConnectionFailed,
    CredentialRefused,
    LoginRefused,
    NotLoggedIn,
    OdooFailed,
    RecordMissing,
    RequestTimedOut,
    ValidationRefused,
)


@pytest.fixture
def fake():
    server = FakeOdoo()
    yield server
    server.close()


@pytest.fixture
async def client(fake):
    async with SecureZenooClient(fake.url, timeout=5) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        yield client


def everything(error: BaseException) -> str:
    """What a log or an error tracker would get to see of an exception."""
    seen = [repr(error), str(error), repr(vars(error)), "".join(traceback.format_exception(error))]
    return "\n".join(seen + [everything(e) for e in (error.__cause__, error.__context__) if e is not None])


BROKEN = [
    (Raw(b"<html>SECRET-BODY</html>"), "not an Odoo"),
    (Raw(b""), "not an Odoo"),
    (Raw(b"\xff\xfe\x00"), "not an Odoo"),
    (Raw(b'"SECRET-BODY"'), "not an Odoo"),
    (Raw(b'[{"jsonrpc": "2.0"}]'), "not an Odoo"),
    (Raw(b'{"result": 7}'), "not an Odoo"),
    (Raw(b"[" * 100_000), "not an Odoo"),
    (Raw(b"SECRET-BODY", 500), "HTTP 500.*log of Odoo"),
    (Raw(b"SECRET-BODY", 502), "HTTP 502.*log of Odoo"),
    (Raw(b"SECRET-BODY", 404), "HTTP 404.*host and port"),
    (Raw(b"SECRET-BODY", 301, Location="https://SECRET-BODY/"), "HTTP 301.*redirects"),
]


@pytest.mark.asvs("v5.0.0-15.3.2")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirection_is_not_followed(fake, status):
    """307 and 308 would carry the password along."""
    fake.answers["version"] = Raw(b"", status, Location=f"{fake.url}/elsewhere")
    async with SecureZenooClient(fake.url) as client:
        with pytest.raises(errors.OdooUnavailable, match="redirects"):
            await client.login(DATABASE, LOGIN, PASSWORD)
    assert len(fake.requests) == 1


@pytest.mark.asvs("v5.0.0-16.5.1")
@pytest.mark.parametrize(("response", "says"), BROKEN)
async def test_what_is_not_an_answer_of_odoo_is_unavailable_at_login(fake, response, says):
    fake.answers["version"] = response
    client = SecureZenooClient(fake.url)
    with pytest.raises(errors.OdooUnavailable, match=says) as caught:
        await client.login(DATABASE, LOGIN, PASSWORD)
    assert isinstance(caught.value, zenoo_rpc.ConnectionError)
    assert not isinstance(caught.value, rpc.AuthenticationError)
    assert "SECRET" not in everything(caught.value)
    assert PASSWORD not in everything(caught.value)
    await client.close()


async def test_an_answer_that_comes_twice_is_not_taken_for_the_next_one():
    """On a connection that is kept, what is left over would be read as the answer to whatever is asked next."""

    async def serve(reader, writer):
        with contextlib.closing(writer), contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
                request = json.loads(await reader.readexactly(length))
                asked = request["params"]["args"][5][0]
                answer = {"jsonrpc": "2.0", "id": request["id"], "result": [{"id": record} for record in asked]}
                body = json.dumps(answer).encode()
                answers = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
                writer.write(answers * (2 if asked == [1] else 1))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, SecureZenooClient("127.0.0.1", server.sockets[0].getsockname()[1]) as client:
        await client.resume(DATABASE, UID, LOGIN, PASSWORD, context={})
        assert await client.read("res.partner", [1], ["id"]) == [{"id": 1}]
        with pytest.raises(ConnectionFailed, match="belongs to another call"):
            await client.read("res.partner", [2], ["id"])
        # Others may be shifted as well; no one gets what another asked for, and then it is over.
        for record in range(3, 30):
            with contextlib.suppress(ConnectionFailed):
                assert await client.read("res.partner", [record], ["id"]) == [{"id": record}]
        assert await client.read("res.partner", [30], ["id"]) == [{"id": 30}]


@pytest.mark.parametrize("given", ["another", 7, None])
async def test_an_answer_to_another_question_is_none(fake, client, given):
    fake.answers["search"] = Raw(json.dumps({"jsonrpc": "2.0", "id": given, "result": [1]}).encode())
    with pytest.raises(ConnectionFailed, match=r"another call than search on res\.partner.*may have been done"):
        await client.search("res.partner", [])


async def test_plain_calls_an_outage_a_failed_login_and_repeats_the_body(fake):
    fake.answers["version"] = Raw(b"SECRET-BODY", 500)
    async with zenoo_rpc.ZenooClient(fake.url) as plain:
        with pytest.raises(rpc.AuthenticationError, match="SECRET-BODY"):
            await plain.login(DATABASE, LOGIN, PASSWORD)


@pytest.mark.parametrize("given", [7, "x", ["x"], None])
async def test_a_context_or_version_that_is_no_object_is_an_empty_one(fake, client, given):
    fake.answers["version"] = fake.answers["context_get"] = given
    await client.login(DATABASE, LOGIN, PASSWORD)
    await client.search("res.country", [])
    assert client.server_version == {}
    assert fake.calls("search")[0]["kwargs"] == {}


async def test_a_host_name_that_is_no_international_name_is_unavailable():
    async with SecureZenooClient("https://xn--") as client:
        with pytest.raises(ConnectionFailed, match="check the address"):
            await client.login(DATABASE, LOGIN, PASSWORD)


async def test_an_odoo_that_is_down_is_unavailable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with SecureZenooClient("127.0.0.1", port) as client:
        with pytest.raises(ConnectionFailed, match="check the address"):
            await client.login(DATABASE, LOGIN, PASSWORD)


async def test_an_odoo_that_is_slow_is_unavailable_and_the_text_says_how_to_wait_longer():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with SecureZenooClient("127.0.0.1", silent.getsockname()[1], timeout=0.1) as client:
            with pytest.raises(RequestTimedOut, match="longer timeout") as caught:
                await client.login(DATABASE, LOGIN, PASSWORD)
    assert isinstance(caught.value, rpc.RequestTimeoutError)


async def test_a_connection_that_breaks_in_the_middle_is_unavailable():
    def hang_up(server):
        connection, _ = server.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=hang_up, args=(server,), daemon=True).start()
        async with SecureZenooClient("127.0.0.1", server.getsockname()[1]) as client:
            with pytest.raises(ConnectionFailed):
                await client.login(DATABASE, LOGIN, PASSWORD)


async def test_a_closed_client_says_so(client):
    await client.close()
    with pytest.raises(ConnectionFailed, match="make a new one"):
        await client.login(DATABASE, LOGIN, PASSWORD)


def self_signed(folder):
    """A certificate for 127.0.0.1 that no authority knows, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.asvs("v5.0.0-12.3.2")
async def test_a_certificate_of_an_unknown_authority_is_refused_and_a_known_one_taken(tmp_path):
    certificate, key = self_signed(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server = FakeOdoo(tls)
    async with SecureZenooClient(server.url) as client:
        with pytest.raises(ConnectionFailed, match="certificate"):
            await client.login(DATABASE, LOGIN, PASSWORD)
    assert not server.requests
    known = ssl.create_default_context(cafile=str(certificate))
    async with SecureZenooClient(server.url, verify_ssl=known) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        assert client.uid == 7
    server.close()


REFUSALS = [
    ("odoo.exceptions.AccessError", AccessRefused, rpc.AccessError),
    ("odoo.exceptions.ValidationError", ValidationRefused, rpc.ValidationError),
    ("odoo.exceptions.UserError", ValidationRefused, rpc.ValidationError),
    ("odoo.exceptions.MissingError", RecordMissing, rpc.ValidationError),
    ("odoo.exceptions.MissingError", RecordMissing, rpc.AccessError),
    ("psycopg2.errors.UniqueViolation", ValidationRefused, rpc.ValidationError),
    ("odoo.exceptions.AccessDenied", CredentialRefused, rpc.AccessError),
    ("odoo.exceptions.AccessDenied", CredentialRefused, rpc.AuthenticationError),
    ("odoo.exceptions.AccessDenied", CredentialRefused, errors.AuthenticationError),
    ("psycopg2.OperationalError", ConnectionFailed, errors.OdooUnavailable),
    ("builtins.ValueError", OdooFailed, rpc.ZenooError),
    ("builtins.ValueError", OdooFailed, errors.OdooError),
    ("", OdooFailed, rpc.ZenooError),
]


@pytest.mark.parametrize(("name", "ours", "theirs"), REFUSALS)
async def test_an_error_of_odoo_is_told_by_its_class_and_keeps_no_value(client, fake, name, ours, theirs):
    fake.answers["write"] = OdooError(name, message="the access permission for SECRET-VALUE is required, invalid")
    values = {"vat": "SECRET-" + "VALUE"}
    with pytest.raises(theirs) as caught:
        await client.write("res.partner", [1], values)
    assert type(caught.value) is ours
    caught.value.odoo_message = None
    assert "SECRET" not in everything(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


async def test_the_words_of_odoo_are_kept_for_its_user_apart_from_the_text(client, fake):
    fake.answers["write"] = OdooError("odoo.exceptions.UserError", "No.\x00\x1b[31m\nNot today.")
    with pytest.raises(ValidationRefused) as caught:
        await client.write("res.partner", [1], {})
    assert caught.value.odoo_message == "No.[31m\nNot today."
    assert "today" not in str(caught.value)
    assert "write on res.partner" in str(caught.value)
    assert caught.value.context["raw_error"]["data"] == {"name": "odoo.exceptions.UserError"}


async def test_plain_leaks_the_server_traceback_and_the_values(fake):
    fake.answers["write"] = OdooError("builtins.ValueError", "a constraint is violated by SECRET-VALUE")
    async with zenoo_rpc.ZenooClient(fake.url) as plain:
        await plain.login(DATABASE, LOGIN, PASSWORD)
        with pytest.raises(rpc.ZenooError) as caught:
            await plain.write("res.partner", [1], {"vat": "SECRET-VALUE"}, check_access=False)
    assert "SECRET-PATH" in everything(caught.value)


@pytest.mark.parametrize("shape", [None, 7, "SECRET", [], {}, {"data": 3}, {"data": {"name": 5, "message": []}}])
async def test_an_error_of_any_shape_is_a_typed_error(client, fake, shape):
    broken = OdooError("x")
    broken.error = shape
    fake.answers["write"] = broken
    with pytest.raises(OdooFailed) as caught:
        await client.write("res.partner", [1], {})
    assert "SECRET" not in everything(caught.value)


async def test_an_unknown_field_is_named(client, fake):
    fake.answers["read"] = OdooError("builtins.ValueError", "Invalid field 'emial' on 'res.partner'")
    with pytest.raises(OdooFailed, match="no field 'emial'"):
        await client.read("res.partner", [1], ["emial"])


@pytest.mark.parametrize("value", [object(), b"bytes", {1, 2}, float("nan"), "lone \ud800 surrogate"])
async def test_what_cannot_be_json_is_invalid_input_and_not_an_outage(client, fake, value):
    asked = len(fake.requests)
    with pytest.raises(errors.InvalidInput, match="cannot be sent") as caught:
        await client.write("res.partner", [1], {"name": value})
    assert caught.value.__context__ is None
    assert len(fake.requests) == asked


async def test_a_value_of_10_mb_passes_unchanged(client, fake):
    fake.answers["write"] = lambda _ids, vals, **_: len(vals["comment"])
    assert await client.execute_kw("res.partner", "write", [[1], {"comment": "é" * 5_000_000}]) == 5_000_000


# --- the login ---


@pytest.mark.asvs("v5.0.0-6.3.8")
@pytest.mark.parametrize(("login", "password"), [(LOGIN, "wrong"), ("nobody", PASSWORD), ("", ""), ("x" * 9999, "y")])
async def test_a_wrong_login_has_one_text_and_is_both_kinds_of_error(fake, login, password):
    async with SecureZenooClient(fake.url) as client:
        with pytest.raises(LoginRefused) as caught:
            await client.login(DATABASE, login, password)
        assert isinstance(caught.value, rpc.AuthenticationError)
        assert isinstance(caught.value, errors.AuthenticationError)
        assert str(caught.value) == "Odoo refused the login: wrong user name, password or API key"
        assert not client.is_authenticated


@pytest.mark.parametrize("answer", [False, None, 0, -1, True, "7", [7]])
async def test_only_a_positive_number_is_a_user(fake, answer):
    fake.answers["authenticate"] = answer
    async with SecureZenooClient(fake.url) as client:
        with pytest.raises(LoginRefused):
            await client.login(DATABASE, LOGIN, PASSWORD)


async def test_a_failed_login_does_not_leave_the_user_before_it_logged_in(client):
    with pytest.raises(LoginRefused):
        await client.login(DATABASE, LOGIN, "wrong")
    assert client.uid is None
    with pytest.raises(NotLoggedIn):
        await client.read("res.partner", [1])


async def test_the_context_is_loaded_with_the_credential_and_not_with_the_word_password(client, fake):
    assert [call["credential"] for call in fake.calls("context_get")] == [PASSWORD]
    assert client._session.context == {"lang": "de_DE", "tz": "Europe/Berlin"}


async def test_plain_sends_the_word_password(fake):
    async with zenoo_rpc.ZenooClient(fake.url) as plain:
        await plain.login(DATABASE, LOGIN, PASSWORD)
    assert [call["credential"] for call in fake.calls("context_get")] == ["password"]


@pytest.mark.asvs("v5.0.0-13.2.1")
@pytest.mark.parametrize("secure", [False, True])
async def test_an_api_key_is_kept_for_the_calls(fake, secure):
    client = (SecureZenooClient if secure else zenoo_rpc.ZenooClient)(fake.url)
    await client.login_with_api_key(DATABASE, LOGIN, PASSWORD)
    await client.execute_kw("res.partner", "read", [[1]])
    assert fake.calls("read")[0]["credential"] == (PASSWORD if secure else None)
    await client.close()


async def test_a_login_is_resumed_without_logging_in_again(fake):
    async with SecureZenooClient(fake.url) as client:
        await client.resume(DATABASE, UID, LOGIN, PASSWORD)
        await client.execute_kw("res.partner", "read", [[1]])
        assert (client.uid, client.username, client._session.context["lang"]) == (UID, LOGIN, "de_DE")
    assert [request["method"] for request in fake.requests] == ["execute_kw", "execute_kw"]
    assert {call["credential"] for call in fake.calls("read")} == {PASSWORD}


async def test_a_login_is_resumed_without_a_request_when_the_context_is_known(fake):
    async with SecureZenooClient(fake.url) as client:
        await client.resume(DATABASE, UID, LOGIN, PASSWORD, context={"lang": "fr_FR"})
        assert client._session.context == {"lang": "fr_FR"}
    assert fake.requests == []


async def test_a_login_that_is_not_resumed_leaves_nobody_logged_in(client, fake):
    fake.answers["context_get"] = OdooError("odoo.exceptions.AccessDenied")
    with pytest.raises(CredentialRefused):
        await client.resume(DATABASE, UID, LOGIN, "old")
    assert client.uid is None


@pytest.mark.parametrize("secure", [False, True])
async def test_the_password_is_gone_after_close(fake, secure):
    client = (SecureZenooClient if secure else zenoo_rpc.ZenooClient)(fake.url)
    await client.login(DATABASE, LOGIN, PASSWORD)
    await client.close()
    assert client._session.password == (None if secure else PASSWORD)


async def test_the_password_is_gone_even_when_closing_fails(client):
    class Broken:
        async def close(self):
            raise RuntimeError

    client.ai = Broken()
    with pytest.raises(RuntimeError):
        await client.close()
    assert client._session.password is None
    client.ai = None


async def test_logout_forgets_and_the_client_can_log_in_again(client):
    await client.logout()
    assert client._session.password is None
    with pytest.raises(rpc.AuthenticationError):
        await client.search("res.partner", [])
    with pytest.raises(NotLoggedIn):
        client.model(object)
    await client.login(DATABASE, LOGIN, PASSWORD)
    assert client.uid == 7


def test_no_text_of_the_client_shows_the_password():
    client = SecureZenooClient("localhost")
    client._session._password = PASSWORD
    assert PASSWORD not in repr(client) + str(client) + repr(client._session)
