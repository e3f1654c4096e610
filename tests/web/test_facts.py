"""What one look at a head finds out, and that nothing else is lost by it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import ParameterError
from zenoo_security.web import (
    AsgiMiddleware,
    Control,
    Framing,
    Head,
    Methods,
    Request,
    Response,
    SecurityHeaders,
    csp_nonce,
    headers,
)
from zenoo_security.web.facts import AMBIGUOUS, BODY, QUERY, WEBSOCKET, other_methods
from zenoo_security.web.security_controls import SecurityControls

from .driving import Got, Sent, ask_asgi, through

ONCE = (b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization")
LOOKED_AT = {
    *ONCE,
    *b"cookie forwarded origin referer sec-fetch-mode sec-fetch-site x-csrf-token x-real-ip x-request-id".split(),
    *b"x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto".split(),
}
TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
CONTROLS = {*range(0x20), 0x7F} - {0x09}

REQUEST_NAMES = st.sampled_from(
    [
        *sorted(LOOKED_AT),
        b"x_shop",
        b"x-shop",
        b"x_shop-id",
        b"x-shop_id",
        b"content_length",
        b"x_real-ip",
        b"Accept",
        b"a b",
        b"",
    ]
) | st.binary(max_size=3)
REQUEST_VALUES = st.sampled_from([b"5", b"+5", b"", b"chunked", b"Chunked", b"gzip", b"a\tb", b"a\r\nb"]) | st.binary(
    max_size=20
)
KNOWN_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
METHODS = st.sampled_from([*KNOWN_METHODS, "PROPFIND", "get"])


def has_two_meanings(headers: list[tuple[bytes, bytes]]) -> bool:
    """The rules of `Framing`, one by one."""
    names = [name for name, _ in headers]
    told = dict(headers)
    length, coding = told.get(b"content-length"), told.get(b"transfer-encoding")
    forms = {name: name.replace(b"_", b"-") for name in names}
    return (
        any(not name or name.translate(None, TOKEN) for name in names)
        or any(CONTROLS & set(value) for _, value in headers)
        or any(names.count(name) > 1 for name in ONCE)
        or (length is not None and coding is not None)
        or (length is not None and not length.isdigit())
        or (coding is not None and coding.lower() != b"chunked")
        or any(form != name and form in LOOKED_AT for name, form in forms.items())
        or len(set(forms.values())) < len(forms)
    )


@given(st.lists(st.tuples(REQUEST_NAMES, REQUEST_VALUES), max_size=5), METHODS, st.booleans(), st.booleans())
def test_the_facts_are_those_of_the_head(headers, method, has_query, is_websocket) -> None:
    kind = "websocket" if is_websocket else "http"
    request = Request(kind, method, "https", "/", b"a" if has_query else b"", headers, None)
    facts = request.head.facts
    names = {name for name, _ in headers}
    assert bool(facts & AMBIGUOUS) == has_two_meanings(headers)
    assert bool(facts & WEBSOCKET) == is_websocket
    assert bool(facts & QUERY) == has_query
    assert bool(facts & BODY) == (not names.isdisjoint({b"content-length", b"transfer-encoding"}))
    assert bool(facts & other_methods({method})) == (method not in KNOWN_METHODS)
    assert facts & other_methods({"POST"} if method != "POST" else {"GET"})


class Whole(Control):
    """A control that is asked about everything, and completes every head itself."""

    def __init__(self, control: Control) -> None:
        self.control = control

    def before(self, request: Request) -> Any:
        return self.control.before(request)

    def after(self, request: Request, head: Head) -> None:
        self.control.after(request, head)

    def on_error(self, request: Request, error: Exception) -> Response | None:
        return self.control.on_error(request, error)


RESPONSE_NAMES = st.sampled_from(
    b"content-type Content-Type cache-control Cache-Control set-cookie x-frame-options x-request-id ratelimit server "
    b"expires x-shop content-security-policy vary access-control-allow-origin clear-site-data".split()
)
RESPONSE_VALUES = st.sampled_from(
    [b"text/html", b"text/html; charset=utf-8", b"no-store", b"public, max-age=9", b"sameorigin", b"a=b", b"a\nb", b""]
)
HEADERS = st.lists(st.tuples(RESPONSE_NAMES, RESPONSE_VALUES), max_size=4)
QUERIES = st.sampled_from([b"", b"a=1", b"password=1", b"callback=f", b"a&" * 1001])
SENT = st.builds(
    Sent,
    method=METHODS,
    path=st.sampled_from(["/", "/static/a.css", "//x", "/guarded"]),
    query=QUERIES,
    headers=st.lists(st.sampled_from([(b"origin", b"https://x.example"), (b"cookie", b"a=b"), (b"x_a", b"")])).map(
        lambda headers: [(b"host", b"app.example.com"), *headers]
    ),
)


def answer(controls: list[Control], sent: Sent, status: int, headers: Any, *, has_nonce: bool) -> Got | str:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if has_nonce:
            csp_nonce(scope)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    got = asyncio.run(ask_asgi(AsgiMiddleware(app, controls), sent))
    made = {b"x-request-id", b"content-security-policy"} if has_nonce else {b"x-request-id"}
    got.body = re.sub(rb'"request-id":"[0-9a-f]{16}"', b"", got.body)
    got.headers = [(name, b"" if name in made else value) for name, value in got.headers]
    return got


@given(SENT, st.sampled_from([200, 204, 301, 404]), HEADERS, st.booleans(), st.booleans())
def test_controls_that_are_left_out_would_have_said_nothing(sent, status, headers, has_nonce, has_static) -> None:
    """The same request gets the same answer where every control is asked about everything."""
    got = []
    for kind in (lambda control: control, Whole):
        controls = SecurityControls(
            hosts=["app.example.com"],
            origins=["https://x.example"],
            static=["/static/"] if has_static else [],
            profile=SecurityHeaders("app", headers={"Cache-Control": "public"} if status == 404 else None),
        ).in_order
        got.append(answer([kind(control) for control in controls], sent, status, headers, has_nonce=has_nonce))
    assert got[0] == got[1]


def test_a_subclass_with_a_check_of_its_own_is_asked_about_everything(kind) -> None:
    """What its parent minds says nothing about what it minds itself."""
    asked = []

    class Stricter(Framing):
        def before(self, request: Request) -> Response | None:
            asked.append("before")
            return super().before(request)

        def after(self, request: Request, head: Head) -> None:
            asked.append("after")
            super().after(request, head)

    assert through(kind, [Stricter()], Sent()).status == 200
    assert asked == ["before", "after"]


def test_so_is_a_control_with_a_check_put_into_it(kind, monkeypatch) -> None:
    control = Framing()
    monkeypatch.setattr(control, "before", lambda request: Response(403))
    assert through(kind, [control], Sent()).status == 403


def test_a_control_that_would_never_be_asked_is_none() -> None:
    """`QUERY & BODY` is no fact; both would be `QUERY | BODY`."""

    class Never(Control):
        def facts(self) -> int:
            return QUERY & BODY

        def before(self, request: Request) -> Response:
            return Response(403)

    with pytest.raises(ParameterError, match="facts"):
        AsgiMiddleware(None, [Never()])


def test_a_method_with_half_a_character_is_not_allowed() -> None:
    assert through("asgi", [Methods()], Sent(method="G\udcc4T")).status == 405


def test_a_nonce_that_comes_with_the_head_is_in_it(monkeypatch) -> None:
    """A thread of the page may ask for it while the head is completed."""
    control = SecurityHeaders()
    request = Request("http", "GET", "https", "/", b"", [], None)
    add = control.additions().add
    monkeypatch.setattr(headers, "changes_of", lambda _: csp_nonce(request) and None)
    assert not add(request, Head(200, []))
