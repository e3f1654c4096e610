"""Which other origins may read."""

from __future__ import annotations

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import Control, Cors

from .driving import Sent, through
from .probing import HOST

SHOP = b"https://shop.example.com"
ALLOW = "access-control-allow-origin"
pytestmark = pytest.mark.asvs("v5.0.0-3.4.2")


def cors() -> Cors:
    return Cors([SHOP.decode(), "https://other.example.com"], methods=["GET", "POST", "DELETE"], credentials=True)


def ask(origin: bytes | None, method: str = "GET", *headers: tuple[bytes, bytes]) -> Sent:
    return Sent(method, headers=[HOST, *([(b"origin", origin)] if origin is not None else []), *headers])


def preflight(origin: bytes, method: bytes = b"DELETE", headers: bytes | None = b"content-type") -> Sent:
    asked = [(b"access-control-request-headers", headers)] if headers is not None else []
    return ask(origin, "OPTIONS", (b"access-control-request-method", method), *asked)


def test_an_origin_of_the_list_may_read(kind) -> None:
    got = through(kind, [cors()], ask(SHOP))
    assert (got.status, got.values(ALLOW)) == (200, [SHOP])
    assert got.values("access-control-allow-credentials") == [b"true"]
    assert got.values("access-control-expose-headers") == [b"RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"]
    assert got.values("vary") == [b"Origin"]


@pytest.mark.parametrize(
    "origin",
    [
        b"https://evil.example",
        b"null",
        b"*",
        b"",
        b"https://shop.example.com.evil.example",
        b"https://shop.example.com:8443",
        b"http://shop.example.com",
        b"HTTPS://SHOP.EXAMPLE.COM",
        b"https://shop.example.com, https://evil.example",
        b"https://shop.example.com/",
    ],
)
def test_no_other_origin_is_repeated(kind, origin, heard) -> None:
    got = through(kind, [cors()], ask(origin))
    assert not [name for name, _ in got.headers if name.lower().startswith(b"access-control")]
    assert got.values("vary") == [b"Origin"]
    refused = through(kind, [cors()], preflight(origin))
    assert (refused.status, refused.values(ALLOW)) == (403, [])
    assert [event.event for event in heard] == ["malicious_cors"]
    assert "evil" not in str(heard)


def test_two_origins_are_none() -> None:
    sent = ask(SHOP, "GET", (b"origin", SHOP))
    assert through("asgi", [cors()], sent).values(ALLOW) == []


def test_who_sends_no_origin_gets_the_same_for_a_cache(kind) -> None:
    got = through(kind, [cors()], ask(None))
    assert (got.values(ALLOW), got.values("vary")) == ([], [b"Origin"])


def test_a_preflight_is_answered_by_us(kind) -> None:
    got = through(kind, [cors()], preflight(SHOP))
    assert (got.status, got.body, got.values(ALLOW)) == (204, b"", [SHOP])
    assert got.values("access-control-allow-methods") == [b"DELETE, GET, POST"]
    assert got.values("access-control-allow-headers") == [b"authorization, content-type"]
    assert got.values("access-control-max-age") == [b"600"]
    assert got.values("vary") == [b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"]
    assert through(kind, [cors()], preflight(SHOP, headers=None)).status == 204
    assert through(kind, [cors()], preflight(SHOP, headers=b"Content-Type,authorization")).status == 204


@pytest.mark.parametrize(
    "sent",
    [
        preflight(SHOP, b"PUT"),
        preflight(SHOP, b"delete"),
        preflight(SHOP, headers=b"x-admin"),
        preflight(SHOP, headers=b"content-type, x-admin"),
        preflight(SHOP, headers=b",".join([b"content-type"] * 100)),
    ],
    ids=["method", "case", "header", "one of two", "many"],
)
def test_what_is_not_listed_may_not_be_sent(kind, sent) -> None:
    got = through(kind, [cors()], sent)
    assert (got.status, got.values("access-control-allow-methods")) == (403, [])


def test_a_preflight_asks_for_one_method() -> None:
    sent = preflight(SHOP)
    sent.headers.append((b"access-control-request-method", b"GET"))
    assert through("asgi", [cors()], sent).status == 403


def test_other_options_reach_the_application(kind) -> None:
    assert through(kind, [cors()], ask(SHOP, "OPTIONS")).status == 200


def test_what_the_application_allows_by_itself_is_taken_out(kind) -> None:
    class Careless(Control):
        def after(self, request, head):
            head.add(b"access-control-allow-origin", request.value(b"origin"))
            head.add(b"access-control-allow-credentials", b"true")
            head.set(b"vary", b"Accept, origin")

    got = through(kind, [cors(), Careless()], ask(b"https://evil.example"))
    assert not [name for name, _ in got.headers if name.lower().startswith(b"access-control")]
    assert got.values("vary") == [b"Accept, origin"]


def test_a_refusal_can_be_read_by_the_origin_that_caused_it(kind) -> None:
    from zenoo_security.web import problem

    class Refuse(Control):
        def before(self, request):
            return problem(429, headers=((b"retry-after", b"7"),))

    got = through(kind, [Refuse(), cors()], ask(SHOP))
    assert (got.status, got.values(ALLOW), got.values("retry-after")) == (429, [SHOP], [b"7"])


def test_public_data_is_for_everybody_and_without_credentials(kind) -> None:
    got = through(kind, [Cors("*")], ask(b"https://evil.example"))
    assert (got.values(ALLOW), got.values("access-control-allow-credentials")) == ([b"*"], [])


@pytest.mark.parametrize(
    "arguments",
    [
        {"origins": "*", "credentials": True},
        {"origins": ["*"]},
        {"origins": ["null"]},
        {"origins": "https://shop.example.com"},
        {"origins": ["https://*.example.com"]},
        {"origins": ["http://shop.example.com"]},
        {"origins": [], "max_age_s": 7201},
        {"origins": [], "methods": ["*"]},
        {"origins": [], "headers": ["*"]},
        {"origins": [], "headers": ["a\r\nb"]},
        {"origins": [], "expose": "RateLimit"},
    ],
    ids=str,
)
def test_arguments_are_checked(arguments) -> None:
    with pytest.raises(ParameterError):
        Cors(**arguments)
