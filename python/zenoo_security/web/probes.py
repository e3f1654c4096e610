"""Load balancers that ask whether a server lives: over plain HTTP, and by its address in place of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.web.request import Request

__all__ = ["is_probe", "probe_paths"]


def probe_paths(paths: Iterable[str]) -> frozenset[str]:
    """The paths that they ask.

    Raises:
        ParameterError: one does not begin with a slash.
    """
    found = frozenset[str]() if isinstance(paths, str) else frozenset(paths)
    if isinstance(paths, str) or not all(path.startswith("/") for path in found):
        raise ParameterError("the paths of probes are a list of paths that begin with a slash")
    return found


def is_probe(request: Request) -> bool:
    """Whether a request can be such a question: it reads, in nobody's name."""
    return (
        request.kind == "http"
        and request.method in {"GET", "HEAD"}
        and not request.values(b"cookie")
        and not request.values(b"authorization")
    )
