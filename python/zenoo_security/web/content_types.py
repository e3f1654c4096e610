"""A media type with its character set on every response with a body, so that no browser has to guess."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Additions, Control

if TYPE_CHECKING:
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["ContentTypes"]

_NAME: Final = b"content-type"
_CHARSET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{1,39}")
_TEXT: Final = re.compile(
    # SVG and other XML may say it inside; then a parameter that says the same does no harm.
    rb"(?:text/[!-~]+|application/(?:javascript|ecmascript|xml|xml-dtd|xhtml\+xml|rss\+xml|atom\+xml)|image/svg\+xml)",
    re.IGNORECASE,
)
_NO_TYPE: Final = (_NAME, b"application/octet-stream")
_BODILESS: Final = frozenset({204, 205, 304})
_FIRST_FINAL: Final = 200
_MOST_TYPES: Final = 64


class ContentTypes(Control):
    """Completes `Content-Type`: text without a character set gets one, a body without a type is bytes and no page.

    JSON needs none: it is UTF-8 by its definition (RFC 8259).

    Args:
        charset: what the application encodes its text in.

    Raises:
        ParameterError: this cannot be the name of a character set.
    """

    __slots__ = ("_charset", "_known")

    def __init__(self, charset: str = "utf-8") -> None:
        if not _CHARSET.fullmatch(charset):
            raise ParameterError("the character set is a name such as utf-8")
        self._charset: Final = f"; charset={charset}".encode()
        self._known: dict[bytes, bytes] = {}

    def after(self, request: Request, head: Head) -> None:
        """Complete the type."""
        for index, (name, value) in enumerate(head.headers):
            if name == _NAME:
                head.headers[index] = (name, self._complete(value))
                return
        if head.status >= _FIRST_FINAL and head.status not in _BODILESS and head.value(b"content-length") != b"0":
            head.headers.append(_NO_TYPE)

    def additions(self) -> Additions:
        """The same: almost every response has a type."""
        return Additions(self._add, changed=frozenset({_NAME}))

    def _add(self, request: Request, head: Head) -> bool:
        self.after(request, head)
        return True

    def _complete(self, value: bytes) -> bytes:
        """The type with its character set; the few types of an application are remembered."""
        known = self._known.get(value)
        if known is not None:
            return known
        media_type, _, parameters = value.partition(b";")
        is_bare_text = _TEXT.fullmatch(media_type.strip()) and b"charset=" not in parameters.lower()
        complete = value.rstrip(b"; ") + self._charset if is_bare_text else value
        if len(self._known) < _MOST_TYPES:
            self._known[value] = complete
        return complete
