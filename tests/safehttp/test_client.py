"""Requests to addresses of outsiders: real servers on this machine; only the answers of DNS are made up."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import ssl
import traceback
import zlib

import pytest

from zenoo_security import validate
from zenoo_security.errors import (
    FetchError,
    FetchFailed,
    FetchRefused,
    InputTooLarge,
    InsecureTransport,
    InvalidInput,
    MissingExtra,
    ParameterError,
    ResponseTooLarge,
    SecurityError,
)
from zenoo_security.safehttp import Limits, SafeClient

from .conftest import HOST, LOOPBACK, Names, answer, client_for, serving

SECRET = "zq7secret"


async def refused(client, url, **options):
    with pytest.raises(InvalidInput) as caught:
        await client.request("GET", url, **options)
    return caught.value.code


async def failed(client, url):
    with pytest.raises(FetchFailed) as caught:
        await client.get(url)
    return caught.value.reason


async def test_an_address_is_fetched_and_the_server_hears_the_name_of_the_host():
    async with serving(answer(b"hello", headers=["X-One: 1"])) as server, client_for(server) as client:
        response = await client.get(f"http://{HOST}:{server.port}/a?b=c#d")
    assert (response.status, response.content, response.header("x-one")) == (200, b"hello", "1")
    head = server.requests[0].decode()
    assert head.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"\r\nhost: {HOST}:{server.port}\r\n" in head
    assert SECRET not in repr(response)


async def test_a_body_and_headers_are_sent():
    async with serving(answer(status="202 Accepted")) as server, client_for(server) as client:
        response = await client.post(
            f"http://{HOST}:{server.port}", content=b"{}", headers={"Content-Type": "application/json"}
        )
    assert response.status == 202
    assert server.requests[0].endswith(b"\r\n\r\n{}")
    assert b"\r\ncontent-type: application/json\r\n" in server.requests[0]
    assert b"POST / HTTP/1.1" in server.requests[0]


@pytest.mark.asvs("v5.0.0-1.3.6")
async def test_a_name_that_leads_to_this_machine_is_refused_and_nothing_is_sent():
    async with serving(answer()) as server, client_for(server, allow_networks=()) as client:
        with pytest.raises(FetchRefused) as caught:
            await client.get(f"http://{HOST}:{server.port}/")
    assert caught.value.code == "url_address_refused"
    assert caught.value.message == validate.CODES["url_address_refused"]
    assert server.connections == 0


@pytest.mark.asvs("v5.0.0-1.3.6")
@pytest.mark.parametrize(
    "answers",
    [
        ["1.1.1.1", "10.0.0.1"], ["10.0.0.1", "1.1.1.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"], ["2002:7f00:1::1"], ["fe80::1%lo"], ["100.64.0.1"], ["224.0.0.1"], ["0.0.0.0"], ["nonsense"],
        ["1.1.1.1"] * 33,
    ],
    ids=lambda answers: "+".join(answers[:2]),
)  # fmt: skip
async def test_one_answer_that_is_not_public_refuses_them_all(answers):
    names = Names(hooks_example_com=answers)
    async with SafeClient(allow_hosts=None, resolve=names) as client:
        with pytest.raises(FetchRefused):
            await client.get(f"https://{HOST}/")
    assert names.asked == [HOST]


@pytest.mark.asvs("v5.0.0-1.3.6")
async def test_the_address_that_was_looked_at_is_the_one_that_is_called():
    """A name that is asked for once cannot change between the look and the call."""
    names = Names(hooks_example_com=[[LOOPBACK], ["169.254.169.254"]])
    async with serving(answer()) as server, client_for(server, names) as client:
        assert (await client.get(f"http://{HOST}:{server.port}/")).status == 200
        assert names.asked == [HOST]
        # The connection was closed: the next request asks again, and is refused.
        with pytest.raises(FetchRefused):
            await client.get(f"http://{HOST}:{server.port}/")
    assert server.connections == 1


async def test_the_next_address_is_tried_when_the_first_does_not_answer():
    async with serving(answer()) as server:
        names = Names(hooks_example_com=["127.0.0.2", LOOPBACK])
        async with client_for(server, names) as client:
            assert (await client.get(f"http://{HOST}:{server.port}/")).status == 200


@pytest.mark.asvs("v5.0.0-1.3.6", "v5.0.0-1.2.2")
@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/", "url_host"),
        ("http://2130706433/", "url_host"),
        ("http://0x7f000001/", "url_host"),
        ("http://0177.0.0.1/", "url_host"),
        ("http://127.1/", "url_host"),
        ("http://[::1]/", "url_host"),
        ("http://[::ffff:127.0.0.1]/", "url_host"),
        ("http://localhost/", "url_host"),
        ("http://\u2460\u2461\u2466.0.0.1/", "url_host"),
        ("http://hooks.example.com./", "url_host"),
        ("http://hooks.example.com%2f@evil.example/", "url_userinfo"),
        ("http://user:zq7secret@hooks.example.com/", "url_userinfo"),
        ("http://hooks.example.com\\@evil.example/", "url_userinfo"),
        ("http://hooks.example.com\\.evil.example/", "url_host"),
        ("http://hooks.example.com/\r\nHost: evil", "control"),
        ("http://hooks.example.com/ HTTP/1.1", "url_characters"),
        ("http://hooks.example.com:22/", "url_port_refused"),
        ("http://hooks.example.com:0/", "url_port"),
        ("http://hooks.example.com:99999/", "url_port"),
        ("http://evil.example/", "url_host_refused"),
        ("http://hooks.example.com.evil.example/", "url_host_refused"),
        ("http://xhooks.example.com/", "url_host_refused"),
        ("http://p\u0430ypal.com/", "host_lookalike"),
        ("file:///etc/passwd", "url_scheme"),
        ("gopher://hooks.example.com/", "url_scheme"),
        ("ftp://hooks.example.com/", "url_scheme"),
        ("//hooks.example.com/", "url_scheme"),
        ("javascript:alert(1)", "url_scheme"),
        ("", "empty"),
        (None, "type"),
        (b"http://hooks.example.com/", "type"),
        ("http://hooks.example.com/" + "a" * 2048, "too_long"),
    ],
    ids=ascii,
)
async def test_an_address_that_may_not_be_called_is_refused_before_a_name_is_looked_up(url, code):
    names = Names(hooks_example_com=[LOOPBACK])
    async with SafeClient(allow_hosts=[HOST], allow_http=True, resolve=names) as client:
        assert await refused(client, url) == code
    assert names.asked == []


async def test_plain_http_and_other_ports_have_to_be_allowed():
    async with SafeClient(allow_hosts=[HOST], resolve=Names()) as client:
        assert await refused(client, f"http://{HOST}/") == "url_scheme"
        assert await refused(client, f"https://{HOST}:8443/") == "url_port_refused"
        assert await failed(client, f"https://{HOST}/") == "dns"


async def test_hosts_below_a_domain_can_be_allowed_together():
    async with SafeClient(allow_hosts=["*.example.com"], resolve=Names()) as client:
        assert await failed(client, "https://a.b.EXAMPLE.com/") == "dns"
        for other in ("https://example.com/", "https://evilexample.com/", "https://example.com.evil.example/"):
            assert await refused(client, other) == "url_host_refused"


async def test_a_resolver_of_ones_own_may_fail_as_that_of_the_system_does():
    async def resolve(host, port):
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is not known")

    async with SafeClient(allow_hosts=None, resolve=resolve) as client:
        assert await failed(client, f"https://{HOST}/") == "dns"


# --- redirects ---


def redirecting(location, status="302 Found"):
    return answer(b"", status=status, headers=[f"Location: {location}"])


@pytest.mark.asvs("v5.0.0-1.3.6")
@pytest.mark.asvs("v5.0.0-15.3.2")
async def test_a_redirect_is_an_answer_unless_it_is_allowed():
    async with serving(redirecting("http://169.254.169.254/")) as server, client_for(server) as client:
        response = await client.get(f"http://{HOST}:{server.port}/")
    assert (response.status, response.header("location")) == (302, "http://169.254.169.254/")
    assert server.connections == 1


@pytest.mark.asvs("v5.0.0-1.3.6")
@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "url_host"),
        ("http://evil.example/", "url_host_refused"),
        ("http://inside.example.com:{port}/", "url_address_refused"),
        ("http://hooks.example.com:22/", "url_port_refused"),
        ("http://zq7secret:x@hooks.example.com/", "url_userinfo"),
        ("file:///etc/passwd", "url_scheme"),
        ("http://[::1", "empty"),
    ],
)
async def test_where_a_redirect_points_to_is_held_against_the_same_lists(location, code):
    names = Names(hooks_example_com=[LOOPBACK], inside_example_com=["10.0.0.1"])

    def reply(head):
        return redirecting(location.format(port=server.port))

    async with serving(reply) as server:
        options = {"allow_hosts": ["*.example.com"], "max_redirects": 3}
        async with client_for(server, names, **options) as client:
            assert await refused(client, f"http://{HOST}:{server.port}/") == code
    assert server.connections == 1


async def test_an_allowed_redirect_is_followed_as_often_as_it_may_be():
    def reply(head):
        return answer(b"there") if "/there" in head else redirecting("/there")

    async with serving(reply) as server, client_for(server, max_redirects=1) as client:
        assert (await client.get(f"http://{HOST}:{server.port}/")).content == b"there"
        # What changes something is sent once.
        assert (await client.post(f"http://{HOST}:{server.port}/", content=b"x")).status == 302
    async with serving(redirecting("/")) as server, client_for(server, max_redirects=3) as client:
        assert await failed(client, f"http://{HOST}:{server.port}/") == "redirects"
    assert server.connections == 4


async def test_headers_and_body_do_not_go_along_to_another_host():
    names = Names(hooks_example_com=[LOOPBACK], other_example_com=[LOOPBACK])

    def reply(head):
        return answer() if "other.example.com" in head else redirecting(f"http://other.example.com:{server.port}/")

    async with serving(reply) as server:
        options = {"allow_hosts": ["*.example.com"], "max_redirects": 1}
        async with client_for(server, names, **options) as client:
            url, headers = f"http://{HOST}:{server.port}/", {"Authorization": f"Bearer {SECRET}"}
            await client.request("GET", url, headers=headers, content=SECRET.encode())
    assert server.requests[0].count(SECRET.encode()) == 2
    assert SECRET.encode() not in server.requests[1]


async def test_cookies_are_not_kept():
    async with serving(answer(headers=["Set-Cookie: a=1"])) as server, client_for(server) as client:
        await client.get(f"http://{HOST}:{server.port}/")
        await client.get(f"http://{HOST}:{server.port}/")
    assert b"cookie" not in server.requests[1].lower()


async def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving(answer()) as server, client_for(server) as client:
        assert (await client.get(f"http://{HOST}:{server.port}/")).status == 200


# --- bounds ---


@pytest.mark.parametrize("body", [b"x" * 1001, b"x" * 1_000_000], ids=len)
async def test_a_body_over_the_limit_is_not_read_to_its_end(body):
    async with serving(answer(body)) as server, client_for(server, limits=Limits(max_response_bytes=1000)) as client:
        with pytest.raises(ResponseTooLarge) as caught:
            await client.get(f"http://{HOST}:{server.port}/")
    assert caught.value.limit == 1000


async def test_a_body_of_the_limit_is_read():
    for packed, headers in ((b"x" * 1000, []), (gzip.compress(b"x" * 1000), ["Content-Encoding: gzip"])):
        limits = Limits(max_response_bytes=1000)
        async with serving(answer(packed, headers=headers)) as server, client_for(server, limits=limits) as client:
            assert (await client.get(f"http://{HOST}:{server.port}/")).content == b"x" * 1000


@pytest.mark.parametrize("name", ["gzip", "deflate"])
async def test_a_bomb_is_not_unpacked(name):
    pack = gzip.compress if name == "gzip" else zlib.compress
    bomb = pack(b"\x00" * 50_000_000)
    assert len(bomb) < 100_000
    reply = answer(bomb, headers=[f"Content-Encoding: {name}"])
    async with serving(reply) as server, client_for(server, limits=Limits(max_response_bytes=100_000)) as client:
        with pytest.raises(ResponseTooLarge):
            await client.get(f"http://{HOST}:{server.port}/")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"no gzip", "gzip"),
        (gzip.compress(b"x", mtime=0)[:-4], "gzip"),
        (gzip.compress(b"x", mtime=0) + b"y", "gzip"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "gzip, gzip"),
        (b"x", "br"),
        (b"x", "zstd"),
        (b"x", ""),
    ],
)
async def test_a_body_that_is_not_packed_as_it_says_is_nonsense(body, encoding):
    reply = answer(body, headers=[f"Content-Encoding: {encoding}"])
    async with serving(reply) as server, client_for(server) as client:
        if encoding:
            assert await failed(client, f"http://{HOST}:{server.port}/") == "protocol"
        else:
            assert (await client.get(f"http://{HOST}:{server.port}/")).content == body


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nxxxxx",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "nonsense", "short", "two-lengths", "long-header", "bad-chunk"],
)
async def test_nonsense_is_told_as_nonsense(reply):
    async with serving(reply) as server, client_for(server) as client:
        assert await failed(client, f"http://{HOST}:{server.port}/") == "protocol"


async def test_a_server_that_says_nothing_is_given_up():
    async with serving(b"", hold=True) as server, client_for(server, limits=Limits(idle_s=0.1)) as client:
        assert await failed(client, f"http://{HOST}:{server.port}/") == "timeout"


async def test_a_server_that_drips_is_given_up_when_the_whole_takes_too_long():
    async with (
        serving(b"HTTP/1.1 200 OK\r\n", hold=True) as server,
        client_for(server, limits=Limits(idle_s=20, total_s=0.2)) as client,
    ):
        assert await failed(client, f"http://{HOST}:{server.port}/") == "timeout"


async def test_a_resolver_that_hangs_is_given_up():
    async def hangs(host, port):
        await asyncio.sleep(30)

    async with SafeClient(allow_hosts=None, resolve=hangs, limits=Limits(total_s=0.1)) as client:
        assert await failed(client, f"https://{HOST}/") == "timeout"


async def test_a_port_that_nobody_listens_on_is_no_connection():
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]
    names = Names(hooks_example_com=[LOOPBACK])
    options = {"allow_http": True, "allow_ports": [port], "allow_networks": ["127.0.0.0/8"], "resolve": names}
    async with SafeClient(allow_hosts=[HOST], **options) as client:
        assert await failed(client, f"http://{HOST}:{port}/") == "connect"


# --- headers ---


@pytest.mark.asvs("v5.0.0-4.2.4", "v5.0.0-4.2.5")
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X": "a\r\nEvil: 1"}, "header_value"),
        ({"X": "a\n"}, "header_value"),
        ({"X": "a\x00"}, "header_value"),
        ({"X": "\xfc"}, "header_value"),
        ({"X": 1}, "type"),
        ({"X": None}, "type"),
        ({"X\r\nEvil": "1"}, "header_name"),
        ({"X:": "1"}, "header_name"),
        ({"": "1"}, "header_name"),
        ({"\xfc": "1"}, "header_name"),
        ({5: "1"}, "header_name"),
        ({"Host": "evil.example"}, "header_name"),
        ({"Content-Length": "0"}, "header_name"),
        ({"Transfer-Encoding": "chunked"}, "header_name"),
        ({"Connection": "x"}, "header_name"),
        ({"Proxy-Authorization": "x"}, "header_name"),
        ({"A": "1", "a": "2"}, "header_name"),
        ({"A": "x" * 8190, "B": "x" * 100}, "too_large"),
        ({"A": "x" * 100_000}, "too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) else ascii(value)[:30],
)
async def test_headers_that_are_none_are_refused_and_nothing_is_sent(headers, code):
    async with serving(answer()) as server, client_for(server) as client:
        found = await refused(client, f"http://{HOST}:{server.port}/", headers=headers)
    assert found in {code, "too_large", "too_long"} if "too" in code else found == code
    assert server.connections == 0


async def test_a_body_over_the_limit_is_not_sent():
    async with serving(answer()) as server, client_for(server, limits=Limits(max_request_bytes=10)) as client:
        with pytest.raises(InputTooLarge):
            await client.post(f"http://{HOST}:{server.port}/", content=b"x" * 11)
        with pytest.raises(InvalidInput):
            await client.post(f"http://{HOST}:{server.port}/", content="text")
        with pytest.raises(ParameterError):
            await client.request("TRACE", f"http://{HOST}:{server.port}/")
        with pytest.raises(ParameterError):
            await client.request("GET / HTTP/1.1\r\nX:", f"http://{HOST}:{server.port}/")
    assert server.connections == 0


# --- TLS ---


@pytest.mark.asvs("v5.0.0-12.3.4")
async def test_the_certificate_is_checked_for_the_name_and_the_name_is_sent(authority, server_context):
    context = server_context(HOST)
    async with (
        serving(answer(), context=context) as server,
        client_for(server, ssl_context=authority.trusted()) as client,
    ):
        assert (await client.get(f"https://{HOST}:{server.port}/")).status == 200
    assert context.names == [HOST]


@pytest.mark.asvs("v5.0.0-12.3.2")
async def test_a_certificate_of_another_name_or_of_an_unknown_authority_is_refused(authority, server_context):
    async with (
        serving(answer(), context=server_context("other.example.com")) as server,
        client_for(server, ssl_context=authority.trusted()) as client,
    ):
        assert await failed(client, f"https://{HOST}:{server.port}/") == "tls"
    async with serving(answer(), context=server_context(HOST)) as server, client_for(server) as client:
        assert await failed(client, f"https://{HOST}:{server.port}/") == "tls"
    assert server.requests == []


@pytest.mark.asvs("v5.0.0-12.3.5")
async def test_a_certificate_of_ones_own_is_shown(authority, server_context, tmp_path):
    context = server_context(HOST)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.certificate.public_bytes(_PEM).decode())
    ours = authority.trusted()
    ours.load_cert_chain(authority.write(tmp_path, "client"))
    async with serving(answer(), context=context) as server:
        async with client_for(server, ssl_context=ours) as client:
            assert (await client.get(f"https://{HOST}:{server.port}/")).status == 200
        async with client_for(server, ssl_context=authority.trusted()) as client:
            with pytest.raises(FetchFailed):
                await client.get(f"https://{HOST}:{server.port}/")


from cryptography.hazmat.primitives.serialization import Encoding  # noqa: E402

_PEM = Encoding.PEM


@pytest.mark.asvs("v5.0.0-12.3.2", "v5.0.0-12.1.1")
def test_tls_that_does_not_verify_is_refused():
    blind, nameless, old = (ssl.create_default_context() for _ in range(3))
    blind.check_hostname = nameless.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    for context in (blind, nameless, old, ssl._create_unverified_context()):
        with pytest.raises(InsecureTransport):
            SafeClient(allow_hosts=None, ssl_context=context)
    for context in (False, True, "x"):
        with pytest.raises(ParameterError):
            SafeClient(allow_hosts=None, ssl_context=context)


async def test_a_redirect_from_https_to_http_is_refused(authority, server_context):
    async with serving(redirecting(f"http://{HOST}/"), context=server_context(HOST)) as server:
        options = {"ssl_context": authority.trusted(), "max_redirects": 1, "allow_ports": [server.port, 80]}
        async with client_for(server, **options) as client:
            assert await refused(client, f"https://{HOST}:{server.port}/") == "url_scheme"


# --- what is told ---


async def test_no_error_and_no_log_holds_the_address_or_the_answer(caplog, authority, server_context):
    caplog.set_level(logging.INFO)
    reply = answer(
        SECRET.encode(),
        headers=[f"Location: http://{SECRET}.example/", "Content-Encoding: " + SECRET],
        status="302 Found",
    )
    async with serving(reply) as server:
        url = f"http://{HOST}:{server.port}/{SECRET}?token={SECRET}"
        calls = [
            (client_for(server), url),
            (client_for(server, max_redirects=2), url),
            (client_for(server, allow_networks=()), url),
            (client_for(server, allow_ports=[1]), url),
            (client_for(server, allow_hosts=[]), url),
            (client_for(server, Names()), url),
            (client_for(server), f"http://{SECRET}@{HOST}/"),
        ]
        for client, address in calls:
            async with client:
                with pytest.raises(SecurityError) as caught:
                    await client.get(address, headers={"Authorization": SECRET})
            error = caught.value
            told = f"{error!s}{error!r}{error.args}{error.__dict__}"
            assert SECRET not in told
            assert error.__cause__ is None
            assert error.__context__ is None
            frames = "".join(traceback.format_exception_only(type(error), error))
            assert SECRET not in frames
    assert SECRET not in caplog.text


def test_the_errors_are_of_the_families_that_they_say():
    assert issubclass(FetchRefused, (FetchError, InvalidInput))
    assert issubclass(ResponseTooLarge, FetchError)
    assert not issubclass(FetchFailed, InvalidInput)


# --- arguments ---


@pytest.mark.parametrize(
    "options",
    [
        {"allow_hosts": "example.com"},
        {"allow_hosts": ["localhost"]},
        {"allow_hosts": ["https://example.com"]},
        {"allow_hosts": ["*"]},
        {"allow_hosts": ["*.com"]},
        {"allow_hosts": ["*."]},
        {"allow_hosts": [5]},
        {"allow_hosts": [None]},
        {"allow_hosts": [b"example.com"]},
        {"allow_hosts": ["x" * 3000]},
        {"allow_hosts": 5},
        {"allow_hosts": False},
        {"allow_hosts": b"example.com"},
        {"allow_hosts": None, "allow_ports": []},
        {"allow_hosts": None, "allow_ports": [0]},
        {"allow_hosts": None, "allow_ports": ["443"]},
        {"allow_hosts": None, "allow_ports": [[443]]},
        {"allow_hosts": None, "allow_ports": "443"},
        {"allow_hosts": None, "allow_ports": 443},
        {"allow_hosts": None, "allow_http": "false"},
        {"allow_hosts": None, "allow_lookalikes": 1},
        {"allow_hosts": None, "allow_networks": 5},
        {"allow_hosts": None, "allow_networks": None},
        {"allow_hosts": None, "limits": 5},
        {"allow_hosts": None, "limits": 0},
        {"allow_hosts": None, "resolve": "1.1.1.1"},
        {"allow_hosts": None, "allow_networks": ["10.0.0.1/8"]},
        {"allow_hosts": None, "max_redirects": -1},
        {"allow_hosts": None, "max_redirects": 21},
        {"allow_hosts": None, "max_redirects": True},
    ],
    ids=str,
)
def test_arguments_of_the_programmer_have_limits(options):
    with pytest.raises(ParameterError, match=list(options)[-1]):
        SafeClient(**options)


async def test_a_resolver_that_is_not_async_is_an_error_of_the_programmer():
    async with SafeClient(allow_hosts=None, resolve=lambda host, port: ["1.1.1.1"]) as client:
        with pytest.raises(ParameterError, match="resolve"):
            await client.get(f"https://{HOST}/")


@pytest.mark.parametrize("headers", [None, 5, "X: 1", [("X", "1")]], ids=str)
async def test_headers_that_are_no_mapping_are_an_error_of_the_programmer(headers):
    async with SafeClient(allow_hosts=None, resolve=Names()) as client:
        with pytest.raises(ParameterError, match="headers"):
            await client.get(f"https://{HOST}/", headers=headers)


@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), True, "1", None], ids=str)
def test_limits_have_limits(value):
    with pytest.raises(ParameterError):
        Limits(total_s=value)
    with pytest.raises(ParameterError):
        Limits(max_response_bytes=value)


def test_what_may_be_called_has_to_be_said():
    with pytest.raises(TypeError):
        SafeClient()


def test_a_missing_extra_is_named(monkeypatch):
    import sys

    for name in [name for name in sys.modules if name.startswith(("httpcore", "zenoo_security.safehttp."))]:
        if name.startswith("httpcore") or name.rpartition(".")[2] in {"sending", "connecting"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "httpcore", None)
    with pytest.raises(MissingExtra, match=r"zenoo-security\[http\]"):
        SafeClient(allow_hosts=None)
