"""What is inside an error and a version, and who gets to see it."""

from __future__ import annotations

import logging
import traceback
import xmlrpc.client
from types import SimpleNamespace

import pytest

from zenoo_security.addon.current_request import (
    CurrentRequest,
    asks_for_details,
    current_request,
    show_details,
    shows_details,
)
from zenoo_security.addon.error_texts import hide_error_details, hide_fault_details, name_failed_pages
from zenoo_security.addon.versions import hide_versions, public_version
from zenoo_security.web.request import Request
from zenoo_security.web.request_id import RequestId

SECRET = 'column "x" at /opt/odoo/models.py'


class UserError(Exception):
    """As Odoo's."""


@pytest.fixture
def within():
    """A function that enters a request, which is left at the end."""
    entered = []

    def enter(query=b""):
        request = Request("http", "POST", "http", "/jsonrpc", query, [], "203.0.113.1")
        for control in (RequestId(), CurrentRequest()):
            control.before(request)
            request.enter_pending()
        entered.append(request)
        return request

    yield enter
    for request in reversed(entered):
        request.close()


@pytest.fixture
def http():
    """The part of `odoo.http` that is changed."""

    def serialize_exception(exception, *, message=None, arguments=None):
        return {
            "name": f"{type(exception).__module__}.{type(exception).__name__}",
            "message": str(exception) if message is None else message,
            "arguments": exception.args if arguments is None else arguments,
            "context": getattr(exception, "context", {}),
            "debug": "".join(traceback.format_exception(exception)),
        }

    changed = SimpleNamespace(serialize_exception=serialize_exception)
    for _ in range(2):
        hide_error_details(changed, (UserError,))
    return changed


def raised(error):
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def test_inner_errors_tell_the_request_alone(http, within, caplog):
    request = within()
    error = raised(KeyError(SECRET))
    error.context = {"secret": SECRET}
    with caplog.at_level(logging.WARNING, "zenoo_security.addon.error_texts"):
        told = http.serialize_exception(error)
    reference = f"Request {request.found['request_id']}"
    text = f"The server could not do this. Its log says why. {reference}"
    assert told == {
        "name": "builtins.KeyError",
        "message": text,
        "arguments": [text],
        "context": {},
        "debug": reference,
    }
    [line] = caplog.messages
    assert line.startswith(f"{reference}: the client was not told of builtins.KeyError in {__file__}, line ")
    assert SECRET not in line


def test_a_page_that_tells_nothing_is_named_in_the_log(within, caplog):
    """Once, with its type and place; what is written for users has nothing to be looked up."""
    request = within()

    class HttpDispatcher:
        def handle_error(self, exception):
            return f"page of {type(exception).__name__}"

    for _ in range(2):
        name_failed_pages(SimpleNamespace(HttpDispatcher=HttpDispatcher), (UserError,))
    with caplog.at_level(logging.WARNING, "zenoo_security.addon.error_texts"):
        assert HttpDispatcher().handle_error(raised(KeyError(SECRET))) == "page of KeyError"
        assert HttpDispatcher().handle_error(raised(UserError("Enter a name."))) == "page of UserError"
    [line] = caplog.messages
    assert line.startswith(f"Request {request.found['request_id']}: ")
    assert "builtins.KeyError" in line
    assert SECRET not in line


def test_texts_for_users_stay_without_the_traceback(http, within):
    request = within()
    told = http.serialize_exception(raised(UserError("Enter a name.")), message="Enter one.")
    assert (told["message"], told["arguments"]) == ("Enter one.", ("Enter a name.",))
    assert told["debug"] == f"Request {request.found['request_id']}"


def test_details_are_shown_when_somebody_said_so(http, within):
    within()
    assert SECRET not in http.serialize_exception(raised(KeyError(SECRET)))["debug"]
    show_details()
    assert SECRET in http.serialize_exception(raised(KeyError(SECRET)))["debug"]
    within()
    assert not shows_details()


