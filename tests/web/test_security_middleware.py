"""All controls together: in their order, by one line, for ASGI and for WSGI."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from zenoo_security import SecurityMiddleware
from zenoo_security.errors import ClientBlocked, InvalidInput, ParameterError, RateLimitExceeded, StoreUnavailable
from zenoo_security.limits import RateLimiter, SharedTable
from zenoo_security.principal import Principal, acting_as, get_current_user
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.web import (
    BlockPolicy,
    Blocks,
    Control,
    LimitRule,
    RequestId,
    Response,
    Sizes,
    WsgiSecurityMiddleware,
)
from zenoo_security.web.security_controls import SecurityControls

from .driving import Got, Sent, ask_asgi, ask_wsgi

if TYPE_CHECKING:
    from zenoo_security.web import Request

HOSTS = ["app.example.com"]
ORDER = [
    "SecurityHeaders", "NoStore", "ContentTypes", "ClientAddress", "RequestId", "Errors", "Https",
    "Hosts", "Methods", "Framing", "Sizes", "Blocks", "RequestLimits", "UserAgents", "CspReports", "QuerySecrets", "Jsonp",
    "Cors", "ClearSiteData", "WebSessions", "RequestLimits", "Csrf", "Last",
]  # fmt: skip


INFO = {"client_ip": "203.0.113.9", "user_agent": "python-httpx/0.28.1"}


class Last(Control):
    """A control of the application."""


class Auth:
    """Knows no session."""

    async def session(self, token, *, enrolling=False):
        raise AssertionError

    async def logout(self, token):
        raise AssertionError


async def asgi_app(scope, receive, send) -> None:
    if scope["path"] == "/fails":
        raise ZeroDivisionError("secret")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"hello"})


def wsgi_app(environ, start_response) -> list[bytes]:
    if environ["PATH_INFO"] == "/fails":
        raise ZeroDivisionError("secret")
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"hello"]


class App:
    """The same application and options, by ASGI or by WSGI."""

    def __init__(self, kind: str, **options) -> None:
        options = {"hosts": HOSTS, **options}
        self.asgi = SecurityMiddleware(asgi_app, **options) if kind == "asgi" else None
        self.wsgi = WsgiSecurityMiddleware(wsgi_app, **options) if kind == "wsgi" else None

    def ask(self, sent: Sent) -> Got:
        return asyncio.run(ask_asgi(self.asgi, sent)) if self.asgi else ask_wsgi(self.wsgi, sent)


def test_all_controls_have_their_order():
    controls = SecurityControls(
        hosts=HOSTS,
        trusted_proxies=["10.0.0.0/8"],
        csp_reports="/csp-reports",
        origins=["https://shop.example.com"],
        sessions=Auth(),
        limits=["100/minute", LimitRule(RateLimiter(1000, 3600), by="principal")],
        controls=[Last()],
    )
    assert [type(control).__name__ for control in controls.in_order] == ORDER


def test_a_user_is_known_before_the_limits_of_users():
    """And clients are limited before a session is looked up."""
    controls = SecurityControls(
        hosts=HOSTS, sessions=Auth(), limits=[LimitRule(RateLimiter(9, 3600), by="session"), "100/minute"]
    ).in_order
    names = [type(control).__name__ for control in controls]
    first, last = (place for place, name in enumerate(names) if name == "RequestLimits")
    assert first < names.index("WebSessions") < last


def test_the_stylesheet_of_a_logout_is_refused_like_all_else(kind):
    """It needs no session, and nothing else is spared."""
    app = App(kind, sessions=Auth(), limits="1/minute")
    path, host = "/clear-site-data.css", (b"host", b"app.example.com")
    ambiguous = [host, (b"content-length", b"1"), (b"transfer-encoding", b"chunked")]
    assert app.ask(Sent(path=path, headers=[(b"host", b"evil.example.com")])).status == 421
    assert app.ask(Sent(path=path, headers=ambiguous)).status == 400
    assert app.ask(Sent(path=path, scheme="http")).status in {308, 403}
    got = app.ask(Sent(path=path))
    assert (got.status, got.body, len(got.values("x-request-id"))) == (200, b"", 1)
    assert app.ask(Sent(path=path)).status == 429


def test_one_line_protects(kind):
    app = App(kind, limits="3/minute")
    got = app.ask(Sent())
    assert got.status == 200
    for name in ("content-security-policy", "strict-transport-security", "ratelimit", "x-request-id", "cache-control"):
        assert len(got.values(name)) == 1
    assert app.ask(Sent(headers=[(b"host", b"evil.example.com")])).status == 421
    assert app.ask(Sent(scheme="http", headers=[(b"host", b"app.example.com")])).status in {308, 403}
    assert app.ask(Sent(method="TRACE")).status == 405
    assert (
        app.ask(Sent(method="POST", headers=[(b"host", b"app.example.com"), (b"sec-fetch-site", b"cross-site")])).status
        == 403
    )
    assert [app.ask(Sent()).status, app.ask(Sent()).status] == [
        200,
        429,
    ]  # the POST was counted, the others came too early


@pytest.mark.parametrize("peer", ["203.0.113.9", None])
def test_every_refusal_has_the_headers(kind, peer):
    """Also those of the first control, and the answer for an exception."""
    app = App(kind, limits="2/minute")
    sents = [
        Sent(peer=peer, path="/fails"),
        Sent(peer=peer, headers=[]),
        Sent(peer=peer),
        Sent(peer=peer),
        Sent(peer=peer),
    ]
    for sent in sents:
        got = app.ask(sent)
        assert got.values("x-content-type-options") == [b"nosniff"]
        assert b"secret" not in got.body


def test_an_exception_is_answered_without_a_word_of_it(kind):
    got = App(kind).ask(Sent(path="/fails"))
    assert (got.status, got.values("content-type")) == (500, [b"application/problem+json"])
    assert b"secret" not in got.body


def test_the_client_is_whom_the_proxy_names(kind):
    """Two clients behind one proxy are two; and the proxy is not blocked for what they do."""
    store = MemoryStore()
    app = App(kind, limits="1/minute", trusted_proxies=["10.0.0.0/8"], store=store)

    def status(client: str) -> int:
        headers = [
            (b"host", b"app.example.com"),
            (b"x-forwarded-for", client.encode()),
            (b"x-forwarded-proto", b"https"),
        ]
        return app.ask(Sent(peer="10.0.0.1", scheme="http", headers=headers)).status

    assert [status("203.0.113.1"), status("203.0.113.2"), status("203.0.113.1")] == [200, 200, 429]
    blocks = next(
        c for c in SecurityControls(trusted_proxies=["10.0.0.0/8"], store=store).in_order if isinstance(c, Blocks)
    )
    with pytest.raises(ParameterError):
        asyncio.run(blocks.block("10.0.0.1", reason="scraping", by="alice"))


def test_limits_and_blocks_are_in_the_store_that_is_named(kind):
    """Two workers with one store count together, and an empty store is a store."""
    store = MemoryStore()
    assert [App(kind, limits="1/minute", store=store).ask(Sent()).status for _ in range(2)] == [200, 429]
    asyncio.run(Blocks(store).block("203.0.113.10", reason="scraping", by="alice"))
    assert App(kind, store=store).ask(Sent(peer="203.0.113.10")).status == 403


def test_a_table_counts_limits_and_no_blocks(kind, tmp_path):
    """Several limits in it decide together, and what one refuses is not charged."""
    table = SharedTable(tmp_path / "limits", max_keys=1000)
    app = App(kind, limits="100/h and 1/minute", store=table, legacy_fields=True)
    got = app.ask(Sent())
    assert got.values("ratelimit-policy") == [b'"100/h";q=100;w=3600, "1/min";q=1;w=60']
    assert got.values("x-ratelimit-remaining") == [b"0"]
    other = App(kind, limits="100/h and 1/minute", store=table)
    assert [other.ask(Sent()).status for _ in range(3)] == [429] * 3
    assert other.ask(Sent()).values("ratelimit") == [b'"100/h";r=99, "1/min";r=0;t=60']


def test_what_goes_on_beyond_the_limit_is_blocked(kind):
    blocks = Blocks(MemoryStore(), policy=BlockPolicy(violations=1, window_s=60))
    app = App(kind, limits="1/minute", blocks=blocks)
    assert [app.ask(Sent()).status for _ in range(4)] == [200, 429, 429, 403]


def test_controls_can_be_replaced_and_left_out(kind):
    app = App(kind, sizes=Sizes(10), csrf=None, limits=None, blocks=None, profile=None, https=None, errors=None)
    headers = [(b"host", b"app.example.com"), (b"sec-fetch-site", b"cross-site"), (b"content-length", b"11")]
    assert app.ask(Sent("POST", headers=headers, chunks=[b"x" * 11])).status == 413
    got = app.ask(Sent("POST", scheme="http", headers=headers[:2]))
    assert (got.status, got.values("ratelimit"), got.values("content-security-policy")) == (200, [], [])
    with pytest.raises(ZeroDivisionError):
        app.ask(Sent(path="/fails"))


def test_the_session_of_the_request_acts(kind):
    """The user is set in the application, and is whom the limit counts."""

    class Known(Auth):
        async def session(self, token, *, enrolling=False):
            class Session:
                id = "s1"
                principal = Principal("shop", 7, "alice")

            return Session()

    class Answers(Control):
        def before(self, request: Request) -> Response:
            return Response(200, (), get_current_user().encode())

    app = App(kind, sessions=Known(), limits=LimitRule(RateLimiter(1, 60), by="principal"), controls=[Answers()])
    token = b"Bearer zst_" + b"A" * 43
    headers = [(b"host", b"app.example.com"), (b"authorization", token)]
    assert app.ask(Sent(headers=headers)).body == b"alice"
    assert app.ask(Sent(headers=headers, peer="203.0.113.77")).status == 429


@pytest.mark.parametrize("middleware", [SecurityMiddleware, WsgiSecurityMiddleware])
@pytest.mark.parametrize(
    "options",
    [{}, {"hosts": HOSTS, "rate_limit": "1/minute"}, {"hosts": []}, {"hosts": HOSTS, "limits": 5}, {"hosts": HOSTS, "limits": "x"}],
    ids=str,
)  # fmt: skip
def test_a_configuration_that_cannot_be_meant_is_refused(middleware, options):
    """A name that is misspelled would leave something off."""
    with pytest.raises(ParameterError):
        middleware(asgi_app, **options)


async def test_without_an_application_it_answers_nobody():
    with pytest.raises(ParameterError, match="no application"):
        await ask_asgi(SecurityMiddleware(errors=None), Sent())


class TestProcessRequest:
    """The guide's call, and what it raises."""

    async def test_a_request_passes_up_to_the_limit(self):
        middleware = SecurityMiddleware()
        assert [await middleware.process_request(INFO) for _ in range(100)] == [True] * 100
        with pytest.raises(RateLimitExceeded) as refusal:
            await middleware.process_request(INFO)
        assert 0 < refusal.value.retry_after <= 60

    async def test_a_blocked_network_is_refused(self):
        store = MemoryStore()
        await Blocks(store).block("203.0.113.9", reason="scraping", by="alice", seconds=60)
        with pytest.raises(ClientBlocked) as refusal:
            await SecurityMiddleware(store=store).process_request(INFO)
        assert 59 <= refusal.value.retry_after <= 60

    @pytest.mark.parametrize(
        "info", [{}, {"client_ip": None}, {"client_ip": ""}, {"client_ip": 7}, {"client_ip": "x"}], ids=str
    )
    async def test_a_client_without_an_address_is_refused(self, info):
        with pytest.raises(InvalidInput) as refusal:
            await SecurityMiddleware().process_request(info)
        assert refusal.value.field == "client_ip"

    async def test_a_store_that_is_down_lets_nobody_in(self):
        class Down(MemoryStore):
            async def get(self, key):
                raise StoreUnavailable("it is down")

        with pytest.raises(StoreUnavailable):
            await SecurityMiddleware(store=Down()).process_request(INFO)

    async def test_route_and_method_count_where_they_are_told(self):
        limits = [LimitRule(RateLimiter(1, 60), paths=["/login"], methods=["POST"])]
        middleware = SecurityMiddleware(limits=limits)
        login = {**INFO, "path": "/login", "method": "POST"}
        assert await middleware.process_request(login)
        assert await middleware.process_request({**INFO, "path": "/login"})
        with pytest.raises(RateLimitExceeded):
            await middleware.process_request(login)


