"""Nothing over plain HTTP."""

from __future__ import annotations

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import ClientAddress, HostList, Https

from .driving import Sent, through
from .probing import HOST, handshake

ACCEPT = (b"accept", b"text/html,application/xhtml+xml;q=0.9")
HOSTS = HostList(["app.example.com"])


def page(**changes) -> Sent:
    return Sent(**{"headers": [HOST, ACCEPT], "scheme": "http", **changes})


@pytest.mark.asvs("v5.0.0-12.2.1", "v5.0.0-4.1.2")
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_a_program_is_refused_and_not_redirected(kind, heard, method) -> None:
    got = through(kind, [Https(HOSTS)], Sent(method=method, scheme="http"))
    assert got.status == 403
    assert got.values("location") == []
    assert [event.event for event in heard] == ["input_validation_fail"]


def test_https_passes(kind) -> None:
    assert through(kind, [Https(HOSTS)], Sent(scheme="https")).status == 200


@pytest.mark.asvs("v5.0.0-4.1.2")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_that_wants_a_page_is_redirected(kind, method) -> None:
    got = through(kind, [Https(HOSTS)], page(method=method, path="/a b/ü", query=b"x=1&y=%20"))
    assert (got.status, got.values("location")) == (308, [b"https://app.example.com/a%20b/%C3%BC?x=1&y=%20"])
    assert through(kind, [Https(HOSTS, redirect=301)], page()).status == 301


@pytest.mark.asvs("v5.0.0-4.1.2")
@pytest.mark.parametrize(
    "changes",
    [
        {"method": "POST"},
        {"headers": [HOST, ACCEPT, (b"authorization", b"Bearer x")]},
        {"headers": [HOST, ACCEPT, (b"sec-fetch-mode", b"cors")]},
        {"headers": [HOST, (b"accept", b"*/*")]},
        {"headers": [HOST]},
        {"headers": [(b"host", b"evil.example"), ACCEPT]},
        {"headers": [(b"host", b"app.example.com@evil.example"), ACCEPT]},
        {"headers": [ACCEPT]},
        {"path": "//evil.example/", "query": b"a\r\nset-cookie: a=b"},
        {"query": b'"><script>'},
        {"query": b"a" * 5000},
        {"path": "http://evil.example/"},
    ],
    ids=str,
)
def test_nobody_else_is_redirected(kind, changes) -> None:
    got = through(kind, [Https(HOSTS)], page(**changes))
    assert (got.status, got.values("location")) == (403, [])


def test_a_path_never_becomes_a_host(kind) -> None:
    got = through(kind, [Https(HOSTS)], page(path="//evil.example/..\r\nx: y"))
    assert got.values("location") == [b"https://app.example.com//evil.example/..%0D%0Ax:%20y"]


def test_the_redirect_leaves_the_port_of_plain_http(kind) -> None:
    got = through(kind, [Https(["app.example.com:8080"])], page(headers=[(b"host", b"app.example.com:8080"), ACCEPT]))
    assert got.values("location") == [b"https://app.example.com/"]


@pytest.mark.parametrize("control", [Https(), Https(HOSTS, redirect=None)], ids=["no hosts", "no redirect"])
def test_without_hosts_nobody_is_redirected(kind, control) -> None:
    assert through(kind, [control], page()).status == 403


@pytest.mark.asvs("v5.0.0-4.4.1")
def test_websockets_go_over_tls_alone() -> None:
    assert handshake([Https(HOSTS)], page()).status == 403
    assert handshake([Https(HOSTS)], page(scheme="https")) is None


@pytest.mark.parametrize(
    ("peer", "host", "status"),
    [
        ("127.0.0.1", b"localhost:8000", 200),
        ("::1", b"[::1]:8000", 200),
        ("127.0.0.1", b"app.localhost", 200),
        # A proxy of this machine that was not named, and a page of somebody else's that guesses.
        ("127.0.0.1", b"app.example.com", 403),
        ("203.0.113.9", b"localhost", 403),
        (None, b"localhost", 403),
    ],
)
def test_this_machine_is_let_in_when_that_is_said(kind, peer, host, status) -> None:
    sent = Sent(headers=[(b"host", host)], peer=peer, scheme="http")
    assert through(kind, [Https(loopback=True)], sent).status == status
    assert through(kind, [Https()], sent).status == 403


def test_a_client_behind_a_local_proxy_is_not_this_machine(kind) -> None:
    headers = [(b"host", b"localhost"), (b"x-forwarded-for", b"203.0.113.9")]
    controls = [ClientAddress(["127.0.0.1"]), Https(loopback=True)]
    assert through(kind, controls, Sent(headers=headers, peer="127.0.0.1", scheme="http")).status == 403


def test_a_load_balancer_may_ask_one_path(kind) -> None:
    control = Https(probe_paths=["/alive"])
    assert through(kind, [control], Sent(path="/alive", scheme="http")).status == 200
    assert through(kind, [control], Sent(path="/alive/x", scheme="http")).status == 403
    assert through(kind, [control], Sent("POST", path="/alive", scheme="http")).status == 403
    cookie = [HOST, (b"cookie", b"a=b")]
    assert through(kind, [control], Sent(path="/alive", headers=cookie, scheme="http")).status == 403


def test_a_websocket_is_no_probe() -> None:
    assert handshake([Https(probe_paths=["/alive"])], page(path="/alive", headers=[HOST])).status == 403


def test_a_trusted_proxy_tells_the_scheme(kind) -> None:
    controls = [ClientAddress(["10.0.0.1"]), Https(HOSTS)]
    headers = [HOST, (b"x-forwarded-for", b"192.0.2.1"), (b"x-forwarded-proto", b"https")]
    assert through(kind, controls, Sent(headers=headers, peer="10.0.0.1", scheme="http")).status == 200
    assert through(kind, controls, Sent(headers=headers, peer="10.0.0.2", scheme="http")).status == 403


@pytest.mark.parametrize(
    "arguments", [{"redirect": 302}, {"probe_paths": "/alive"}, {"probe_paths": ["alive"]}], ids=str
)
def test_arguments_are_checked(arguments) -> None:
    with pytest.raises(ParameterError):
        Https(HOSTS, **arguments)
