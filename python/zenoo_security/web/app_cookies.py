"""The cookies that an application sets, completed with what it left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Additions, Control

if TYPE_CHECKING:
    from collections.abc import Collection

    from zenoo_security.cookies import SameSite
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["CookieAttributes"]

_NAME: Final = b"set-cookie"
_MINDED: Final = frozenset({_NAME})


class CookieAttributes(Control):
    """Adds `Secure`, `HttpOnly` and `SameSite` to cookies that come without, such as Odoo's `session_id`.

    What a cookie says itself stays, `SameSite=None` too. Over plain http `Secure` is left out, since no browser would
    keep the cookie.

    Args:
        readable: names of the cookies that scripts have to read or write, such as Odoo's `cids` and `frontend_lang`;
            `None` where the application itself says `HttpOnly` of those that they need not.
        same_site: for the cookies that do not say it.

    Raises:
        ParameterError: `same_site` is neither `Lax` nor `Strict`.
    """

    __slots__ = ("_readable", "_same_site")

    def __init__(self, *, readable: Collection[str] | None = (), same_site: SameSite = "Lax") -> None:
        if same_site not in {"Lax", "Strict"} or isinstance(readable, str):
            raise ParameterError("same_site is Lax or Strict, and readable a list of names")
        self._readable: Final = None if readable is None else frozenset(name.encode() for name in readable)
        self._same_site: Final = same_site.encode()

    def after(self, request: Request, head: Head) -> None:
        """Complete the cookies."""
        for index, (name, value) in enumerate(head.headers):
            if name == _NAME:
                head.headers[index] = (name, self._complete(value, https=request.scheme == "https"))

    def additions(self) -> Additions:
        """Nothing, where no cookie is set."""
        return Additions(_nothing, minded=_MINDED)

    def _complete(self, cookie: bytes, *, https: bool) -> bytes:
        pair, *attributes = cookie.split(b";")
        there = {attribute.partition(b"=")[0].strip().lower() for attribute in attributes}
        added = []
        if https and b"secure" not in there:
            added.append(b"Secure")
        if b"httponly" not in there and not self._is_readable(pair.partition(b"=")[0].strip()):
            added.append(b"HttpOnly")
        if b"samesite" not in there:
            added.append(b"SameSite=" + self._same_site)
        return b"; ".join([cookie.rstrip(b"; "), *added]) if added else cookie

    def _is_readable(self, name: bytes) -> bool:
        return self._readable is None or name in self._readable


def _nothing(_: Request, __: Head) -> bool:
    return True
