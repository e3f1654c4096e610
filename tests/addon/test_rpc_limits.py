"""Rate limits around Odoo: what is counted, where, and what happens when it cannot be."""

from __future__ import annotations

import json
import xmlrpc.client
from contextvars import copy_context
from types import SimpleNamespace
from wsgiref.util import setup_testing_defaults

import pytest

from zenoo_security.addon import limiters
from zenoo_security.addon.current_request import CurrentRequest, take_up_request
from zenoo_security.addon.limiters import limiters_of
from zenoo_security.addon.rpc_answers import entrance_of
from zenoo_security.addon.rpc_limits import OdooLimits
from zenoo_security.addon.settings import AddonSettings
from zenoo_security.audit import LOGGER_NAME
from zenoo_security.errors import RateLimitExceeded, StoreError
from zenoo_security.limits import RateLimiter, RateLimits
from zenoo_security.stores import open_store
from zenoo_security.stores.waiting import result_of
from zenoo_security.web import WsgiMiddleware

OFF = dict.fromkeys(("rpc_address_limit", "rpc_user_limit", "web_user_limit", "login_address_limit"), "off")


@pytest.fixture
def inside():
    """What Odoo does at a request, and what happened."""
    return SimpleNamespace(calls=[], count=0)


@pytest.fixture
def ask(inside):
    """A function that sends a request through limits."""

    def send(limits, path="/jsonrpc", address="203.0.113.1"):
        def odoo(environ, start_response):
            inside.count += 1
            try:
                for call in inside.calls:
                    call()
            except (RateLimitExceeded, StoreError):
                start_response("200 OK", [("Content-Type", "application/json")])
                return [b"an error of Odoo's"]
            start_response("200 OK", [("Content-Type", "application/json")])
            return [b"result"]

        answered = SimpleNamespace()
        environ = {"PATH_INFO": path, "REMOTE_ADDR": address}
        setup_testing_defaults(environ)

        def start_response(status, headers, exc_info=None):
            answered.status, answered.headers = int(status[:3]), {name.lower(): value for name, value in headers}

        chunks = WsgiMiddleware(odoo, [CurrentRequest(), limits])(environ, start_response)
        answered.body = b"".join(chunks).decode()
        chunks.close()
        return answered

    return send


@pytest.mark.parametrize(
    ("path", "entrance"),
    [
        ("/xmlrpc/common", "xmlrpc"),
        ("/xmlrpc/2/object", "xmlrpc/2"),
        ("/xmlrpc/2", "xmlrpc/2"),
        ("/jsonrpc", "jsonrpc"),
        ("/jsonrpc/", "jsonrpc"),
        ("jsonrpc", "jsonrpc"),
        ("//jsonrpc", "jsonrpc"),
        ("/fr_BE/jsonrpc", "jsonrpc"),
        ("/fr/xmlrpc/2/common", "xmlrpc/2"),
        ("/json/2/res.partner/search", "json/2"),
        ("/json/2", "json/2"),
        ("/xmlrpc/..", "xmlrpc"),
        ("/fr/xmlrpc/2/..", "xmlrpc/2"),
        ("/json/2/../..", "json/2"),
        ("/json//2/x/y", "json/2"),
        ("/xmlrpc/22", "xmlrpc"),
        ("/json/version", None),
        ("/jsonrpcs", None),
        ("/fr/be/jsonrpc", None),
        ("/web/dataset/call_kw", None),
        ("/", None),
    ],
)
def test_paths_that_are_entrances(path, entrance):
    """Also behind a language, which Odoo takes away, and with slashes and dots that it does not mind."""
    assert entrance_of(path) == entrance


def test_refused_by_the_network_nothing_is_done(ask, inside):
    limits = OdooLimits({"rpc-address": RateLimiter(1, 3600, name="rpc-address")})
    assert ask(limits).body == "result"
    refused = ask(limits)
    assert (refused.status, inside.count) == (429, 1)
    assert json.loads(refused.body)["error"]["data"]["message"].startswith("Too many requests")
    assert refused.headers["retry-after"] == "3600"
    assert refused.headers["ratelimit"] == '"rpc-address";r=0;t=3600'
    assert ask(limits, "/web/login").body == "result"
    assert ask(limits, address="2001:db8::1").body == "result"
    assert ask(limits, address="2001:db8::2").status == 429
    assert ask(limits, address="unknown").status == 403


