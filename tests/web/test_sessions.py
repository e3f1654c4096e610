"""Who is asking, by the cookie or the bearer token of a request."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD, ScriptedOdoo
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig, SessionCookie
from zenoo_security.clock import FakeClock
from zenoo_security.errors import ConfigurationError, ParameterError, SessionEnded, StoreUnavailable
from zenoo_security.principal import Principal, acting_as, current_principal_or_none
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.waiting import result_of
from zenoo_security.tokens import TICKET, new_token
from zenoo_security.web import AsgiMiddleware, ClearSiteData, Control, NoStore, WebSessions
from zenoo_security.web.finding import request_of

from .answering import KINDS, answering
from .driving import Got, Sent
from .serving import ASGI, exchange, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.audit import Entry

KEYS = KeyRing.generate()
NAME = b"__Host-session"
COOKIE = SessionCookie()
CLEARED = [COOKIE.clear().encode()]


class Manager:
    """A manager on an Odoo in memory, and what can go wrong with it."""

    def __init__(self, **options: Any) -> None:
        self.clock = FakeClock(1_800_000_000.0)
        self.odoo = ScriptedOdoo()
        self.auth = SecureAuthManager(
            SecurityConfig(refusal_duration_ms=100, **options),
            odoo=self.odoo,
            store=MemoryStore(clock=self.clock),
            key_ring=KEYS,
            clock=self.clock,
        )

    def log_in(self) -> str:
        return asyncio.run(self.auth.authenticate(LOGIN, PASSWORD, DATABASE))


@pytest.fixture
def manager() -> Manager:
    return Manager()


def cookie(token: str) -> tuple[bytes, bytes]:
    return b"cookie", NAME + b"=" + token.encode()


def bearer(token: str) -> tuple[bytes, bytes]:
    return b"authorization", b"Bearer " + token.encode()


class Asked:
    """One request, and who was seen to be asking."""

    def __init__(
        self,
        kind: str,
        control: Control,
        *headers: tuple[bytes, bytes],
        path: str = "/page",
        act: Any = None,
        method: str = "GET",
    ) -> None:
        self.seen: list[str | None] = []

        def look(scope: Any) -> None:
            principal = current_principal_or_none()
            session = request_of(scope).found["session"]
            assert (session and session.principal) == principal
            self.seen.append(principal.login if principal else None)
            if act is not None:
                act(scope)

        sent = Sent(method, path, headers=[(b"host", b"a.example"), *headers])
        self.got: Got = answering(kind, [ClearSiteData(), control], sent, act=look)

    @property
    def result(self) -> tuple[int, list[str | None]]:
        return self.got.status, self.seen


@pytest.mark.parametrize("how", [cookie, bearer])
@pytest.mark.parametrize("kind", KINDS)
def test_the_user_of_the_session_acts(kind: str, how: Callable[[str], tuple[bytes, bytes]], manager: Manager) -> None:
    token, control = manager.log_in(), WebSessions(manager.auth)
    found: list[str | None] = []
    asked = Asked(kind, control, how(token), act=lambda scope: found.append(control.token(scope)))
    assert asked.result == (200, [LOGIN])
    assert found == [token]
    assert asked.got.values("set-cookie") == []
    assert current_principal_or_none() is None


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_inherits_whoever_acted_before(kind: str, manager: Manager) -> None:
    control = WebSessions(manager.auth, static=["/static/"])
    somebody = Principal(DATABASE, 2, "admin")
    with acting_as(somebody):
        for path, headers in (("/page", []), ("/static/app.js", []), ("/page", [cookie(new_token())])):
            assert Asked(kind, control, *headers, path=path).result == (200, [None])
        assert current_principal_or_none() is somebody


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_acts_while_a_session_is_looked_up(kind: str) -> None:
    """What the audit log is told of it is not told of somebody else."""
    acting: list[object] = []

    class Source:
        async def session(self, token: str, *, enrolling: bool = False) -> Any:
            acting.append(current_principal_or_none())
            raise SessionEnded

        async def logout(self, token: str) -> None:
            pass

    with acting_as(Principal(DATABASE, 2, "admin")):
        Asked(kind, WebSessions(Source()), bearer(new_token()))
    assert acting == [None]


@pytest.mark.parametrize("server", ASGI)
def test_the_next_request_of_a_connection_is_not_the_user_of_the_last(server: str, manager: Manager) -> None:
    """A proxy sends the requests of everybody over the same connections; a large body has the server stop reading."""
    token = manager.log_in().encode()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        principal = current_principal_or_none()
        body = principal.login.encode() if principal else b"nobody"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    head = b"Host: a.example\r\nAuthorization: Bearer " + token + b"\r\nContent-Length: 1000000\r\n\r\n"
    served = AsgiMiddleware(application, [WebSessions(manager.auth)])
    with serving(server, served) as port, socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        answers = [
            exchange(connection, b"POST / HTTP/1.1\r\n" + head + bytes(1_000_000)),
            exchange(connection, b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"),
        ]
    assert [answer.rpartition(b"\r\n")[2] for answer in answers] == [LOGIN.encode(), b"nobody"]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"cookie", b"theme=dark")],
        [(b"authorization", b"Basic YTpi")],
        [(b"authorization", b"Bearer eyJhbGciOi")],
        [bearer(new_token(TICKET))],
        [(b"cookie", NAME + b"=nonsense")],
        [(b"cookie", b"; ".join(cookie(new_token())[1] for _ in range(2)))],
        [(b"authorization", b"")],
    ],
    ids=["none", "other cookie", "basic", "other bearer", "ticket", "no token", "two cookies", "empty"],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_token_of_ours_is_nobody(kind: str, headers: list[tuple[bytes, bytes]], manager: Manager) -> None:
    asked = Asked(kind, WebSessions(manager.auth), *headers)
    assert asked.result == (200, [None])
    assert asked.got.values("set-cookie") == []
    refused = Asked(kind, WebSessions(manager.auth, required=["/"]), *headers)
    assert refused.result == (401, [])
    assert refused.got.values("www-authenticate") == [b"Bearer"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cookie_whose_session_has_ended_is_taken_away(kind: str, manager: Manager) -> None:
    token = manager.log_in()
    asyncio.run(manager.auth.logout(token))
    for control, result in (
        (WebSessions(manager.auth), (200, [None])),
        (WebSessions(manager.auth, required=["/page"]), (401, [])),
    ):
        asked = Asked(kind, control, cookie(token))
        assert asked.result == result
        assert asked.got.values("set-cookie") == CLEARED


@pytest.mark.parametrize("kind", KINDS)
def test_a_bearer_token_that_has_ended_is_refused_everywhere(kind: str, manager: Manager) -> None:
    asked = Asked(kind, WebSessions(manager.auth), bearer(new_token()))
    assert asked.result == (401, [])
    assert asked.got.values("www-authenticate") == [b'Bearer error="invalid_token"']
    assert asked.got.values("set-cookie") == []


@pytest.mark.asvs("v5.0.0-16.3.3")
@pytest.mark.parametrize("kind", KINDS)
def test_a_token_without_a_session_is_told_and_a_flood_of_them_is_counted(
    kind: str, manager: Manager, heard: list[Entry]
) -> None:
    control, token = WebSessions(manager.auth), new_token()
    for headers in ([cookie(token)], [bearer(token)], [cookie(token), bearer(token)]):
        Asked(kind, control, *headers)
    for _ in range(100):
        Asked(kind, control, bearer(new_token()))
    assert [entry.event for entry in heard[:3]] == [*["session_use_after_expire"] * 2, "input_validation_fail"]
    for entry, what in zip(heard, ("cookie", "bearer token", "session"), strict=False):
        assert f'"what":"{what}"'.encode() in entry.line
    assert len(heard) == 60
    assert token.encode() not in b"".join(entry.line for entry in heard)


@pytest.mark.asvs("v5.0.0-7.4.2")
@pytest.mark.parametrize("kind", KINDS)
def test_a_user_who_was_archived_is_nobody_within_a_minute(kind: str, manager: Manager) -> None:
    token, control = manager.log_in(), WebSessions(manager.auth, required=["/"])
    manager.odoo.ann.active = False
    manager.clock.advance(60)
    assert Asked(kind, control, cookie(token)).result == (401, [])


@pytest.mark.parametrize("kind", KINDS)
def test_two_ways_to_say_who_is_asking_are_refused(kind: str, manager: Manager) -> None:
    token, control = manager.log_in(), WebSessions(manager.auth)
    assert Asked(kind, control, cookie(token), bearer(token)).result == (400, [])
    if kind == "asgi":  # a WSGI server has joined them
        assert Asked(kind, control, bearer(token), bearer(token)).result == (400, [])
    assert Asked(kind, control, (b"authorization", b"Bearer %b, Bearer %b" % ((token.encode(),) * 2))).result == (
        401,
        [],
    )
    assert Asked(kind, control, cookie(token), (b"authorization", b"Basic YTpi")).result == (200, [LOGIN])


@pytest.mark.parametrize("kind", KINDS)
def test_the_scheme_is_read_as_rfc_9110_has_it(kind: str, manager: Manager) -> None:
    token, control = manager.log_in().encode(), WebSessions(manager.auth)
    assert Asked(kind, control, (b"authorization", b"bEARER   " + token)).result == (200, [LOGIN])
    for odd in (b"Bearer" + token, b"Bearer\t" + token, b"Bearer x " + token, token):
        assert Asked(kind, control, (b"authorization", odd)).result == (200, [None])
    for wrong in (token + b"x", token + b" x", token[:-1], b"zst_\xff"):
        assert Asked(kind, control, (b"authorization", b"Bearer " + wrong)).result == (401, [])


@pytest.mark.parametrize("how", [cookie, bearer])
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_let_in_while_nobody_can_be_asked(
    kind: str, how: Callable[[str], tuple[bytes, bytes]], manager: Manager
) -> None:
    class Down:
        async def session(self, token: str, *, enrolling: bool = False) -> Any:
            raise StoreUnavailable("down")

        async def logout(self, token: str) -> None:
            raise StoreUnavailable("down")

    control = WebSessions(Down())
    asked = Asked(kind, control, how(new_token()))
    assert asked.result == (503, [])
    assert asked.got.values("retry-after") == [b"5"]
    assert asked.got.values("set-cookie") == []
    assert Asked(kind, control).result == (200, [None])  # who brings no token is asked nothing


@pytest.mark.parametrize("kind", KINDS)
def test_odoo_down_is_no_logout(kind: str, manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    from zenoo_security.errors import OdooUnavailable

    async def down(*_: object) -> None:
        raise OdooUnavailable("down")

    token = manager.log_in()
    manager.clock.advance(60)
    monkeypatch.setattr(manager.odoo, "still_valid", down)
    asked = Asked(kind, WebSessions(manager.auth), cookie(token))
    assert (asked.result, asked.got.values("set-cookie")) == ((503, []), [])


@pytest.mark.parametrize("kind", KINDS)
def test_static_files_ask_for_no_session(kind: str, manager: Manager) -> None:
    token, control = manager.log_in(), WebSessions(manager.auth, required=["/"], static=["/static/"])
    asked = len(manager.odoo.asked)
    assert Asked(kind, control, cookie(token), path="/static/app.js").result == (200, [None])
    assert len(manager.odoo.asked) == asked
    assert Asked(kind, control, path="/static/../page").result == (401, [])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/api", 401),
        ("/api/x", 401),
        ("/apis", 200),
        ("//api/x", 401),
        ("/x/../api/x", 401),
        ("/api/login", 200),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_some_paths_need_somebody(kind: str, path: str, status: int, manager: Manager) -> None:
    control = WebSessions(manager.auth, required=["/api"], free=["/api/login"])
    assert Asked(kind, control, path=path).got.status == status


@pytest.mark.parametrize(
    ("headers", "method", "status"),
    [
        ([(b"sec-fetch-mode", b"navigate")], "GET", 303),
        ([(b"accept", b"text/html,*/*")], "GET", 303),
        ([(b"sec-fetch-mode", b"cors"), (b"accept", b"text/html")], "GET", 401),
        ([(b"accept", b"application/json")], "GET", 401),
        ([(b"sec-fetch-mode", b"navigate")], "POST", 401),
        ([], "GET", 401),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_person_is_sent_to_the_login_and_a_program_is_told(
    kind: str, headers: list[tuple[bytes, bytes]], method: str, status: int, manager: Manager
) -> None:
    control = WebSessions(manager.auth, required=["/"], login_page="/login")
    asked = Asked(kind, control, *headers, method=method)
    assert asked.result == (status, [])
    assert asked.got.values("location") == ([b"/login"] if status == 303 else [])
    assert Asked(kind, control, *headers, path="/login", method=method).result == (200, [None])


@pytest.mark.parametrize("kind", KINDS)
def test_a_login_on_the_first_page_leaves_nothing_else_open(kind: str) -> None:
    manager = Manager(mfa_required=True)
    control = WebSessions(manager.auth, required=["/"], login_page="/", enroll_page="/")
    token = manager.log_in()
    assert Asked(kind, control, path="/").result == (200, [None])
    assert Asked(kind, control, path="/admin").result == (401, [])
    assert Asked(kind, control, cookie(token), path="/").result == (200, [LOGIN])
    assert Asked(kind, control, cookie(token), path="/admin").result == (403, [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_is_sent_to_the_login_of_an_application_that_is_mounted(kind: str, manager: Manager) -> None:
    control = WebSessions(manager.auth, required=["/"], login_page="/login?from=page")
    person = [(b"sec-fetch-mode", b"navigate")]
    for root, location in (("", b"/login?from=page"), ("/shop", b"/shop/login?from=page")):
        for path, result in (("/page", (303, [location])), ("/login", (200, []))):
            got = answering(kind, [Mounted(root), control], Sent(path=path, headers=person))
            assert (got.status, got.values("location")) == result
    got = answering(kind, [Mounted("//evil.example"), control], Sent(headers=person))
    assert got.values("location") == [b"/evil.example/login?from=page"]


class Mounted(Control):
    """As a server or a framework that has an application below some path."""

    def __init__(self, root: str) -> None:
        self.root = root

    def before(self, request: Any) -> None:
        request.root = self.root


@pytest.mark.asvs("v5.0.0-3.3.3", "v5.0.0-3.3.4")
@pytest.mark.parametrize("kind", KINDS)
def test_a_login_hands_the_browser_the_token(kind: str, manager: Manager) -> None:
    control, token, old = WebSessions(manager.auth), manager.log_in(), new_token()
    for headers in ([], [cookie(old)]):  # the old one has ended; the new one must not be taken away with it
        asked = Asked(kind, control, *headers, act=lambda scope: control.start(scope, token))
        assert asked.got.values("set-cookie") == [COOKIE.header(token).encode()]
    with pytest.raises(SessionEnded):
        Asked(kind, control, act=lambda scope: control.start(scope, "nonsense"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_cache_keeps_a_token(kind: str, manager: Manager) -> None:
    """Also where `NoStore` has been asked before there was a cookie, or is not there."""
    control, token = WebSessions(manager.auth), manager.log_in()
    public = [(b"cache-control", b"public, max-age=600")]
    for controls in ([control], [control, NoStore()]):
        got = answering(kind, controls, act=lambda scope: control.start(scope, token), headers=public)
        assert got.values("cache-control") == [b"no-store, max-age=0"]


@pytest.mark.asvs("v5.0.0-7.4.1", "v5.0.0-14.3.1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_logout_ends_the_session_and_clears_the_browser(kind: str, manager: Manager) -> None:
    control, token = WebSessions(manager.auth), manager.log_in()
    asked = Asked(kind, control, cookie(token), act=lambda scope: _wait(control.end(scope)), method="POST")
    assert asked.got.values("set-cookie") == CLEARED
    assert asked.got.values("clear-site-data") == [b'"cache","cookies","storage"']
    with pytest.raises(SessionEnded):
        asyncio.run(manager.auth.session(token))


def _wait(coroutine: Any) -> None:
    """Run a coroutine that never has to wait for anything, wherever we are."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


