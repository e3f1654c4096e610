"""Settings by the beginning of a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ByPath"]

T = TypeVar("T")


class ByPath(Generic[T]):
    """A value for all paths, and other ones for paths below some prefixes; the longest prefix counts.

    `/admin` is `/admin` itself and what is below `/admin/`, not `/administration`. Empty and dot segments are resolved
    first, as some frameworks do: `//admin` and `/x/../admin` are no way around a prefix.

    Args:
        default: for paths below none of the prefixes.
        paths: prefix -> value.

    Raises:
        ParameterError: a prefix does not begin with a slash, or has empty or dot segments.

    >>> limits = ByPath(1, {"/upload": 50})
    >>> limits.find("/uploads"), limits.find("/upload/a"), limits.find("/x/..//upload")
    (1, 50, 50)
    """

    __slots__ = ("_default", "_paths")

    def __init__(self, default: T, paths: Mapping[str, T]) -> None:
        for prefix in paths:
            if not prefix.startswith("/") or _resolved(prefix) != (prefix.rstrip("/") or "/"):
                raise ParameterError("a prefix is a path such as /upload, without empty or dot segments")
        self._default: Final = default
        self._paths: Final = {prefix.rstrip("/"): value for prefix, value in paths.items()}

    def find(self, path: str) -> T:
        """The value for a path."""
        if not self._paths:
            return self._default
        rest = _resolved(path)
        while rest not in self._paths and rest:
            rest = rest.rpartition("/")[0]
        return self._paths.get(rest, self._default)


def _resolved(path: str) -> str:
    if "//" not in path and "/." not in path and not path.endswith("/"):
        return path
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in {"", "."}:
            segments.append(segment)
    return "/" + "/".join(segments)