def test_the_request_that_loads_the_addon_is_counted(ask, inside):
    """Nothing stood around it: its network is charged with its login or its user, and once."""
    limits = OdooLimits({name: RateLimiter(2, 3600, name=name) for name in ("rpc-address", "rpc-user")})

    def load(environ):
        take_up_request(environ)
        for _ in range(2):
            limits.charge_network("login-address")
            limits.charge_user("rpc-user", "shop", 7)

    environ = {"PATH_INFO": "/jsonrpc", "REMOTE_ADDR": "203.0.113.1"}
    setup_testing_defaults(environ)
    copy_context().run(load, environ)
    assert ask(limits).headers["ratelimit"].startswith('"rpc-address";r=0;')
    inside.calls = [lambda: limits.charge_user("rpc-user", "shop", 7)]
    assert '"rpc-user";r=0' in ask(limits, address="203.0.113.2").headers["ratelimit"]


def test_clients_that_are_not_known_are_counted_as_one():
    """Where Odoo had put its request away before the addon was there."""
    limits = OdooLimits({name: RateLimiter(2, 3600, name=name) for name in ("rpc-address", "login-address")})

    def load():
        take_up_request(None)
        limits.charge_network("login-address")
        limits.charge_user("rpc-user", "shop", 7)

    for _ in range(2):
        copy_context().run(load)
    with pytest.raises(RateLimitExceeded):
        copy_context().run(load)


