"""The names in a query string, as applications read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_PARAMETERS", "decoded", "parameters"]

MAX_PARAMETERS: Final = 1000
"""As many as Django takes; PHP and others take as many."""

_SEPARATOR: Final = re.compile(rb"[&;]")


def decoded(text: bytes) -> bytes:
    """Percent-encoding and plus signs undone, once.

    >>> decoded(b"a%2Bb+c%zz")
    b'a+b c%zz'
    """
    return unquote_to_bytes(text.replace(b"+", b" "))


def parameters(query: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and values of the first 1000 parameters, decoded; a semicolon separates as well, as some servers have it.

    >>> list(parameters(b"a=1&b%5B%5D=2;c"))
    [(b'a', b'1'), (b'b[]', b'2'), (b'c', b'')]
    """
    for part in _SEPARATOR.split(query, MAX_PARAMETERS)[:MAX_PARAMETERS]:
        name, _, value = part.partition(b"=")
        yield decoded(name), decoded(value)
