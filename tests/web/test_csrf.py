"""Requests that another site has a browser send."""

from __future__ import annotations

import pytest

from zenoo_security import KeyRing, SessionCookie
from zenoo_security.errors import ParameterError
from zenoo_security.tokens import new_token
from zenoo_security.web import Csrf, CsrfTokens, Hosts

from .driving import Sent, through
from .probing import HOST, handshake

OWN = (b"origin", b"https://app.example.com")
FOREIGN = (b"origin", b"https://evil.example")
PARTNER = (b"origin", b"https://shop.example.com")
COOKIE = (b"cookie", b"__Host-session=x")
BEARER = (b"authorization", b"Bearer zst_x")
BASIC = (b"authorization", b"Basic YTpi")


def csrf() -> Csrf:
    return Csrf(["https://shop.example.com"])


def site(value: bytes) -> tuple[bytes, bytes]:
    return b"sec-fetch-site", value


def referer(value: bytes) -> tuple[bytes, bytes]:
    return b"referer", value


PASS = {
    "fetch metadata, own page": [COOKIE, site(b"same-origin"), OWN],
    "fetch metadata, typed by the user": [COOKIE, site(b"none")],
    "fetch metadata decides before the host": [COOKIE, site(b"same-origin"), (b"origin", b"https://renamed.example")],
    "a partner of the list": [COOKIE, site(b"cross-site"), PARTNER],
    "a partner of the same site": [COOKIE, site(b"same-site"), PARTNER],
    "old browser, origin": [COOKIE, OWN],
    "old browser, partner": [COOKIE, PARTNER],
    "old browser, referer": [COOKIE, referer(b"https://app.example.com/a?b")],
    "old browser, referer of a partner": [COOKIE, referer(b"https://shop.example.com/")],
    "program, no credentials": [],
    "program, bearer": [BEARER],
    "program, bearer, whatever it says": [BEARER, FOREIGN, site(b"cross-site")],
    "program with the cookie that says where it is": [COOKIE, OWN],
}
REFUSED = {
    "cross-site": [COOKIE, site(b"cross-site"), FOREIGN],
    "same site is another origin": [COOKIE, site(b"same-site"), (b"origin", b"https://other.example.com")],
    "cross-site without origin": [COOKIE, site(b"cross-site")],
    "unheard-of site": [COOKIE, site(b"friendly")],
    "two sites": [COOKIE, site(b"same-origin"), site(b"cross-site")],
    "login of a stranger, cross-site": [site(b"cross-site"), FOREIGN],
    "login of a stranger, old browser": [FOREIGN],
    "old browser, foreign": [COOKIE, FOREIGN],
    "sandboxed page": [COOKIE, (b"origin", b"null")],
    "plain http": [COOKIE, (b"origin", b"http://app.example.com")],
    "other port": [COOKIE, (b"origin", b"https://app.example.com:8443")],
    "longer host": [COOKIE, (b"origin", b"https://app.example.com.evil.example")],
    "two origins": [COOKIE, OWN, FOREIGN],
    "origin and user": [COOKIE, (b"origin", b"https://app.example.com@evil.example")],
    "referer, foreign": [COOKIE, referer(b"https://evil.example/https://app.example.com/")],
    "referer, user": [COOKIE, referer(b"https://app.example.com@evil.example/")],
    "referer, backslash": [COOKIE, referer(b"https://evil.example\\.app.example.com/")],
    "two referers": [referer(b"https://app.example.com/"), referer(b"https://app.example.com/")],
    "referer, none at all": [COOKIE, referer(b"about:blank")],
    "cookie and nothing else": [COOKIE],
    "cookie and bearer, foreign": [COOKIE, BEARER, FOREIGN],
    "credentials that a browser adds": [BASIC],
    "two credentials": [BEARER, BASIC],
}


