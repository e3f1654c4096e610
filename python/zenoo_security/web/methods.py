"""Only the methods that an application has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.facts import ANY, other_methods
from zenoo_security.web.paths import ByPath
from zenoo_security.web.problems import problem
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["Methods"]

_COMMON: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_NEVER: Final = frozenset({"TRACE", "TRACK", "CONNECT"})
"""They repeat a request with its credentials to whoever asks, or turn a server into a proxy."""


class _Allowed(NamedTuple):
    methods: frozenset[str]
    refusal: Response


class Methods(Control):
    """Answers 405 to other methods than those that are named, for all paths or below a prefix.

    Args:
        allowed: for all paths: by default what HTTP has but `TRACE` and `CONNECT`.
        paths: prefix -> its methods, such as `{"/reports": ("GET",)}`; the longest prefix counts. `OPTIONS` has to be
            among them where other origins may ask (`Cors`).

    Raises:
        ParameterError: a method is none, or one of those that nobody may have.
    """

    def __init__(self, allowed: Iterable[str] = _COMMON, *, paths: Mapping[str, Iterable[str]] | None = None) -> None:
        self._allowed: Final = ByPath(
            _checked(allowed), {prefix: _checked(methods) for prefix, methods in (paths or {}).items()}
        )
        self._audit: Final = BoundedTelling()

    def facts(self) -> int:
        """Methods that are not allowed everywhere."""
        return ANY if self._allowed else other_methods(self._allowed.default.methods)

    def before(self, request: Request) -> Response | None:
        """Look at the method."""
        allowed = self._allowed.find(request.path)
        if request.method in allowed.methods:
            return None
        self._audit.tell("input_validation_fail", what="method", codes=["not_allowed"])
        return allowed.refusal


def _checked(methods: Iterable[str]) -> _Allowed:
    names = () if isinstance(methods, str) else tuple(methods)
    if not names or not all(name.isascii() and name.isalpha() for name in names):
        raise ParameterError("methods are a list of names such as GET")
    if any(not name.isupper() or name in _NEVER for name in names):
        raise ParameterError("methods are in capitals, and TRACE, TRACK and CONNECT are for nobody")
    allow = ", ".join(dict.fromkeys(names))
    refusal = problem(405, headers=((b"allow", allow.encode()),), code="method_not_allowed")
    return _Allowed(frozenset(names), refusal)
