"""The names in a query string, as applications read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from zenoo_security.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.web.response import Response

__all__ = ["decoded", "parameters", "too_many"]

_MAX_PARAMETERS: Final = 1000
"""As many as Django takes; PHP and others take as many."""

_TOO_MANY: Final = problem(400, f"A query may have {_MAX_PARAMETERS} parameters.", code="too_many_parameters")

_SEPARATOR: Final = re.compile(rb"[&;]")


def decoded(text: bytes) -> bytes:
    """Percent-encoding and plus signs undone, once.

    >>> decoded(b"a%2Bb+c%zz")
    b'a+b c%zz'
    """
    return unquote_to_bytes(text.replace(b"+", b" "))


def too_many(query: bytes) -> Response | None:
    """The refusal of a query with more parameters than `parameters` gives: some would go unseen."""
    return _TOO_MANY if query.count(b"&") + query.count(b";") >= _MAX_PARAMETERS else None


def parameters(query: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and values of the first 1000 parameters, decoded; a semicolon separates as well, as some servers have it.

    >>> list(parameters(b"a=1&b%5B%5D=2;c"))
    [(b'a', b'1'), (b'b[]', b'2'), (b'c', b'')]
    """
    for part in _SEPARATOR.split(query, _MAX_PARAMETERS)[:_MAX_PARAMETERS]:
        name, _, value = part.partition(b"=")
        yield decoded(name), decoded(value)