@pytest.mark.asvs("v5.0.0-3.5.1", "v5.0.0-3.5.3")
@pytest.mark.parametrize("headers", PASS.values(), ids=PASS.keys())
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_passes(method, headers, heard) -> None:
    assert through("asgi", [csrf()], Sent(method, headers=[HOST, *headers])).status == 200
    assert heard == []


@pytest.mark.asvs("v5.0.0-3.5.1", "v5.0.0-3.5.3")
@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPPATCH", "get"])
def test_is_refused(method, headers, heard) -> None:
    got = through("asgi", [csrf()], Sent(method, headers=[HOST, *headers]))
    assert got.status == 403
    assert [event.event for event in heard] == ["malicious_cors"]
    assert "evil" not in str(heard) + str(got.body)


@pytest.mark.parametrize("headers", [PASS["old browser, origin"], PASS["program, bearer"]], ids=["own", "bearer"])
def test_by_wsgi_too(headers) -> None:
    assert through("wsgi", [csrf()], Sent("POST", headers=[HOST, *headers])).status == 200
    assert through("wsgi", [csrf()], Sent("POST", headers=[HOST, COOKIE, FOREIGN])).status == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_passes(kind, method) -> None:
    assert through(kind, [csrf()], Sent(method, headers=[HOST, COOKIE, FOREIGN, site(b"cross-site")])).status == 200


def test_the_own_origin_is_that_of_the_request_with_its_port(kind) -> None:
    controls = [Hosts(["app.example.com:8443", "[2001:db8::1]"]), Csrf()]
    for host, origin in (
        (b"App.Example.com:8443", b"https://app.example.com:8443"),
        (b"[2001:DB8::1]:443", b"https://[2001:db8::1]"),
    ):
        headers = [(b"host", host), COOKIE, (b"origin", origin)]
        assert through(kind, controls, Sent("POST", headers=headers)).status == 200
    headers = [(b"host", b"app.example.com:8443"), COOKIE, OWN]
    assert through(kind, controls, Sent("POST", headers=headers)).status == 403


@pytest.mark.asvs("v5.0.0-3.5.3")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([COOKIE, site(b"same-origin"), (b"sec-fetch-mode", b"cors")], 200),
        ([COOKIE, site(b"same-origin"), (b"sec-fetch-mode", b"navigate")], 403),
        ([COOKIE, site(b"same-origin"), (b"sec-fetch-mode", b"no-cors")], 403),
        ([COOKIE, site(b"none"), (b"sec-fetch-mode", b"navigate")], 403),
        # An extension of the browser is none of our pages.
        ([COOKIE, site(b"none"), (b"sec-fetch-mode", b"cors")], 403),
        ([COOKIE, site(b"cross-site"), (b"sec-fetch-mode", b"cors")], 403),
        ([COOKIE, referer(b"https://app.example.com/")], 200),
        ([COOKIE], 403),
        ([BEARER], 200),
    ],
    ids=str,
)
def test_reads_may_be_guarded(kind, headers, status) -> None:
    control = Csrf(guarded_reads=["/export"])
    assert through(kind, [control], Sent(path="/export/1", headers=[HOST, *headers])).status == status
    assert through(kind, [control], Sent(path="/", headers=[HOST, *headers])).status == 200


@pytest.mark.asvs("v5.0.0-3.5.2")
@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (b"application/json", 200),
        (b"application/json; charset=utf-8", 200),
        (b"application/vnd.api+json", 200),
        (b"text/plain", 415),
        (b"TEXT/PLAIN; application/json", 415),
        (b"text/plain, application/json", 415),
        (b"application/json, text/plain", 415),
        (b"application/x-www-form-urlencoded", 415),
        (b"multipart/form-data; boundary=x", 415),
        (b"", 415),
        (None, 415),
    ],
)
def test_a_form_cannot_send_what_a_preflight_protects(kind, content_type, status) -> None:
    headers = [HOST, COOKIE, OWN] + ([(b"content-type", content_type)] if content_type is not None else [])
    control = Csrf(preflighted=["/api"])
    assert through(kind, [control], Sent("POST", path="/api/x", headers=headers)).status == status
    assert through(kind, [control], Sent("POST", path="/form", headers=headers)).status == 200


