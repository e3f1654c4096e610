"""Parts of an application, named by the beginnings of their paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ByPath", "Paths", "is_ambiguous"]

T = TypeVar("T")

_FORM: Final = re.compile(r"/[!-~]*")
_DOTS: Final = re.compile(r"/\.\.?(?:/|\Z)")


def is_ambiguous(path: str) -> bool:
    r"""Whether an application may take a path for another.

    It does not begin with a slash (Werkzeug, so Flask and Odoo, adds one), or has `//`, `/../`, `/./`, a backslash or a
    NUL in it.

    >>> is_ambiguous("/static/../admin"), is_ambiguous("/.well-known/security.txt")
    (True, False)
    """
    return (
        path[:1] != "/"
        or "//" in path
        or "\\" in path
        or "\0" in path
        or ("/." in path and _DOTS.search(path) is not None)
    )


class Paths:
    """Tells whether a path lies in one of some parts of an application.

    `/static/` is all below it; `/login` is this path and all below it. `*` stands for one whole segment, as in
    `/*/static/`. The paths are those of the routes of the application, wherever a server or a mount has it.

    Args:
        prefixes: the parts.
        ambiguous: the answer for a path that `is_ambiguous`: true where a part is protected, false where it is exempt.
            For a protected part it is also that for `/admin` where the part is `/admin/`: some frameworks have one
            route for both.

    Raises:
        ParameterError: a part does not begin with a slash, or is no path.

    >>> Paths(["/api", "/*/static/"]).match("/web/static/app.js")
    True
    """

    __slots__ = ("_ambiguous", "_exact", "_parts", "_pattern", "_prefixes")

    def __init__(self, prefixes: Iterable[str], *, ambiguous: bool = False) -> None:
        parts = tuple(prefixes) if not isinstance(prefixes, str) else (None,)
        if not all(isinstance(part, str) and _FORM.fullmatch(part) and not is_ambiguous(part) for part in parts):
            raise ParameterError("parts of an application are a list of paths that begin with a slash: ['/static/']")
        texts = [part for part in parts if part is not None]
        plain = [part for part in texts if "*" not in part]
        self._parts: Final = tuple(texts)
        self._exact: Final = frozenset(plain) | {part.rstrip("/") for part in plain if ambiguous}
        self._prefixes: Final = tuple(part if part.endswith("/") else f"{part}/" for part in plain)
        wild = [
            re.escape(part.rstrip("/")).replace(r"\*", "[^/]+")
            + ("/" if part.endswith("/") and not ambiguous else "(?:/|\\Z)")
            for part in texts
            if "*" in part
        ]
        self._pattern: Final = re.compile("|".join(wild)) if wild else None
        self._ambiguous: Final = ambiguous

    def __bool__(self) -> bool:
        return bool(self._prefixes or self._pattern)

    def match(self, path: str) -> bool:
        """Whether a path lies in one of the parts."""
        if not self:
            return False
        if is_ambiguous(path):
            return self._ambiguous
        if path in self._exact or path.startswith(self._prefixes):
            return True
        return self._pattern is not None and self._pattern.match(path) is not None

    def cover(self, others: Paths) -> bool:
        """Whether a part of the others, with all below it, lies in one of these."""
        return any(self.match(part.rstrip("/") + "/") for part in others._parts)


class ByPath(Generic[T]):
    """A value for all paths, and other ones for paths below some prefixes; the longest prefix counts.

    `/admin` is `/admin` itself and what is below `/admin/`, not `/administration`. Empty and dot segments are resolved
    first, and a missing first slash is added, as some frameworks do: `//admin`, `/x/../admin` and `admin` are no way
    around a prefix.

    Args:
        default: for paths below none of the prefixes.
        paths: prefix -> value.

    Raises:
        ParameterError: a prefix does not begin with a slash, or has empty or dot segments.

    >>> limits = ByPath(1, {"/upload": 50})
    >>> limits.find("/uploads"), limits.find("/upload/a"), limits.find("/x/..//upload")
    (1, 50, 50)
    """

    __slots__ = ("_longest", "_paths", "default")

    def __init__(self, default: T, paths: Mapping[str, T]) -> None:
        for prefix in paths:
            if not prefix.startswith("/") or _resolved(prefix) != (prefix.rstrip("/") or "/"):
                raise ParameterError("a prefix is a path such as /upload, without empty or dot segments")
        self.default: Final = default
        self._paths: Final = {prefix.rstrip("/"): value for prefix, value in paths.items()}
        self._longest: Final = max(map(len, self._paths), default=0)

    def __bool__(self) -> bool:
        """Whether there are other values than the default."""
        return bool(self._paths)

    def find(self, path: str) -> T:
        """The value for a path."""
        if not self._paths:
            return self.default
        rest = _resolved(path)
        if len(rest) > self._longest:  # No prefix is that deep, and a path of thousands of segments costs no more.
            rest = rest[: self._longest + 1].rpartition("/")[0]
        while rest not in self._paths and rest:
            rest = rest.rpartition("/")[0]
        return self._paths.get(rest, self.default)


def _resolved(path: str) -> str:
    if path[:1] == "/" and "//" not in path and "/." not in path and path[-1] != "/":
        return path
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    return "/" + "/".join(segments)
