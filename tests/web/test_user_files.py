"""Uploaded files are handed out to be kept, not to be run."""

from __future__ import annotations

import pytest

from zenoo_security.errors import InvalidInput
from zenoo_security.web import HeaderChanges, SecurityHeaders, UserFiles, attachment, change_headers

from .answering import KINDS, answering
from .driving import Got, Sent


def file(
    kind: str, media_type: bytes, disposition: bytes | None = None, path: str = "/files/7", **options: object
) -> Got:
    headers = [(b"content-type", media_type)]
    if disposition is not None:
        headers.append((b"content-disposition", disposition))
    controls = [SecurityHeaders(), UserFiles(["/files/"])]
    return answering(kind, controls, Sent(path=path), headers=headers, **options)


@pytest.mark.asvs("v5.0.0-3.2.1")
@pytest.mark.parametrize(
    "media_type", [b"text/html", b"image/svg+xml", b"application/pdf", b"", b"image/png, text/html"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_may_hold_script_is_saved(kind: str, media_type: bytes) -> None:
    assert file(kind, media_type).values("content-disposition") == [b"attachment"]
    named = file(kind, media_type, b'inline; filename="a.html"').values("content-disposition")
    assert named == [b'attachment; filename="a.html"']


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_may_be_shown(kind: str) -> None:
    assert file(kind, b"image/png").values("content-disposition") == []
    assert file(kind, b"Image/PNG; x=y", b"inline").values("content-disposition") == [b"inline"]
    assert file(kind, b"image/png", b"Attachment").values("content-disposition") == [b"Attachment"]


@pytest.mark.asvs("v5.0.0-3.2.1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_in_a_sandbox_and_loads_nothing(kind: str) -> None:
    (policy,) = file(kind, b"text/html").values("content-security-policy")
    assert b"default-src 'none'" in policy
    assert policy.endswith(b"; sandbox")
    assert b"script-src" not in policy


@pytest.mark.parametrize("kind", KINDS)
def test_other_pages_are_pages(kind: str) -> None:
    got = file(kind, b"text/html", path="/page")
    assert got.values("content-disposition") == []
    assert b"sandbox" not in got.values("content-security-policy")[0]


@pytest.mark.parametrize("path", ["//files/7", "/page/../files/7"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_path_that_may_be_that_of_a_file_is_one(kind: str, path: str) -> None:
    assert file(kind, b"text/html", path=path).values("content-disposition") == [b"attachment"]


def test_an_application_may_say_otherwise_for_one_file() -> None:
    changes = HeaderChanges(csp={"frame-ancestors": "'self'"})
    got = file("asgi", b"image/png", act=lambda scope: change_headers(scope, changes))
    assert b"frame-ancestors 'self'" in got.values("content-security-policy")[0]


@pytest.mark.asvs("v5.0.0-5.4.1", "v5.0.0-5.4.2", "v5.0.0-5.3.2")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("invoice.pdf", 'attachment; filename="invoice.pdf"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("für.pdf", "attachment; filename=\"f_r.pdf\"; filename*=UTF-8''f%C3%BCr.pdf"),
        ("100%.pdf", "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
    ],
)
def test_a_file_name_is_encoded(name: str, value: str) -> None:
    """RFC 6266 and RFC 8187."""
    assert attachment(name) == value


@pytest.mark.asvs("v5.0.0-5.4.1", "v5.0.0-5.4.2")
@pytest.mark.parametrize("name", ['a"; x=y', "a\r\nSet-Cookie: b=c", 'a\\".html', "a\x00b", "\u202egnp.exe"])
def test_a_file_name_ends_nothing(name: str) -> None:
    value = attachment(name)
    assert value.isascii()
    assert value.isprintable()
    assert value.split("filename*")[0].count('"') == 2


def test_no_name_is_no_name() -> None:
    with pytest.raises(InvalidInput):
        attachment("..")
