"""Structured Field Values for HTTP (RFC 9651), as far as the fields that we send need them: strings and integers.

Only the writing half: what is written is made of what the programmer chose and of what was counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["integer", "item", "string"]

_STRING: Final = re.compile(r"[\x20-\x7e]*")
_KEY: Final = re.compile(r"[a-z*][a-z0-9_.*-]*")
_MAX_INTEGER: Final = 999_999_999_999_999
"""Section 3.3.1: fifteen digits."""


def string(text: str) -> bytes:
    r"""A String (section 4.1.6).

    Raises:
        ParameterError: it has a character that a String cannot have: anything but printable ASCII.

    >>> string('a "quoted" \\ word')
    b'"a \\"quoted\\" \\\\ word"'
    """
    if not _STRING.fullmatch(text):
        raise ParameterError("a name in a header is printable ASCII")
    return b'"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').encode()


def integer(number: int) -> bytes:
    """An Integer (section 4.1.4).

    Raises:
        ParameterError: it has more than fifteen digits.

    >>> integer(86400)
    b'86400'
    """
    if not -_MAX_INTEGER <= number <= _MAX_INTEGER:
        raise ParameterError("a number in a header has at most fifteen digits")
    return b"%d" % number


def item(text: str, parameters: Mapping[str, int]) -> bytes:
    """A String with Integers as its parameters (sections 4.1.3 and 4.1.1.2).

    Raises:
        ParameterError: the text, a number or the name of a parameter cannot be written.

    >>> item("burst", {"q": 100, "w": 60})
    b'"burst";q=100;w=60'
    """
    if not all(map(_KEY.fullmatch, parameters)):
        raise ParameterError("the name of a parameter is lower case letters, digits and _-.*")
    return string(text) + b"".join(b";%s=%s" % (key.encode(), integer(value)) for key, value in parameters.items())
