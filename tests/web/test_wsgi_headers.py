"""Headers of WSGI, in Rust as PEP 3333 says them in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security._native import wsgi_lowered, wsgi_request, wsgi_titled

if TYPE_CHECKING:
    from collections.abc import Callable

# Case that changes the length or the alphabet, what latin-1 has and has not, and half a character.
TEXTS = st.text(st.sampled_from("AZaz_-: 09\0\r\n\x7f\x80\xb5\xdf\xff\u0130\u0178\u212a\u20ac\ud800"), max_size=8)
VARIABLES = st.builds(str.__add__, st.sampled_from(["", "HTTP_", "http_", "CONTENT_", "HTTP_CONTENT_"]), TEXTS)
NAMES = VARIABLES | st.sampled_from(["CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "CONTENT_TYPES"])
OWN = {"CONTENT_TYPE": b"content-type", "CONTENT_LENGTH": b"content-length"}


def outcome(function: Callable[..., object], *args: object) -> object:
    try:
        return function(*args)
    except UnicodeEncodeError:
        return UnicodeEncodeError


@given(st.dictionaries(NAMES, TEXTS))
def test_a_request_has_the_headers_of_its_environment(environ: dict[str, str]) -> None:
    def expected() -> list[tuple[bytes, bytes]]:
        return [
            (
                OWN.get(name) or name[5:].replace("_", "-").encode("latin-1", "replace").lower(),
                value.encode("latin-1"),
            )
            for name, value in environ.items()
            if name.startswith("HTTP_") or (name in OWN and value)
        ]

    assert outcome(wsgi_request, environ) == outcome(expected)


@given(st.lists(st.tuples(TEXTS, TEXTS)))
def test_the_headers_of_an_application_are_bytes(headers: list[tuple[str, str]]) -> None:
    def expected() -> list[tuple[bytes, bytes]]:
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    assert outcome(wsgi_lowered, headers) == outcome(expected)


@given(st.lists(st.tuples(st.binary(max_size=8), st.binary(max_size=8))))
def test_a_server_gets_texts(headers: list[tuple[bytes, bytes]]) -> None:
    assert wsgi_titled(headers) == [
        (name.decode("latin-1").title(), value.decode("latin-1")) for name, value in headers
    ]


def test_headers_are_pairs_of_any_kind() -> None:
    class Text(str):
        __slots__ = ()

    assert wsgi_lowered(iter([["Via", Text("é")]])) == [(b"via", b"\xe9")]


@pytest.mark.parametrize("header", [(), ("Via",), ("Via", "a", "b")])
def test_what_is_no_pair_is_refused(header: Any) -> None:
    with pytest.raises(ValueError, match="2"):
        wsgi_lowered([header])


@pytest.mark.parametrize("headers", [[("Via", None)], [(b"via", "a")], None])
def test_what_is_no_text_is_refused(headers: Any) -> None:
    with pytest.raises((AttributeError, TypeError)):
        wsgi_lowered(headers)


def test_an_environment_may_change_while_it_is_read() -> None:
    class Length(str):
        __slots__ = ()

        def __bool__(self) -> bool:
            environ.clear()
            return True

    environ = {"CONTENT_LENGTH": Length("1"), "HTTP_VIA": "a"}
    assert wsgi_request(environ) == [(b"content-length", b"1"), (b"via", b"a")]