@pytest.mark.asvs("v5.0.0-4.4.2")
@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ([COOKIE, OWN], True),
        ([COOKIE, PARTNER], True),
        ([COOKIE, OWN, site(b"same-origin")], True),
        ([COOKIE, FOREIGN], False),
        ([COOKIE, FOREIGN, site(b"cross-site")], False),
        ([FOREIGN], False),
        ([COOKIE, (b"origin", b"null")], False),
        ([COOKIE], False),
        ([BEARER], True),
        ([], True),
    ],
    ids=str,
)
def test_a_websocket_is_opened_by_own_pages_alone(headers, passes) -> None:
    answer = handshake([csrf()], Sent(headers=[HOST, *headers]))
    assert (answer is None) == passes
    assert passes or answer.status == 403


RING = KeyRing.generate()
SESSION = SessionCookie()


def with_session(token: str, *headers: tuple[bytes, bytes]) -> Sent:
    return Sent("POST", headers=[HOST, (b"cookie", f"{SESSION.name}={token}".encode()), *headers])


def test_a_browser_that_says_nothing_needs_a_token_of_its_session(kind) -> None:
    tokens = CsrfTokens(RING, SESSION)
    control = Csrf(tokens=tokens)
    session, other = new_token(), new_token()
    good = (b"x-csrf-token", tokens.issue(session).encode())
    assert through(kind, [control], with_session(session, good)).status == 200
    assert through(kind, [control], with_session(other, good)).status == 403
    assert through(kind, [control], with_session(session)).status == 403
    assert through(kind, [control], with_session(session, (b"x-csrf-token", b"x"))).status == 403
    assert through(kind, [control], with_session(session, good, FOREIGN)).status == 403


def test_a_token_is_of_one_session_and_one_ring() -> None:
    tokens, session = CsrfTokens(RING, SESSION), new_token()
    first, second = tokens.issue(session), tokens.issue(session)
    assert first != second
    assert tokens.verify(first, session)
    assert CsrfTokens(RING.rotate(), SESSION).verify(first, session)
    assert not CsrfTokens(KeyRing.generate(), SESSION).verify(first, session)
    assert session not in first
    for wrong in (
        first[:-1] + ("A" if first[-1] != "A" else "B"),
        "0" + first[1:] if first[0] != "0" else "1" + first[1:],
        "",
        None,
        first + "\n",
    ):
        assert not tokens.verify(wrong, session)


@pytest.mark.parametrize(
    "arguments",
    [
        {"origins": "https://shop.example.com"},
        {"origins": ["null"]},
        {"origins": ["*"]},
        {"origins": ["https://*.example.com"]},
        {"origins": ["https://shop.example.com/"]},
        {"origins": ["http://shop.example.com"]},
        {"origins": ["shop.example.com"]},
        {"tokens": "secret"},
        {"guarded_reads": ["export"]},
    ],
    ids=str,
)
def test_arguments_are_checked(arguments) -> None:
    with pytest.raises(ParameterError):
        Csrf(**arguments)
    with pytest.raises(ParameterError):
        CsrfTokens(RING, None)


def test_an_origin_of_the_list_has_one_spelling(kind) -> None:
    control = Csrf(["HTTPS://Shop.Example.com:443", "https://shop.example.com:8443"])
    for origin in (b"https://shop.example.com", b"https://shop.example.com:8443"):
        assert through(kind, [control], Sent("POST", headers=[HOST, COOKIE, (b"origin", origin)])).status == 200


def test_development_on_this_machine_may_be_plain_http() -> None:
    assert Csrf(["http://localhost:5173", "http://127.0.0.1:3000"])
