"""Who is asking: believed from trusted proxies alone, from the right to the left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import ParameterError
from zenoo_security.web import ClientAddress, client_key
from zenoo_security.web.client_address import FROM_PROXY
from zenoo_security.web.forwarded import x_forwarded_hops

from .driving import Sent
from .probing import HOST, known

PROXY = "10.0.0.1"
TRUSTED = ["10.0.0.0/8", "2001:db8:ffff::/48"]


def xff(*lines: bytes, peer: str | None = PROXY, proto: bytes | None = None) -> Sent:
    """A request by a proxy that writes X-Forwarded-For. WSGI has one line of a name, so lines are put together."""
    headers = [HOST, (b"x-forwarded-for", b", ".join(lines))] if lines else [HOST]
    headers += [(b"x-forwarded-proto", proto)] if proto is not None else []
    return Sent(headers=headers, peer=peer, scheme="http")


def forwarded(value: bytes, peer: str | None = PROXY) -> Sent:
    return Sent(headers=[HOST, (b"forwarded", value)], peer=peer, scheme="http")


@pytest.mark.asvs("v5.0.0-4.1.3", "v5.0.0-15.3.4")
@pytest.mark.parametrize(
    ("value", "client"),
    [
        (b"203.0.113.7", "203.0.113.7"),
        (b"203.0.113.7:51234", "203.0.113.7"),
        (b"2001:db8::7", "2001:db8::7"),
        (b"2001:DB8:0:0::7", "2001:db8::7"),
        (b"[2001:db8::7]", "2001:db8::7"),
        (b"[2001:db8::7]:443", "2001:db8::7"),
        (b"::ffff:203.0.113.7", "203.0.113.7"),
        # What the client sent stands to the left of what the proxies added.
        (b"198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (b"10.9.9.9, 203.0.113.7", "203.0.113.7"),
        (b"203.0.113.7, 10.1.1.1, 2001:db8:ffff::5", "203.0.113.7"),
        (b'", junk\xff, 203.0.113.7, 10.1.1.1', "203.0.113.7"),
        # All of them are ours.
        (b"10.2.2.2, 10.1.1.1", "10.2.2.2"),
        # Malformed, unknown, or nothing: the last address that is known.
        (b"unknown", PROXY),
        (b"_hidden, 10.1.1.1", "10.1.1.1"),
        (b"203.0.113.7.8", PROXY),
        (b"203.0.113.07", PROXY),
        (b"fe80::1%eth0", PROXY),
        (b"[192.0.2.1]", PROXY),
        (b"203.0.113.7:port", PROXY),
        (b"203.0.113.7 10.1.1.1", PROXY),
        (b"203.0.113.7,", PROXY),
        (b"", PROXY),
        (b"<script>", PROXY),
        (b"1" * 5000, PROXY),
    ],
)
def test_x_forwarded_for_is_read_from_the_right(kind: str, value: bytes, client: str) -> None:
    assert known(kind, [ClientAddress(TRUSTED)], xff(value))["client"] == client


@pytest.mark.asvs("v5.0.0-4.1.3", "v5.0.0-15.3.4")
@pytest.mark.parametrize(
    ("value", "client", "scheme"),
    [
        # RFC 7239, section 4.
        (b'Forwarded-is-not="a";for="_gazonk"', PROXY, "http"),
        (b'For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17", "http"),
        (b"for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60", "http"),
        (b"for=192.0.2.43, for=198.51.100.17", "198.51.100.17", "http"),
        (b"for=192.0.2.43;proto=https, for=10.1.1.1", "192.0.2.43", "https"),
        (b"FOR=192.0.2.43;Proto=HTTPS", "192.0.2.43", "https"),
        (b'for="192.0.2.43:47011"', "192.0.2.43", "http"),
        (b'for="192.0.2.43:_port"', "192.0.2.43", "http"),
        # The scheme is that of the hop that told the client, not one that the client wrote.
        (b"for=10.7.7.7;proto=https, for=192.0.2.43;proto=http", "192.0.2.43", "http"),
        # What is open on the left does not swallow what a proxy wrote.
        (b'for="198.51.100.1, for=192.0.2.43;proto=https', "192.0.2.43", "https"),
        (b'for="x,", for=192.0.2.43', "192.0.2.43", "http"),
        (b'for=192.0.2.43, for=10.1.1.1;by="_a,_b"', "192.0.2.43", "http"),
        (b"for=unknown", PROXY, "http"),
        (b"for=_hidden, for=10.1.1.1", "10.1.1.1", "http"),
        (b"for=2001:db8::1", PROXY, "http"),
        (b"for=[2001:db8::1]", PROXY, "http"),
        (b'for="2001:db8::1"', PROXY, "http"),
        (b"for=192.0.2.1;for=192.0.2.2", PROXY, "http"),
        (b'for="192.0.2.1\\"', PROXY, "http"),
        (b"by=192.0.2.1", PROXY, "http"),
        (b"192.0.2.1", PROXY, "http"),
        (b"for=192.0.2.1;;", PROXY, "http"),
        (b"for=192.0.2.43;proto=gopher", "192.0.2.43", "http"),
    ],
)
def test_forwarded_is_read_from_the_right(kind: str, value: bytes, client: str, scheme: str) -> None:
    found = known(kind, [ClientAddress(TRUSTED, header="forwarded")], forwarded(value))
    assert (found["client"], found["scheme"]) == (client, scheme)


@pytest.mark.asvs("v5.0.0-4.1.3", "v5.0.0-15.3.4")
@pytest.mark.parametrize("peer", ["203.0.113.9", "2001:db8::1", "testclient", None])
def test_nothing_is_believed_from_who_is_no_trusted_proxy(kind: str, peer: str | None) -> None:
    found = known(kind, [ClientAddress(TRUSTED)], xff(b"192.0.2.1", peer=peer, proto=b"https"))
    assert (found["client"], found["scheme"], found["found"]) == (peer, "http", {})


@pytest.mark.asvs("v5.0.0-4.1.3")
def test_the_other_header_is_never_looked_at(kind: str) -> None:
    both = [HOST, (b"x-forwarded-for", b"192.0.2.1"), (b"forwarded", b"for=192.0.2.2;proto=https")]
    sent = Sent(headers=both, peer=PROXY, scheme="http")
    found = known(kind, [ClientAddress(TRUSTED)], sent)
    assert (found["client"], found["scheme"]) == ("192.0.2.1", "http")
    found = known(kind, [ClientAddress(TRUSTED, header="forwarded")], sent)
    assert (found["client"], found["scheme"]) == ("192.0.2.2", "https")
    sent.headers.append((b"x-forwarded-proto", b"http"))
    assert known(kind, [ClientAddress(TRUSTED, header="forwarded")], sent)["scheme"] == "https"


@pytest.mark.parametrize(
    ("addresses", "protos", "scheme"),
    [
        (b"192.0.2.1", b"https", "https"),
        (b"192.0.2.1", b"HTTPS", "https"),
        # One value is that of the nearest proxy; the client's own address on the left changes nothing.
        (b"192.0.2.9, 192.0.2.1", b"https", "https"),
        (b"192.0.2.1, 10.1.1.1", b"https, http", "https"),
        (b"192.0.2.9, 192.0.2.1", b"https, http", "http"),
        (b"192.0.2.9, 192.0.2.8, 192.0.2.1", b"https, http", "http"),
        (b"192.0.2.1, 10.1.1.1, 10.2.2.2", b"https, http", "http"),
        (b"192.0.2.1", b"ftp", "http"),
        (b"192.0.2.1", b"https;x", "http"),
    ],
)
def test_the_scheme_is_that_of_a_trusted_hop(kind: str, addresses: bytes, protos: bytes, scheme: str) -> None:
    assert known(kind, [ClientAddress(TRUSTED)], xff(addresses, proto=protos))["scheme"] == scheme


def test_a_proxy_may_tell_the_scheme_alone(kind: str) -> None:
    found = known(kind, [ClientAddress(TRUSTED)], xff(proto=b"https"))
    assert (found["client"], found["scheme"]) == (PROXY, "https")


def test_a_proxy_that_serves_plain_http_behind_tls_takes_https_away(kind: str) -> None:
    sent = xff(b"192.0.2.1", proto=b"http")
    sent.scheme = "https"
    assert known(kind, [ClientAddress(TRUSTED)], sent)["scheme"] == "http"


def test_lines_of_the_header_are_one_list() -> None:
    headers = [
        HOST,
        (b"x-forwarded-for", b"192.0.2.9"),
        (b"x-forwarded-for", b"192.0.2.1"),
        (b"x-forwarded-for", b"10.1.1.1"),
    ]
    assert known("asgi", [ClientAddress(TRUSTED)], Sent(headers=headers, peer=PROXY))["client"] == "192.0.2.1"


def test_a_unix_socket_is_trusted_when_that_is_said(kind: str) -> None:
    sent = xff(b"192.0.2.1", peer=None, proto=b"https")
    assert known(kind, [ClientAddress(TRUSTED)], sent)["client"] is None
    found = known(kind, [ClientAddress([], unix_socket=True)], sent)
    assert (found["client"], found["scheme"], found["found"]) == ("192.0.2.1", "https", {FROM_PROXY: "True"})
    assert known(kind, [ClientAddress([], unix_socket=True)], xff(b"junk", peer=None))["client"] is None


def test_an_empty_address_is_none(kind: str) -> None:
    """So some servers write that there is a Unix socket."""
    found = known(kind, [ClientAddress([], unix_socket=True)], xff(b"192.0.2.1", peer=""))
    assert found["client"] == "192.0.2.1"
    assert known(kind, [], xff(peer=""))["client"] is None


def test_the_address_of_the_peer_has_one_spelling(kind: str) -> None:
    controls = [ClientAddress(TRUSTED)]
    assert known(kind, controls, xff(peer="::ffff:203.0.113.9"))["client"] == "203.0.113.9"
    assert known(kind, controls, xff(b"192.0.2.1", peer="::ffff:10.0.0.1"))["client"] == "192.0.2.1"


def test_only_the_end_of_a_long_header_is_looked_at() -> None:
    """What stands far on the left costs nothing."""
    far = b"192.0.2.1" + b" " * 5000 + b", 10.0.0.2"
    near = b"192.0.2.1" + b" " * 500 + b", 10.0.0.2"
    assert [str(hop.address) for hop in x_forwarded_hops(far, b"")] == ["10.0.0.2", "None"]
    assert [str(hop.address) for hop in x_forwarded_hops(near, b"")] == ["10.0.0.2", "192.0.2.1"]


def test_only_so_many_hops_are_followed(kind: str) -> None:
    chain = b", ".join([b"192.0.2.1"] + [b"10.0.0.%d" % number for number in range(40)])
    assert known(kind, [ClientAddress(TRUSTED)], xff(chain))["client"] == "10.0.0.8"
    chain = b", ".join([b"for=192.0.2.1"] + [b"for=10.0.0.%d" % number for number in range(40)])
    assert known(kind, [ClientAddress(TRUSTED, header="forwarded")], forwarded(chain))["client"] == "10.0.0.8"


def test_the_application_gets_the_client_and_the_scheme() -> None:
    import asyncio

    from zenoo_security.web import AsgiMiddleware, WsgiMiddleware

    from .driving import ask_asgi, ask_wsgi

    seen = []

    async def asgi(scope, receive, send):
        seen.append((scope["client"][0], scope["scheme"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    def wsgi(environ, start_response):
        seen.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]))
        start_response("200 OK", [])
        return [b""]

    sent = xff(b"192.0.2.1", proto=b"https")
    asyncio.run(ask_asgi(AsgiMiddleware(asgi, [ClientAddress(TRUSTED)]), sent))
    ask_wsgi(WsgiMiddleware(wsgi, [ClientAddress(TRUSTED)]), sent)
    assert seen == [("192.0.2.1", "https")] * 2


@given(junk=st.binary(max_size=300), header=st.sampled_from(["x-forwarded-for", "forwarded"]))
def test_whatever_a_client_sends_the_proxy_is_believed(junk: bytes, header: str) -> None:
    """The proxy appends the address that it sees; no text to the left of it changes what is found."""
    added = b"192.0.2.1" if header == "x-forwarded-for" else b'for="192.0.2.1"'
    sent = Sent(headers=[HOST, (header.encode(), junk + b", " + added)], peer=PROXY)
    assert known("asgi", [ClientAddress(TRUSTED, header=header)], sent)["client"] == "192.0.2.1"


@given(value=st.binary(max_size=300), header=st.sampled_from(["x-forwarded-for", "forwarded"]))
def test_a_client_is_an_address_whatever_the_header_says(value: bytes, header: str) -> None:
    sent = Sent(headers=[HOST, (header.encode(), value)], peer=PROXY)
    assert client_key(known("asgi", [ClientAddress(TRUSTED, header=header)], sent)["client"]) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        {"trusted": []},
        {"trusted": "10.0.0.0/8"},
        {"trusted": ["10.0.0.1/8"]},
        {"trusted": ["*"]},
        {"trusted": ["0.0.0.0/0"]},
        {"trusted": ["::/0"]},
        {"trusted": TRUSTED, "header": "x-real-ip"},
    ],
    ids=str,
)
def test_arguments_are_checked(arguments: dict) -> None:
    with pytest.raises(ParameterError):
        ClientAddress(**arguments)


def test_keys_group_ipv6_by_64() -> None:
    assert client_key("2001:db8:1:2::9") == client_key("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64"
    assert client_key("192.0.2.1") == client_key("::ffff:192.0.2.1") == "192.0.2.1"
    assert client_key(None) is None
