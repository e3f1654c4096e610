"""No parameter twice where one is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control
from zenoo_security.web.facts import QUERY
from zenoo_security.web.paths import ByPath
from zenoo_security.web.problems import problem
from zenoo_security.web.query import parameters, too_many
from zenoo_security.web.telling import BoundedTelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Response

__all__ = ["RepeatedParameters"]

_REFUSED: Final = problem(400, "Send each parameter of the query once.", code="repeated_parameter")


class RepeatedParameters(Control):
    """Refuses queries that name a parameter twice (OWASP ASVS 5.0, 15.3.7: HTTP parameter pollution).

    Of `?partner=7&partner=8` one program takes the first, another the last, and a third both: what one has checked is
    not what the other does. Names count as the application gets them, decoded. It is no part of `SecurityMiddleware`
    unless it is given in `controls`, since lists are sent this way, too.

    Args:
        allow: prefix of paths -> names that may repeat there, such as `{"/partners": ("tag",)}`.

    Raises:
        ParameterError: the names are none, or a prefix is none.
    """

    def __init__(self, allow: Mapping[str, Iterable[str]] | None = None) -> None:
        self._allowed: Final = ByPath(
            frozenset[bytes](), {prefix: _encoded(names) for prefix, names in (allow or {}).items()}
        )
        self._audit: Final = BoundedTelling()

    def facts(self) -> int:
        """Requests with a query."""
        return QUERY

    def before(self, request: Request) -> Response | None:
        """Look at the query."""
        if not request.query:
            return None
        refusal = too_many(request.query)
        if refusal is not None:
            self._audit.tell("input_validation_fail", what="query", codes=["too_large"])
            return refusal
        allowed = self._allowed.find(request.path)
        names = [name for name, _ in parameters(request.query) if name and name not in allowed]
        if len(set(names)) == len(names):
            return None
        self._audit.tell("input_validation_fail", what="query", codes=["repeated"])
        return _REFUSED


def _encoded(names: Iterable[str]) -> frozenset[bytes]:
    if isinstance(names, str) or not all(names):
        raise ParameterError("names are a list of names of parameters")
    return frozenset(name.encode() for name in names)
