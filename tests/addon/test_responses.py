"""What goes around Odoo's WSGI application."""

from __future__ import annotations

from types import SimpleNamespace
from wsgiref.util import setup_testing_defaults

import pytest

from zenoo_security.addon.responses import controls_of, protect_responses
from zenoo_security.addon.rpc_limits import OdooLimits
from zenoo_security.addon.settings import AddonSettings


def answer_of(application, path, **environ):
    """The status and the headers of a response."""
    answered = {}
    environ = {"PATH_INFO": path, **environ}
    setup_testing_defaults(environ)

    def start_response(status, headers, exc_info=None):
        answered.update(status=status, headers={name.lower(): value for name, value in headers})

    chunks = application(environ, start_response)
    list(chunks)
    getattr(chunks, "close", list)()
    return answered


@pytest.fixture
def http():
    """The part of `odoo.http` that is changed."""

    class Application:
        def __call__(self, environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "cids=1"), ("Server", "Odoo")])
            return [b"hello"]

    return SimpleNamespace(Application=Application)


def behind_https(environ):
    environ["wsgi.url_scheme"] = "https"


def test_headers_and_cookies(http):
    protect_responses(http, controls_of(AddonSettings(), OdooLimits({})), behind_https)
    headers = answer_of(http.Application(), "/web")["headers"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["set-cookie"] == "cids=1; Secure; SameSite=Lax"
    assert "server" not in headers


def test_handshake_of_a_websocket_has_them_too(http):
    """It has a cookie of the session, which would take the place of the one with the attributes."""
    protect_responses(http, controls_of(AddonSettings(), OdooLimits({})), behind_https)
    headers = answer_of(http.Application(), "/websocket", HTTP_UPGRADE="websocket")["headers"]
    assert headers["set-cookie"] == "cids=1; Secure; SameSite=Lax"


@pytest.mark.asvs("14.3.2")
@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"REQUEST_METHOD": "GET"}, None),
        ({"REQUEST_METHOD": "POST"}, "no-store, max-age=0"),
        ({"REQUEST_METHOD": "GET", "HTTP_AUTHORIZATION": "Bearer key"}, "no-store, max-age=0"),
    ],
)
def test_answers_to_a_post_or_a_key_are_kept_nowhere(http, asked, kept):
    protect_responses(http, controls_of(AddonSettings(), OdooLimits({})), behind_https)
    assert answer_of(http.Application(), "/json/1/contacts", **asked)["headers"].get("cache-control") == kept


@pytest.mark.parametrize(("allowed", "status"), [(False, "404 Not Found"), (True, "200 OK")])
@pytest.mark.parametrize("path", ["/web/database/manager", "/fr/web/database/list", "/xmlrpc/db", "/xmlrpc/2/db"])
def test_database_manager_answers_when_it_is_allowed(http, path, allowed, status):
    protect_responses(http, controls_of(AddonSettings(database_manager=allowed), OdooLimits({})), lambda _: None)
    answer = answer_of(http.Application(), path)
    assert answer["status"] == status
    assert answer["headers"]["x-content-type-options"] == "nosniff"


def test_it_is_done_once(http):
    protect_responses(http, [], lambda _: None)
    first = http.Application.__call__
    protect_responses(http, [], lambda _: None)
    assert http.Application.__call__ is first