@pytest.mark.parametrize(("path", "code"), [("/xmlrpc/2/common", 2), ("/xmlrpc/common", "warning -- UserError")])
def test_xmlrpc_gets_a_fault(ask, path, code):
    """With status 200, since clients read no other."""
    limits = OdooLimits({"rpc-address": RateLimiter(1, 60)})
    ask(limits)
    answer = ask(limits, path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.headers["content-length"] == str(len(answer.body))
    with pytest.raises(xmlrpc.client.Fault) as fault:
        xmlrpc.client.loads(answer.body)
    assert str(fault.value.faultCode).startswith(str(code))
    assert "Too many requests" in str(fault.value)


def test_refused_for_the_user_http_says_so(ask, inside):
    """Whatever Odoo answers with; the headers tell of the limit that refused alone."""
    limits = OdooLimits({"rpc-address": RateLimiter(99, 60, name="a"), "rpc-user": RateLimiter(1, 60, name="u")})
    inside.calls = [lambda: limits.charge_user("rpc-user", "db", 7)]
    assert ask(limits).headers["ratelimit"] == '"a";r=98;t=60, "u";r=0;t=60'
    refused = ask(limits)
    assert (refused.status, refused.headers["retry-after"]) == (429, "60")
    assert refused.headers["ratelimit"] == '"u";r=0;t=60'
    assert ask(limits, "/xmlrpc/2/object").status == 200
    inside.calls = [lambda: limits.charge_user("rpc-user", "other", 7)]
    assert ask(limits).status == 200


def test_one_request_is_charged_once(ask, inside):
    """Odoo runs it again when its transaction has failed."""
    limits = OdooLimits({"rpc-user": RateLimiter(5, 60, name="u"), "login-address": RateLimiter(5, 60, name="l")})
    inside.calls = [
        lambda: limits.charge_network("login-address"),
        lambda: limits.charge_user("rpc-user", "db", 7),
    ] * 3
    assert ask(limits).headers["ratelimit"] == '"l";r=4;t=60, "u";r=4;t=60'


def test_logins_are_counted_for_a_network(ask, inside):
    """An IPv6 /64, of which a guesser has every address."""
    limits = OdooLimits({"login-address": RateLimiter(1, 60)})
    inside.calls = [lambda: limits.charge_network("login-address")]
    answers = [ask(limits, "/web/login", address) for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")]
    assert [answer.status for answer in answers] == [200, 429, 200]


def test_what_is_refused_stays_refused(ask, inside):
    """Whoever catches it and goes on gets no further."""
    limits = OdooLimits({"rpc-user": RateLimiter(1, 60, name="u")})
    refusals = []

    def twice():
        for _ in range(2):
            with pytest.raises(RateLimitExceeded):
                limits.charge_user("rpc-user", "db", 7)
            refusals.append(1)

    inside.calls = [lambda: limits.charge_user("rpc-user", "db", 7)]
    ask(limits)
    inside.calls = [twice]
    assert ask(limits).status == 429
    assert len(refusals) == 2


def test_outside_of_a_request_nothing_is_counted():
    """In a cron job and in a shell."""
    limits = OdooLimits({"rpc-user": RateLimiter(1, 60)})
    for _ in range(2):
        limits.charge_user("rpc-user", "db", 7)


def test_limits_that_are_off_count_nothing(ask, tmp_path):
    assert limiters_of(AddonSettings(**OFF), str(tmp_path / "limits")) == {}
    answer = ask(OdooLimits({}))
    assert (answer.body, "ratelimit" in answer.headers) == ("result", False)


def test_settings_make_limiters_that_count_in_one_file(ask, tmp_path):
    """Each process opens it, and several limits have names of their own."""
    path = tmp_path / "limits"
    settings = AddonSettings(rpc_address_limit="2/hour and 100/day")
    limiters = [limiters_of(settings, str(path))["rpc-address"] for _ in range(2)]
    assert not path.exists()
    assert [limiters[number % 2].hit("anna").allowed for number in range(3)] == [True, True, False]
    assert path.exists()
    names = [policy.name for policy in limiters[0].policies]
    assert names == ["rpc-address-2/h", "rpc-address-100/day"]
    other = limiters_of(AddonSettings(limits_file=str(tmp_path / "other")), str(path))["rpc-user"]
    assert other.hit("anna").allowed
    assert (tmp_path / "other").exists()


@pytest.fixture
def opened(monkeypatch):
    """The stores that limiters open, which nobody else closes."""
    stores = []

    def opening(url):
        stores.append(open_store(url))
        return stores[-1]

    monkeypatch.setattr(limiters, "open_store", opening)
    yield stores
    for store in stores:
        result_of(store.aclose())


def test_limits_are_counted_in_the_store_that_is_named(tmp_path, opened):
    settings = AddonSettings(store_url=f"sqlite:///{tmp_path}/counters.db", web_user_limit="1/hour")
    for expected in (True, False):
        assert limiters_of(settings, str(tmp_path / "absent"))["web-user"].hit("7@db").allowed is expected
    assert len(opened) == 2
    assert not (tmp_path / "absent").exists()


@pytest.mark.asvs("16.5.3")
@pytest.mark.parametrize("choice", ["refuse", "allow"])
def test_without_its_store_requests_are_refused_unless_allowed(ask, inside, tmp_path, caplog, choice):
    """The audit log is told what became of them; when the place is there again, they are counted."""
    directory = tmp_path / "absent"
    settings = AddonSettings(limits_on_store_failure=choice, rpc_address_limit="1/hour", rpc_user_limit="1/hour")
    limits = OdooLimits(limiters_of(settings, str(directory / "limits")))
    with caplog.at_level("INFO", LOGGER_NAME):
        answers = [ask(limits) for _ in range(3)]
    assert [answer.status for answer in answers] == [200 if choice == "allow" else 503] * 3
    told = [record.event for record in caplog.records if record.event["name"] == "limit.uncounted"]
    assert [(event["limiter"], event["let_through"]) for event in told] == [("rpc-address", choice == "allow")]
    inside.calls = [lambda: limits.charge_user("rpc-user", "db", 7)]
    assert ask(limits, "/web").status == (200 if choice == "allow" else 503)
    inside.calls = []
    directory.mkdir()
    assert [ask(limits).status for _ in range(2)] == [200, 429]


def test_a_file_of_something_else_is_not_overwritten(ask, tmp_path):
    path = tmp_path / "limits"
    path.write_text("something else")
    path.chmod(0o600)
    limits = OdooLimits(limiters_of(AddonSettings(), str(path)))
    answer = ask(limits)
    assert answer.status == 503
    data = json.loads(answer.body)["error"]["data"]
    assert data["name"] == "odoo.addons.zenoo_security.errors.NotCounted"
    assert str(path) not in answer.body
    assert path.read_text() == "something else"


def test_several_limits_are_told_together(ask):
    limits = OdooLimits({"rpc-address": RateLimits("2/s and 3/h", name="n")})
    assert ask(limits).headers["ratelimit-policy"] == '"n:2/s";q=2;w=1, "n:3/h";q=3;w=3600'
