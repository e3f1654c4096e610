"""Heads that two readers could read in two ways: request smuggling and split responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.errors import HeaderInjection
from zenoo_security.web.control import Control
from zenoo_security.web.problems import problem
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["Framing"]

_TOKEN: Final = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What the name of a header is made of (RFC 9110, section 5.6.2)."""

_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {0x09})
"""What its value never has (RFC 9110, section 5.5)."""

_LENGTH: Final = b"content-length"
_CODING: Final = b"transfer-encoding"

_ONCE: Final = (b"host", _LENGTH, _CODING, b"content-type", b"authorization")
"""Headers of which a second one makes servers differ on which counts."""

_LOOKED_AT: Final = frozenset(
    {
        *_ONCE,
        b"cookie",
        b"forwarded",
        b"origin",
        b"referer",
        b"sec-fetch-mode",
        b"sec-fetch-site",
        b"x-csrf-token",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-proto",
        b"x-real-ip",
        b"x-request-id",
    }
)
"""Headers that controls look at."""

_REMEMBERED: Final = 512
_MOST_NAMES: Final = 50
_MOST_BYTES: Final = 1000
"""Longer heads are looked at each time: what is remembered has a bounded size, not only a bounded number."""

_AMBIGUOUS: Final = problem(
    400,
    "Send a request whose head has one meaning alone.",
    headers=((b"connection", b"close"),),
    code="ambiguous_head",
)
"""Where the next request begins is not certain, so the connection cannot carry one."""


class Framing(Control):
    """Refuses heads that a proxy and a server may read in two ways, and responses that would be split.

    On the way in, 400 with the connection closed: two `Content-Length`, `Host`, `Transfer-Encoding`, `Content-Type` or
    `Authorization`; `Content-Length` beside `Transfer-Encoding`, or anything but digits; a transfer coding other than
    `chunked`; control characters in a value, and other characters than those of a token in a name. A name with an
    underscore, where the same with a hyphen is there or is one that controls look at: to a CGI-like application (WSGI,
    Django) the two are one.

    On the way out, a header with a line break, NUL or another control character, or whose name is no token, raises
    `HeaderInjection` in place of being sent: some servers write out what they get.

    Servers refuse much of this before any application sees it, each another part; `tests/web/test_servers.py` shows
    which. A line that is folded (obs-fold) has been put together by then, or refused.
    """

    def __init__(self) -> None:
        self._audit: Final = BoundedTelling()
        self._asked: Final = _Known(_is_plain)
        self._answered: Final = _Known(_are_tokens)

    def before(self, request: Request) -> Response | None:
        """Look at the head of a request."""
        if self._asked.holds(request.names()) and _is_clean(request.text()) and _has_one_length(request):
            return None
        self._audit.tell("input_validation_fail", what="head", codes=["ambiguous"])
        return _AMBIGUOUS

    def after(self, request: Request, head: Head) -> None:
        """Look at the head of a response.

        Raises:
            HeaderInjection: it would be split.
        """
        del request
        if not head.headers:
            return
        names, values = zip(*head.headers, strict=True)
        if not (self._answered.holds(names) and _is_clean(b"".join(values))):
            raise HeaderInjection("a header of the response has a line break or a control character: encode its value")


class _Known:
    """What is true of the names of a head, remembered: clients and applications have few sets of names.

    Args:
        holds: tells it of names that have not been seen.
    """

    __slots__ = ("_answers", "_find")

    def __init__(self, holds: Callable[[tuple[bytes, ...]], bool]) -> None:
        self._find: Final = holds
        self._answers: Final[dict[tuple[bytes, ...], bool]] = {}

    def holds(self, names: tuple[bytes, ...]) -> bool:
        """Whether it is true of these."""
        known = self._answers.get(names)
        if known is not None:
            return known
        answer = self._find(names)
        if len(names) <= _MOST_NAMES and sum(map(len, names)) <= _MOST_BYTES:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            self._answers[names] = answer
        return answer


def _are_tokens(names: tuple[bytes, ...]) -> bool:
    return all(names) and not b"".join(names).translate(None, _TOKEN)


def _is_clean(text: bytes) -> bool:
    return len(text.translate(None, _CONTROLS)) == len(text)


def _is_plain(names: tuple[bytes, ...]) -> bool:
    """Whether each name is a token, in lower case as controls look for it, and none stands for another."""
    if not _are_tokens(names) or any(name != name.lower() for name in names):
        return False
    if any(names.count(name) > 1 for name in _ONCE) or (_LENGTH in names and _CODING in names):
        return False
    hyphened = {name.replace(b"_", b"-") for name in names if b"_" in name}
    return hyphened.isdisjoint(_LOOKED_AT) and hyphened.isdisjoint(names)


def _has_one_length(request: Request) -> bool:
    length, coding = request.value(_LENGTH), request.value(_CODING)
    return (length is None or length.isdigit()) and (coding is None or coding.lower() == b"chunked")
