"""The methods that an application has."""

from __future__ import annotations

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import Methods

from .driving import Sent, through
from .probing import handshake

pytestmark = pytest.mark.asvs("v5.0.0-4.1.4")


@pytest.mark.asvs("v5.0.0-13.4.4")
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "get", "Get", "GET ", "", "X" * 100])
def test_other_methods_are_refused(kind, heard, method) -> None:
    got = through(kind, [Methods()], Sent(method=method))
    assert (got.status, got.values("allow")) == (405, [b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"])
    assert [event.event for event in heard] == ["input_validation_fail"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_usual_ones_pass(kind, method) -> None:
    assert through(kind, [Methods()], Sent(method=method)).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/", 200),
        ("POST", "/reports", 405),
        ("GET", "/reports/1", 200),
        ("POST", "/reports/1", 405),
        ("POST", "/reports/", 405),
        ("POST", "//reports/1", 405),
        ("POST", "/x/../reports/1", 405),
        ("POST", "/./reports/.", 405),
        ("POST", "/reports/upload", 200),
        ("GET", "/reports/upload/", 405),
        ("POST", "/reportsx", 200),
        ("POST", "/x/reports", 200),
    ],
)
def test_a_prefix_has_methods_of_its_own(kind, method, path, status) -> None:
    control = Methods(paths={"/reports": ("GET",), "/reports/upload": ("POST",)})
    assert through(kind, [control], Sent(method=method, path=path)).status == status


def test_a_websocket_is_a_get() -> None:
    assert handshake([Methods()], Sent()) is None
    assert handshake([Methods(["POST"])], Sent()).status == 405


@pytest.mark.parametrize(
    "arguments",
    [
        {"allowed": []},
        {"allowed": "GET"},
        {"allowed": ["get"]},
        {"allowed": ["GET", "TRACE"]},
        {"allowed": ["CONNECT"]},
        {"allowed": ["GET\r\n"]},
        {"paths": {"reports": ["GET"]}},
        {"paths": {"/a/../b": ["GET"]}},
        {"paths": {"/a": ["TRACE"]}},
    ],
    ids=str,
)
def test_arguments_are_checked(arguments) -> None:
    with pytest.raises(ParameterError):
        Methods(**arguments)