@pytest.mark.asvs("v5.0.0-7.4.1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_session_without_the_second_factor_is_ended_by_a_logout(kind: str) -> None:
    manager = Manager(mfa_required=True)
    token, control = manager.log_in(), WebSessions(manager.auth)
    asked = Asked(kind, control, cookie(token), act=lambda scope: _wait(control.end(scope)), method="POST")
    assert asked.got.values("set-cookie") == CLEARED
    with pytest.raises(SessionEnded):
        asyncio.run(manager.auth.session(token, enrolling=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_logout_of_nobody_takes_the_cookie_away(kind: str, manager: Manager) -> None:
    control = WebSessions(manager.auth)
    asked = Asked(kind, control, act=lambda scope: _wait(control.end(scope)), method="POST")
    assert (asked.result, asked.got.values("set-cookie")) == ((200, [None]), CLEARED)


@pytest.mark.parametrize("kind", KINDS)
def test_a_logout_that_would_end_nothing_says_so(kind: str, manager: Manager) -> None:
    """A middleware within, which a part of an application may have, has a request of its own."""
    control, found = WebSessions(manager.auth), []

    def act(scope: Any) -> None:
        for call in (
            lambda: control.token(scope),
            lambda: control.start(scope, new_token()),
            lambda: _wait(control.end(scope)),
        ):
            with pytest.raises(ConfigurationError, match="innermost"):
                call()
            found.append(call)

    answering(kind, [ClearSiteData()], act=act)
    assert len(found) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_cookie_of_an_application_is_not_taken_away(kind: str, manager: Manager) -> None:
    """It has logged somebody in by itself, in the same response."""
    token = COOKIE.header(new_token()).encode()
    sent = Sent(headers=[(b"host", b"a.example"), cookie(new_token())])
    headers = [(b"set-cookie", token), (b"set-cookie", b"a=b")]
    got = answering(kind, [WebSessions(manager.auth)], sent, headers=headers)
    assert got.values("set-cookie") == [token, b"a=b"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_without_the_second_factor_is_good_for_enrolling_alone(kind: str) -> None:
    manager = Manager(mfa_required=True)
    token = manager.log_in()
    control = WebSessions(manager.auth, required=["/api"], enrolling=["/account/factor"], enroll_page="/enroll")
    assert Asked(kind, control, cookie(token), path="/account/factor").result == (200, [LOGIN])
    assert Asked(kind, control, cookie(token), path="/enroll").result == (200, [LOGIN])
    assert Asked(kind, control, cookie(token), path="/page").result == (200, [None])
    asked = Asked(kind, control, cookie(token), path="/api")
    assert asked.result == (403, [])
    assert b'"code":"enrollment_required"' in asked.got.body
    page = Asked(kind, control, cookie(token), (b"sec-fetch-mode", b"navigate"), path="/api")
    assert (page.result, page.got.values("location")) == ((303, []), [b"/enroll"])
    assert page.got.values("set-cookie") == []


async def test_a_websocket_has_a_user_too(manager: Manager) -> None:
    from .driving import scope_of

    seen: list[object] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(current_principal_or_none())

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    token = await manager.auth.authenticate(LOGIN, PASSWORD, DATABASE)
    middleware = AsgiMiddleware(app, [WebSessions(manager.auth, required=["/"])])
    for headers in ([cookie(token)], []):
        scope = scope_of(Sent(headers=[(b"host", b"a.example"), *headers]), "websocket")
        await middleware(scope, None, send)  # type: ignore[arg-type]
    assert [principal.login for principal in seen] == [LOGIN]  # type: ignore[attr-defined]
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_tokens_are_in_no_repr(manager: Manager) -> None:
    token, control = manager.log_in(), WebSessions(manager.auth)
    texts: list[str] = []
    Asked("asgi", control, cookie(token), act=lambda scope: texts.append(repr(vars_of(scope))))
    assert token not in texts[0]


def vars_of(scope: Any) -> object:
    request = request_of(scope)
    return request, request.found


@pytest.mark.parametrize(
    "options",
    [
        {"required": "/"},
        {"login_page": "https://evil.example/"},
        {"login_page": "//evil"},
        {"login_page": "/a\r\nb"},
        {"required": ["/"], "free": ["/", "/about"]},
        {"required": ["/admin"], "free": ["/"]},
        {"required": ["/admin/"], "static": ["/admin"]},
        {"enrolling": ["/"]},
    ],
)
def test_arguments_are_checked(options: dict[str, Any], manager: Manager) -> None:
    with pytest.raises(ParameterError):
        WebSessions(manager.auth, **options)


def test_a_development_cookie_is_for_this_machine(manager: Manager) -> None:
    control = WebSessions(manager.auth, SessionCookie(insecure=True))
    with pytest.raises(ConfigurationError):
        Asked("asgi", control, (b"cookie", b"session=" + new_token().encode()))


@pytest.mark.parametrize("kind", KINDS)
def test_each_request_may_have_an_event_loop_of_its_own(kind: str, store_url: str) -> None:
    """As a WSGI application has; the store is one that workers share."""
    from zenoo_security import open_store

    store = open_store(store_url)
    odoo = ScriptedOdoo()
    auth = SecureAuthManager(SecurityConfig(refusal_duration_ms=100), odoo=odoo, store=store, key_ring=KEYS)
    token = asyncio.run(auth.authenticate(LOGIN, PASSWORD, DATABASE))
    control = WebSessions(auth, required=["/"])
    results = [Asked(kind, control, cookie(token)).result for _ in range(3)]
    asyncio.run(auth.logout(token))
    results.append(Asked(kind, control, cookie(token)).result)
    asyncio.run(store.aclose())
    result_of(store.aclose())  # and what the one loop of WSGI has opened
    assert results == [*[(200, [LOGIN])] * 3, (401, [])]


@pytest.mark.parametrize("auth", [True, None, object()], ids=["bool", "none", "object"])
def test_what_knows_no_sessions_is_refused_at_the_start(auth):
    """Not at each request."""
    with pytest.raises(ParameterError):
        WebSessions(auth)
