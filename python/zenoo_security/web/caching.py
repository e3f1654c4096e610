"""Which responses may be kept: those that are declared public, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.web.control import Additions, Control
from zenoo_security.web.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.rendering import Headers
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["NoStore", "keep_nowhere"]

_NO_STORE: Final = (b"cache-control", b"no-store, max-age=0")
_CACHE_CONTROL: Final = b"cache-control"
_RULES: Final = frozenset(
    {
        _CACHE_CONTROL,
        b"cdn-cache-control",
        b"cloudflare-cdn-cache-control",
        b"expires",
        b"pragma",
        b"surrogate-control",
        b"x-accel-expires",
    }
)
"""What tells caches how long; those of a CDN or of nginx would outweigh `Cache-Control` there (RFC 9213)."""

_CACHEABLE: Final = frozenset({200, 203, 204, 206, 300, 301, 304, 308, 404, 405, 410, 414, 501})
_FOUND_FILES: Final = frozenset({200, 206, 304})


class NoStore(Control):
    """Lets no cache keep what may be somebody's own.

    A response may be kept

    - below the paths of `static`, if it is a file that was found, and sets no cookie;
    - elsewhere, if the application says so in a `Cache-Control` of its own, the request had neither a cookie nor an
      `Authorization`, and the response sets no cookie. (`SecurityHeaders` sees to pages with a nonce.)

    All others are `no-store`, whatever the application says and whatever the path looks like: `/my/orders/x.css` that
    answers with the orders is not kept as a style sheet (web cache deception).

    Args:
        static: paths, as `Paths` takes them, whose files are the same for everybody: `/static/`, `/*/static/`.

    Raises:
        ParameterError: these are no paths.
    """

    __slots__ = ("_static",)

    def __init__(self, static: Iterable[str] = ()) -> None:
        self._static: Final = Paths(static)

    def after(self, request: Request, head: Head) -> None:
        """Say whether the response may be kept."""
        names = {name for name, _ in head.headers}
        if not self._may_be_kept(request, head, names):
            keep_nowhere(head)

    def additions(self) -> Additions:
        """That the response is not kept, where neither the application nor `static` says otherwise."""
        return Additions(self._add, minded=_RULES, changed=_RULES)

    def _add(self, _: Request, head: Head) -> bool:
        if self._static:
            return False
        head.headers.append(_NO_STORE)
        return True

    def _may_be_kept(self, request: Request, head: Head, names: set[bytes]) -> bool:
        if b"set-cookie" in names:
            return False
        if self._static.match(request.path):
            return head.status in _FOUND_FILES
        if _CACHE_CONTROL not in names or head.status not in _CACHEABLE:
            return False
        return not (request.values(b"cookie") or request.values(b"authorization"))


def keep_nowhere(head: Head) -> None:
    """Let no cache keep a response, whatever the application says."""
    rules = [(name, value) for name, value in head.headers if name in _RULES]
    if not rules:
        head.headers.append(_NO_STORE)
    elif not _is_no_store(rules):
        head.remove(_RULES)
        head.headers.append(_NO_STORE)


def _is_no_store(rules: Headers) -> bool:
    """Whether the application has said so itself, and nothing else."""
    words = {word.strip().lower() for _, value in rules for word in value.split(b",")}
    return [name for name, _ in rules] == [_CACHE_CONTROL] and b"no-store" in words
