"""Data that a browser must not make a page or a part of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import FetchedData

from .answering import KINDS, answering
from .driving import Got, Sent
from .probing import handshake

if TYPE_CHECKING:
    from zenoo_security.audit import Entry

EMBEDDED = [
    "document",
    "iframe",
    "frame",
    "embed",
    "object",
    "image",
    "script",
    "style",
    "video",
    "worker",
    "xslt",
    "x",
]


def ask(kind: str, *destinations: str, path: str = "/api/orders", **options: object) -> Got:
    headers = [(b"host", b"a.example"), *((b"sec-fetch-dest", each.encode()) for each in destinations)]
    return answering(kind, [FetchedData(["/api/"])], Sent(path=path, headers=headers), **options)


@pytest.mark.asvs("v5.0.0-3.2.1", "v5.0.0-3.5.8")
@pytest.mark.parametrize("destination", EMBEDDED)
@pytest.mark.parametrize("kind", KINDS)
def test_data_is_neither_shown_nor_embedded(kind: str, destination: str, heard: list[Entry]) -> None:
    got = ask(kind, destination)
    assert (got.status, got.values("content-type")) == (403, [b"application/problem+json"])
    assert [entry.event for entry in heard] == ["input_validation_fail"]


@pytest.mark.parametrize("path", ["/api", "//api/orders", "/x/../api/orders"])
@pytest.mark.parametrize("kind", KINDS)
def test_there_is_no_way_around(kind: str, path: str) -> None:
    assert ask(kind, "document", path=path).status == 403


@pytest.mark.parametrize("kind", KINDS)
def test_scripts_and_programs_get_it(kind: str) -> None:
    for destinations in ((), ("empty",), ("websocket",)):
        got = ask(kind, *destinations, headers=[(b"vary", b"Cookie")])
        assert (got.status, got.values("vary")) == (200, [b"Cookie, Sec-Fetch-Dest"])
    got = ask(kind, "document", path="/page")
    assert (got.status, got.values("vary")) == (200, [])


def test_two_answers_to_what_for_are_none() -> None:
    assert ask("asgi", "empty", "document").status == 403


def test_a_websocket_is_no_page() -> None:
    sent = Sent(path="/api/events", headers=[(b"host", b"a.example"), (b"sec-fetch-dest", b"websocket")])
    assert handshake([FetchedData(["/api/"])], sent) is None


def test_arguments_are_checked() -> None:
    with pytest.raises(ParameterError):
        FetchedData("/api/")