def test_a_problem_is_one_document(kind):
    got = App(kind, limits="1/minute", blocks=None)
    got.ask(Sent())
    assert json.loads(got.ask(Sent()).body)["violated-policies"] == ["1/min"]


def test_process_request_minds_the_limits_of_users_too():
    """By the principal of the context, and by the address where there is none."""
    rule = LimitRule(RateLimiter(1, 60, name="user"), by="principal")
    security = SecurityMiddleware(limits=[rule])

    async def work() -> None:
        with acting_as(Principal("shop", 7, "alice")):
            assert await security.process_request({"client_ip": "203.0.113.9"})
            with pytest.raises(RateLimitExceeded):
                await security.process_request({"client_ip": "203.0.113.10"})
        assert await security.process_request({"client_ip": "203.0.113.9"})
        with pytest.raises(RateLimitExceeded):
            await security.process_request({"client_ip": "203.0.113.9"})

    asyncio.run(work())


def test_process_request_says_what_it_takes():
    with pytest.raises(ParameterError, match="client_ip"):
        asyncio.run(SecurityMiddleware().process_request(None))


@pytest.mark.parametrize(
    "name", ["blocks", "cors", "csrf", "errors", "https", "jsonp", "methods", "query_secrets", "sizes"]
)
@pytest.mark.parametrize("value", [False, True, RequestId()], ids=["false", "true", "another"])
def test_a_control_that_is_none_is_named(kind, name, value):
    """`https=False` says nothing of what to do otherwise."""
    with pytest.raises(ParameterError, match=rf"^{name} is a .* or None to leave it out"):
        App(kind, **{name: value})


@pytest.mark.parametrize("name", ["trusted_proxies", "never_block", "static", "origins", "controls", "probe_paths"])
def test_no_list_is_an_empty_one_and_a_text_is_none(kind, name):
    assert App(kind, **{name: None}).ask(Sent()).status == 200
    with pytest.raises(ParameterError, match=r"list"):
        App(kind, **{name: "10.0.0.0/8"})


def test_whose_requests_a_rule_counts_is_checked():
    with pytest.raises(ParameterError, match="by is client"):
        LimitRule(RateLimiter(1, 60), by=["client"])


def test_a_load_balancer_may_ask_whether_the_server_lives(kind):
    """Over plain HTTP and by an address, at that path alone and in nobody's name."""
    app = App(kind, probe_paths=["/health"])
    by_address = [(b"host", b"10.0.0.7")]
    assert app.ask(Sent(path="/health", scheme="http", headers=by_address)).status == 200
    assert app.ask(Sent(path="/health", headers=by_address)).status == 200
    assert app.ask(Sent("POST", path="/health", headers=by_address)).status == 421
    assert app.ask(Sent(path="/", headers=by_address)).status == 421
    assert app.ask(Sent(path="/health", scheme="http", headers=[*by_address, (b"cookie", b"a=b")])).status == 403