def test_outside_of_a_request_nothing_is_shown(http):
    show_details()
    assert not shows_details()
    assert not asks_for_details()
    assert current_request() is None
    told = http.serialize_exception(KeyError(SECRET))
    assert (told["message"], told["debug"]) == ("The server could not do this. Its log says why.", "")


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        (b"", False),
        (b"debug=1", True),
        (b"db=x&debug=assets", True),
        (b"debug=0", False),
        (b"debug=False", False),
        (b"debug=", False),
        (b"nodebug=1", False),
        (b"x=debug=1", False),
    ],
)
def test_debug_mode_is_asked_for_in_the_address(within, query, asks):
    within(query)
    assert asks_for_details() is asks


def test_faults_keep_their_codes(within):
    """Those for users as they are; of others the code stays, which the oldest entrance has no numbers for."""
    within()
    module = SimpleNamespace(
        dumps=xmlrpc.client.dumps,
        xmlrpc_handle_exception_int=lambda error: f"2 {error}",
        xmlrpc_handle_exception_string=lambda error: f"warning {error}",
    )
    hide_fault_details(module, (UserError,))
    once = module.xmlrpc_handle_exception_int
    hide_fault_details(module, (UserError,))
    assert module.xmlrpc_handle_exception_int is once
    assert module.xmlrpc_handle_exception_int(UserError("a name")) == "2 a name"
    assert module.xmlrpc_handle_exception_string(UserError("a name")) == "warning a name"
    for handle, place in (
        (module.xmlrpc_handle_exception_int, "<int>1</int>"),
        (module.xmlrpc_handle_exception_string, "Its log"),
    ):
        fault = handle(raised(KeyError(SECRET)))
        assert "Its log says why. Request " in fault
        assert place in fault
        assert SECRET not in fault
    with pytest.raises(TypeError) as nothing:
        xmlrpc.client.dumps((None,))
    assert "<string>cannot marshal None unless allow_none is enabled</string>" in module.xmlrpc_handle_exception_int(
        nothing.value
    )
    show_details()
    assert SECRET in module.xmlrpc_handle_exception_int(raised(KeyError(SECRET)))


@pytest.mark.parametrize(
    ("version", "public"),
    [
        ("19.0", "19.0"),
        ("19.0-20261130", "19.0"),
        ("19.0+e-20261130", "19.0+e"),
        ("19.0.post20261130", "19.0"),
        ("saas~19.1+e", "saas~19.1+e"),
        ("19.1a1", "19.1a1"),
        ("20261130", "20261130"),
        ("unknown", ""),
    ],
)
def test_versions_are_cut_to_series_and_edition(version, public):
    assert public_version(version) == public


def test_versions_are_cut_wherever_they_go_out(within):
    """But for whom details are shown; what the rest of Odoo reads stays whole."""
    release = SimpleNamespace(version="19.0-20261130", version_info=(19, 0, 0, "final", 0, ""))
    service = SimpleNamespace(
        common=SimpleNamespace(
            exp_version=lambda: {"server_version": release.version, "server_serie": "19.0"},
            exp_about=lambda extended=False: ("See", release.version) if extended else "See",
        ),
        db=SimpleNamespace(exp_server_version=lambda: release.version),
        server=SimpleNamespace(CommonRequestHandler=type("CommonRequestHandler", (), {})),
    )
    rpc, assetsbundle = SimpleNamespace(), SimpleNamespace(release=release)
    hide_versions(service, rpc, assetsbundle, release)
    once = service.common.exp_version
    hide_versions(service, rpc, assetsbundle, release)
    assert service.common.exp_version is once
    within()
    for expected in ("19.0", "19.0-20261130"):
        assert service.common.exp_version() == {"server_version": expected, "server_serie": "19.0"}
        assert (service.common.exp_about(), service.common.exp_about(True)) == ("See", ("See", expected))
        assert service.db.exp_server_version() == assetsbundle.release.version == expected
        assert (rpc.odoo.release.version, rpc.odoo.release.version_info) == (expected, release.version_info)
        show_details()
    assert service.server.CommonRequestHandler().version_string() == "Odoo"
