"""The hosts that an application answers for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import ParameterError
from zenoo_security.web import Hosts
from zenoo_security.web.hostnames import parse_host

from .driving import Sent, through
from .probing import handshake, known

ALLOWED = [
    "app.example.com",
    "*.shop.example.com",
    "api.example.com:8443",
    "dev.example.com:*",
    "[2001:db8::1]",
    "192.0.2.1",
]


@pytest.mark.parametrize(
    ("value", "host"),
    [
        (b"app.example.com", "app.example.com"),
        (b"APP.Example.COM", "app.example.com"),
        (b"app.example.com.", "app.example.com"),
        (b"app.example.com:443", "app.example.com"),
        (b"app.example.com:80", "app.example.com"),
        (b"de.shop.example.com", "de.shop.example.com"),
        (b"a.de.shop.example.com", "a.de.shop.example.com"),
        (b"api.example.com:8443", "api.example.com:8443"),
        (b"dev.example.com", "dev.example.com"),
        (b"dev.example.com:3000", "dev.example.com:3000"),
        (b"[2001:db8::1]", "[2001:db8::1]"),
        (b"[2001:DB8:0::1]:443", "[2001:db8::1]"),
        (b"192.0.2.1", "192.0.2.1"),
    ],
)
def test_a_host_of_the_list_passes(kind, value, host) -> None:
    assert known(kind, [Hosts(ALLOWED)], Sent(headers=[(b"host", value)]))["found"]["host"] == host


@pytest.mark.parametrize(
    "value",
    [
        b"evil.example",
        b"app.example.com.evil.example",
        b"evilapp.example.com",
        b"shop.example.com",
        b"xshop.example.com",
        b"app.example.com:8443",
        b"api.example.com",
        b"api.example.com:443",
        b"[2001:db8::2]",
        b"192.0.2.2",
        b"localhost",
    ],
)
def test_other_hosts_are_misdirected(kind, heard, value) -> None:
    got = through(kind, [Hosts(ALLOWED)], Sent(headers=[(b"host", value)]))
    assert got.status == 421
    assert value not in got.body
    assert [event.event for event in heard] == ["input_validation_fail"]
    assert value.decode() not in str(heard)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b" app.example.com",
        b"app.example.com ",
        b"app.example.com:",
        b"app.example.com:0",
        b"app.example.com:65536",
        b"app.example.com:80:80",
        b"app.example.com:-1",
        b"app.example.com..",
        b".app.example.com",
        b"app..example.com",
        b"-app.example.com",
        b"user@app.example.com",
        b"app.example.com,evil.example",
        b"app.example.com/evil",
        b"app.example.com#",
        b"app.example.com\\@evil.example",
        b"app.example.com%00",
        b"app.example.com\x00",
        b"app.ex\xe4mple.com",
        b"http://app.example.com",
        b"2001:db8::1",
        b"[2001:db8::1",
        b"[2001:db8::1]evil",
        b"[fe80::1%25eth0]",
        b"[192.0.2.1]",
        b"192.0.2.01",
        b"192.0.2",
        b"3221225985",
        b"a" * 64 + b".example.com",
        b"a." * 200 + b"com",
    ],
)
def test_a_malformed_host_is_a_bad_request(kind, value) -> None:
    assert through(kind, [Hosts(ALLOWED)], Sent(headers=[(b"host", value)])).status == 400


def test_there_is_one_host(kind) -> None:
    assert through(kind, [Hosts(ALLOWED)], Sent(headers=[])).status == 400
    twice = [(b"host", b"app.example.com"), (b"host", b"app.example.com")]
    assert through("asgi", [Hosts(ALLOWED)], Sent(headers=twice)).status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "http://evil.example/", 400),
        ("GET", "*", 400),
        ("GET", "app.example.com:443", 400),
        ("OPTIONS", "*", 200),
        ("GET", "", 200),
    ],
)
def test_a_target_is_a_path(kind, method, path, status) -> None:
    assert (
        through(kind, [Hosts(ALLOWED)], Sent(method=method, path=path, headers=[(b"host", b"app.example.com")])).status
        == status
    )


def test_the_host_that_a_proxy_forwards_is_not_looked_at(kind) -> None:
    headers = [(b"host", b"evil.example"), (b"x-forwarded-host", b"app.example.com")]
    assert through(kind, [Hosts(ALLOWED)], Sent(headers=headers)).status == 421


def test_a_load_balancer_may_ask_one_path_by_an_address(kind) -> None:
    control = Hosts(ALLOWED, probe_paths=["/alive"])
    by_address = [(b"host", b"10.0.0.7:8000")]
    assert through(kind, [control], Sent(path="/alive", headers=by_address)).status == 200
    assert through(kind, [control], Sent(path="/alive/x", headers=by_address)).status == 421
    assert through(kind, [control], Sent("POST", path="/alive", headers=by_address)).status == 421
    assert through(kind, [control], Sent(path="/alive", headers=[*by_address, (b"cookie", b"a=b")])).status == 421


def test_a_websocket_too() -> None:
    assert handshake([Hosts(ALLOWED)], Sent(headers=[(b"host", b"evil.example")])).status == 421
    assert handshake([Hosts(ALLOWED)], Sent()) is None


@given(st.binary(max_size=300))
def test_a_host_that_is_read_reads_the_same_again(value) -> None:
    host = parse_host(value)
    if host is not None:
        assert parse_host(str(host).encode()) == host


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        "app.example.com",
        ["*"],
        ["*.*.com"],
        ["https://app.example.com"],
        ["app.example.com/x"],
        ["*.192.0.2.1"],
        ["ä.com"],
        [""],
    ],
    ids=str,
)
def test_the_list_is_checked(hosts) -> None:
    with pytest.raises(ParameterError):
        Hosts(hosts)
