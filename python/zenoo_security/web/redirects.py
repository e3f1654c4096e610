"""Where a browser is sent that says itself where it wants to go: to this application, or to a host on a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_to_bytes

from zenoo_security.errors import ParameterError
from zenoo_security.web.hostnames import HostList

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_own_path", "safe_redirect"]

_MAX_CHARACTERS: Final = 2048
_MAX_DECODINGS: Final = 4
_URL: Final = re.compile(r"https://([^/?#]*)([/?#].*)?", re.IGNORECASE)
_REFUSED: Final = re.compile(rb"[\x00-\x1f\x7f\\]")
_MISLEADING: Final = re.compile(_REFUSED.pattern + rb"|//|/\.\.?(?:/|\Z)")
_VISIBLE: Final = "".join(map(chr, range(0x21, 0x7F)))


def safe_redirect(target: object, *, hosts: HostList | Iterable[str] | None = None, default: str = "/") -> str:
    r"""The value of `Location` for a target from outside, such as `?next=` of a login: an open redirect it is not.

    A target is taken if it is a path of this application (`/orders?page=2`), or an https address of a host on the list.
    All else becomes `default`: other schemes, `//host`, `/\host`, `https:host`, user names, control characters and
    spaces, and paths with empty or dot segments, which a proxy might read as `//host`; percent-encoded, too.

    Args:
        target: from outside.
        hosts: where else a browser may be sent, as `HostList` takes them.
        default: a path of this application.

    Raises:
        ParameterError: `default` is no such path, or `hosts` are no hosts.

    >>> safe_redirect("/orders?page=2"), safe_redirect("//evil.example"), safe_redirect("/\\evil.example")
    ('/orders?page=2', '/', '/')
    >>> safe_redirect("https://shop.example.com/a", hosts=["shop.example.com"], default="/home")
    'https://shop.example.com/a'
    """
    if not is_own_path(default):
        raise ParameterError("default is a path of this application, such as /")
    location = _encoded(target)
    if location is None:
        return default
    if is_own_path(location):
        return location
    return (_elsewhere(location, HostList.of(hosts)) if hosts is not None else None) or default


def is_own_path(text: str) -> bool:
    """Whether a text leads a browser, and whatever stands before it, to a path of the host that it is on.

    >>> is_own_path("/login?next=//x"), is_own_path("/a//b"), is_own_path("/%2Fevil.example"), is_own_path("login")
    (True, False, False, False)
    """
    if not text.startswith("/") or not text.isascii() or " " in text or _REFUSED.search(text.encode()):
        return False
    path = re.split("[?#]", text, maxsplit=1)[0].encode()
    for _ in range(_MAX_DECODINGS):
        if _MISLEADING.search(path):
            return False
        decoded = unquote_to_bytes(path)
        if decoded == path:
            return True
        path = decoded
    return False


def _encoded(target: object) -> str | None:
    """A text with what is not ASCII percent-encoded; `None` where it is no text, too long, or has what nobody sees."""
    if not isinstance(target, str) or len(target) > _MAX_CHARACTERS:
        return None
    try:
        refused = " " in target or _REFUSED.search(target.encode())
        return None if refused else quote(target, safe=_VISIBLE)
    except UnicodeEncodeError:
        return None


def _elsewhere(location: str, hosts: HostList) -> str | None:
    match = _URL.fullmatch(location)
    if match is None:
        return None
    host = hosts.find(match[1].encode())
    tail = match[2] or "/"
    if host is None or (tail.startswith("/") and not is_own_path(tail)):
        return None
    return f"https://{host}{tail}"
