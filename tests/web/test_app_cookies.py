"""The cookies of an application get what they lack."""

from __future__ import annotations

import pytest

from zenoo_security.errors import ParameterError
from zenoo_security.web import CookieAttributes

from .answering import KINDS, answering
from .driving import Sent


def cookies(kind: str, *sent: bytes, scheme: str = "https", **options: object) -> list[bytes]:
    control = CookieAttributes(**options)  # type: ignore[arg-type]
    headers = [(b"set-cookie", value) for value in sent]
    return answering(kind, [control], Sent(scheme=scheme), headers=headers).values("set-cookie")


@pytest.mark.asvs("v5.0.0-3.3.1", "v5.0.0-3.3.2", "v5.0.0-3.3.4")
@pytest.mark.parametrize("kind", KINDS)
def test_each_cookie_is_completed(kind: str) -> None:
    odoo = b"session_id=abc; Expires=Tue, 01 Dec 2026 00:00:00 GMT; Max-Age=604800; HttpOnly; Path=/"
    assert cookies(kind, odoo, b"tz=Europe/Berlin;") == [
        odoo + b"; Secure; SameSite=Lax",
        b"tz=Europe/Berlin; Secure; HttpOnly; SameSite=Lax",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_other_headers_are_none_of_its_business(kind: str) -> None:
    headers = [(b"location", b"/page"), (b"set-cookie", b"a=b"), (b"link", b"</x>; rel=next")]
    got = answering(kind, [CookieAttributes()], headers=headers)
    assert (got.values("location"), got.values("link")) == ([b"/page"], [b"</x>; rel=next"])


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_says_itself_stays(kind: str) -> None:
    whole = b"a=b; secure; HTTPONLY; SameSite=None"
    assert cookies(kind, whole) == [whole]
    assert cookies(kind, b"a=secure; Path=/httponly", same_site="Strict") == [
        b"a=secure; Path=/httponly; Secure; HttpOnly; SameSite=Strict"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_scripts_read_what_they_must(kind: str) -> None:
    assert cookies(kind, b"csrftoken=x", b"other=x", readable=["csrftoken"]) == [
        b"csrftoken=x; Secure; SameSite=Lax",
        b"other=x; Secure; HttpOnly; SameSite=Lax",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_application_says_what_scripts_may_not_read(kind: str) -> None:
    assert cookies(kind, b"cids=1", b"session_id=x; HttpOnly", readable=None) == [
        b"cids=1; Secure; SameSite=Lax",
        b"session_id=x; HttpOnly; Secure; SameSite=Lax",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_over_http_a_cookie_is_not_secure(kind: str) -> None:
    assert cookies(kind, b"a=b", scheme="http") == [b"a=b; HttpOnly; SameSite=Lax"]


def test_arguments_are_checked() -> None:
    for options in ({"same_site": "None"}, {"readable": "csrftoken"}):
        with pytest.raises(ParameterError):
            CookieAttributes(**options)  # type: ignore[arg-type]
