"""Media types and character sets."""

from __future__ import annotations

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import ContentTypes

from .answering import KINDS, answering


@pytest.mark.asvs("v5.0.0-4.1.1")
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"text/html", b"text/html; charset=utf-8"),
        (b"Text/CSV; header=present", b"Text/CSV; header=present; charset=utf-8"),
        (b"text/plain;", b"text/plain; charset=utf-8"),
        (b"image/svg+xml", b"image/svg+xml; charset=utf-8"),
        (b"application/xml", b"application/xml; charset=utf-8"),
        (b"text/html; charset=ISO-8859-1", b"text/html; charset=ISO-8859-1"),
        (b"text/html;Charset=utf-8", b"text/html;Charset=utf-8"),
        (b"application/json", b"application/json"),
        (b"image/png", b"image/png"),
        (b"multipart/form-data; boundary=x", b"multipart/form-data; boundary=x"),
        (b"", b""),
    ],
    ids=lambda value: value.decode() or "empty",
)
@pytest.mark.parametrize("kind", KINDS)
def test_text_has_a_character_set(kind: str, sent: bytes, expected: bytes) -> None:
    control = ContentTypes()
    for _ in range(2):  # the second time from memory
        assert answering(kind, [control], headers=[(b"Content-Type", sent)]).values("content-type") == [expected]


@pytest.mark.parametrize("kind", KINDS)
def test_the_type_may_stand_anywhere(kind: str) -> None:
    headers = [(b"x-note", b"text/plain"), (b"content-type", b"text/html"), (b"etag", b"text/css")]
    got = answering(kind, [ContentTypes()], headers=headers)
    assert got.values("content-type") == [b"text/html; charset=utf-8"]
    assert (got.values("x-note"), got.values("etag")) == ([b"text/plain"], [b"text/css"])


@pytest.mark.asvs("v5.0.0-4.1.1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_without_a_type_is_no_page(kind: str) -> None:
    assert answering(kind, [ContentTypes()]).values("content-type") == [b"application/octet-stream"]
    for status, headers in ((204, []), (304, []), (200, [(b"content-length", b"0")])):
        assert answering(kind, [ContentTypes()], status=status, headers=headers).values("content-type") == []


def test_what_is_remembered_is_bounded() -> None:
    control = ContentTypes("latin-1")
    for number in range(200):
        value = b"text/x-%d" % number
        got = answering("asgi", [control], headers=[(b"content-type", value)])
        assert got.values("content-type") == [value + b"; charset=latin-1"]
    assert len(control._known) <= 64


def test_a_character_set_is_a_name() -> None:
    for charset in ("", "utf-8\r\nx: y", "a b"):
        with pytest.raises(ParameterError):
            ContentTypes(charset)
