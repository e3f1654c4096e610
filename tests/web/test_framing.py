"""Heads that two readers could read in two ways."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from zenoo_security.errors import HeaderInjection
from zenoo_security.web import AsgiMiddleware, Control, Framing, Head, Request, WsgiMiddleware
from zenoo_security.web.control import Additions

from .driving import Sent, ask_asgi, ask_wsgi, through
from .probing import HOST, handshake

LENGTH = b"content-length"
TWICE = (b"content-type", b"text/plain")
CODING = b"transfer-encoding"


@pytest.mark.asvs("v5.0.0-4.2.1")
@pytest.mark.parametrize(
    "headers",
    [
        [(LENGTH, b"5"), (LENGTH, b"5")],
        [(LENGTH, b"5"), (LENGTH, b"6")],
        [(LENGTH, b"5"), (CODING, b"chunked")],
        [(CODING, b"chunked"), (CODING, b"chunked")],
        [(CODING, b"chunked, chunked")],
        [(CODING, b"identity")],
        [(CODING, b"gzip, chunked")],
        [(CODING, b"xchunked")],
        [(LENGTH, b"5, 5")],
        [(LENGTH, b"+5")],
        [(LENGTH, b"-5")],
        [(LENGTH, b"5 ")],
        [(LENGTH, b"0x5")],
        [(LENGTH, b"5_0")],
        [(LENGTH, b"")],
        [(LENGTH, "٣".encode())],
        [(b"host", b"app.example.com")],
        [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")],
        [(b"content-type", b"text/plain"), (b"content-type", b"application/json")],
        [(b"content_length", b"5")],
        [(b"x_forwarded_for", b"192.0.2.1")],
        [(b"x-shop", b"a"), (b"x_shop", b"b")],
        [(b"x_shop-id", b"a"), (b"x-shop_id", b"b")],
    ],
    ids=str,
)
def test_a_head_of_two_meanings_is_refused(heard, headers) -> None:
    got = through("asgi", [Framing()], Sent("POST", headers=[HOST, *headers]))
    assert (got.status, got.values("connection")) == (400, [b"close"])
    assert [event.event for event in heard] == ["input_validation_fail"]


@pytest.mark.asvs("v5.0.0-4.2.1")
@pytest.mark.parametrize(
    "headers",
    [[(LENGTH, b"5"), (CODING, b"chunked")], [(LENGTH, b"+5")], [(LENGTH, b"5,5")], [(CODING, b"chunked,chunked")]],
    ids=str,
)
def test_by_wsgi_what_its_server_leaves_of_it(headers) -> None:
    assert through("wsgi", [Framing()], Sent("POST", headers=[HOST, *headers])).status == 400


def test_a_name_with_an_underscore_is_not_one_with_a_hyphen_to_wsgi() -> None:
    """A header Content_Length is HTTP_CONTENT_LENGTH in the environ, beside CONTENT_LENGTH."""

    def empty(environ, start_response):
        start_response("200 OK", [])
        return [b""]

    app = WsgiMiddleware(empty, [Framing()])
    assert ask_wsgi(app, Sent("POST", headers=[HOST, (LENGTH, b"5")])).status == 200

    def smuggled(environ, start_response):
        return app(environ | {"HTTP_CONTENT_LENGTH": "6"}, start_response)

    assert ask_wsgi(smuggled, Sent("POST", headers=[HOST, (LENGTH, b"5")])).status == 400


def test_a_name_that_a_server_has_raised_out_of_its_character_set_is_no_token() -> None:
    """The capital of a micro sign is a Greek letter."""
    assert through("wsgi", [Framing()], Sent(headers=[HOST, ("x-µ".encode(), b"a")])).status == 400


@pytest.mark.asvs("v5.0.0-4.2.4")
@pytest.mark.parametrize("hostile", [b"a\r\nb: c", b"a\nb", b"a\rb", b"a\x00b", b"a\x1bb", b"a\x7fb"])
def test_control_characters_in_values_are_refused(kind, hostile) -> None:
    assert through(kind, [Framing()], Sent(headers=[HOST, (b"x-shop", hostile)])).status == 400


@pytest.mark.asvs("v5.0.0-4.2.4")
@pytest.mark.parametrize("name", [b"x shop", b"x-shop ", b"x\r\ny", b"x\x00", b"x:y", b"", b"x\xe4", b"Cookie"])
def test_names_are_tokens(name) -> None:
    """And in lower case, as ASGI has them: no control would find others."""
    assert through("asgi", [Framing()], Sent(headers=[HOST, (name, b"a")])).status == 400


@pytest.mark.parametrize(
    "headers",
    [
        [(LENGTH, b"5")],
        [(CODING, b"chunked")],
        [(CODING, b"Chunked")],
        [(b"x-shop", b"a\tb \xe4 ~")],
        [(b"cookie", b"a=b"), (b"cookie", b"c=d")],
        [(b"accept", b"a"), (b"accept", b"b")],
        [(b"api_key_id", b"7")],
        [(b"api_key_id", b"7"), (b"api_key_id", b"8")],
        [],
    ],
    ids=str,
)
def test_an_ordinary_head_passes(headers) -> None:
    assert through("asgi", [Framing()], Sent("POST", headers=[HOST, *headers])).status == 200


def test_a_request_without_any_header_passes(kind) -> None:
    assert through(kind, [Framing()], Sent(headers=[])).status == 200


def test_a_handshake_too() -> None:
    assert handshake([Framing()], Sent(headers=[HOST, (b"x_forwarded_for", b"192.0.2.1")])).status == 400


def test_what_was_refused_once_is_refused_again(kind) -> None:
    """Names that have been seen are not looked at again; what was found of them stands, and values do not."""
    framing = Framing()

    def ask(*headers):
        return through(kind, [framing], Sent("POST", headers=[HOST, *headers])).status

    for _ in range(2):
        assert ask((b"x-shop", b"a")) == 200
        assert ask((b"x-shop", b"a\nb")) == 400
        assert ask((LENGTH, b"5")) == 200
        assert ask((LENGTH, b"+5")) == 400
        assert ask((CODING, b"chunked")) == 200
        assert ask((CODING, b"identity")) == 400
        assert ask((LENGTH, b"5"), (CODING, b"chunked")) == 400


def test_names_of_responses_are_no_names_of_requests() -> None:
    """A response may have what a request may not, and the other way round."""
    framing = Framing()
    request = Request(kind="http", method="GET", scheme="https", path="/", query=b"", headers=[TWICE] * 2, peer=None)
    for _ in range(2):
        framing.after(request, Head(200, [TWICE] * 2))
        assert framing.before(request) is not None


def test_what_is_remembered_is_bounded() -> None:
    """In number and in size: otherwise whoever makes up names fills the memory."""
    framing = Framing()

    def ask(name):
        head = [(name, b"")]
        request = Request(kind="http", method="GET", scheme="https", path="/", query=b"", headers=head, peer=None)
        framing.before(request)
        framing.after(request, Head(200, head))

    tracemalloc.start()
    try:
        for number in range(3000):
            ask(b"%0900d" % number)
        for number in range(300):
            ask(b"%020000d" % number)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1_500_000


HOSTILE_HEADERS = [
    (b"x-shop", b"a\r\nset-cookie: a=b"),
    (b"x-shop", b"a\nb"),
    (b"x-shop", b"a\rb"),
    (b"x-shop", b"a\x00b"),
    (b"x-shop\r\nset-cookie", b"a=b"),
    (b"x shop", b"a"),
    (b"", b"a"),
]


@pytest.mark.asvs("v5.0.0-4.2.4")
@pytest.mark.parametrize("header", HOSTILE_HEADERS, ids=str)
def test_a_response_is_never_split(kind, header) -> None:
    """Whoever catches the exception in the application has sent nothing by then."""

    async def asgi(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [header]})
        await send({"type": "http.response.body"})

    def wsgi(environ, start_response):
        start_response("200 OK", [tuple(part.decode("latin-1") for part in header)])
        return [b""]

    def ask():
        if kind == "asgi":
            return asyncio.run(ask_asgi(AsgiMiddleware(asgi, [Framing()]), Sent()))
        return ask_wsgi(WsgiMiddleware(wsgi, [Framing()]), Sent())

    with pytest.raises(HeaderInjection):
        ask()


@pytest.mark.asvs("v5.0.0-4.2.4")
@pytest.mark.parametrize("phrase", ["OK\r\nset-cookie: a=b", "OK\nset-cookie: a=b", "OK\x00", "OK\x1b"])
def test_the_reason_of_a_status_line_splits_no_response(phrase) -> None:
    """With no control at all: a number has its own words."""
    started = []

    def app(environ, start_response):
        start_response(f"404 {phrase}", [])
        return [b""]

    def start_response(status, headers, exc_info=None):
        started.append(status)

    environ = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": "https", "PATH_INFO": "/"}
    list(WsgiMiddleware(app)(environ, start_response))
    assert started == ["404 Not Found"]


def test_headers_of_later_controls_are_looked_at_too(kind) -> None:
    class Careless(Control):
        def after(self, request, head):
            head.add(b"x-shop", b"a\r\nb: c")

    class Shorter(Careless):
        def after(self, request, head):
            super().after(request, head)

        def additions(self):
            return Additions(self.add)

        def add(self, request, head):
            self.after(request, head)
            return True

    for careless in (Careless(), Shorter()):
        with pytest.raises(HeaderInjection):
            through(kind, [Framing(), careless], Sent())
