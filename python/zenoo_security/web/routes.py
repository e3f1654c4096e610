"""Which requests something is about: those under a path, of a method."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zenoo_security.web.request import Request

__all__ = ["Costs", "Routes"]

_METHOD: Final = re.compile(r"[A-Z]{1,32}")
_ROUTE: Final = re.compile(r"(?:([A-Z]{1,32}) )?(/[^?#]*)")


class Routes:
    """The requests under some paths.

    A path stands for itself and for all that is below it: `/api` is `/api` and `/api/partners`, and not `/apis`. Slashes
    that are doubled count once.

    Args:
        paths: they begin with a slash; `/` is all.
        methods: `None` for all. `GET` stands for `HEAD` as well.

    Raises:
        ParameterError: a path or a method is none.
    """

    __slots__ = ("_below", "_exact", "_methods", "everything")

    def __init__(self, paths: Iterable[str] = ("/",), methods: Iterable[str] | None = None) -> None:
        listed = [_path(path) for path in ([paths] if isinstance(paths, str) else paths)]
        self._exact: Final = frozenset(listed)
        self._below: Final = tuple(path.rstrip("/") + "/" for path in listed)
        self._methods: Final = None if methods is None else _methods(methods)
        self.everything: Final = self._methods is None and "/" in self._exact
        if not listed:
            raise ParameterError("name at least one path; / is all of them")

    def __contains__(self, request: Request) -> bool:
        if self.everything:
            return True
        if self._methods is not None and request.method not in self._methods:
            return False
        path = folded(request.path)
        return path in self._exact or path.startswith(self._below)


class Costs:
    """What a request costs, by its route.

    Args:
        costs: `/export` or `POST /export` -> a whole number of 1 or more. The longest path counts, and of two that are
            the same the one with a method.
        otherwise: what all the others cost.

    Raises:
        ParameterError: a route or a cost is none.
    """

    __slots__ = ("_rules", "highest", "otherwise")

    def __init__(self, costs: Mapping[str, int] | None = None, otherwise: int = 1) -> None:
        rules = [_costed(route, cost) for route, cost in (costs or {}).items()]
        self._rules: Final = sorted(rules, key=lambda rule: -rule[0])
        self.otherwise: Final = _cost(otherwise)
        self.highest: Final = max([otherwise, *(cost for _, _, cost in rules)])

    def __bool__(self) -> bool:
        return bool(self._rules)

    def of(self, request: Request) -> int:
        """What this request costs."""
        return next((cost for _, routes, cost in self._rules if request in routes), self.otherwise)


def folded(path: str) -> str:
    """A path whose doubled slashes are one."""
    return re.sub(r"//+", "/", path) if "//" in path else path


def _costed(route: str, cost: int) -> tuple[float, Routes, int]:
    match = _ROUTE.fullmatch(route)
    if match is None:
        raise ParameterError("a route is a path such as /export, or a method and a path, such as POST /export")
    method, path = match.groups()
    # Half a character more: of two routes with the same path that with a method comes first.
    length = len(_path(path)) + (0.5 if method else 0.0)
    return length, Routes([path], None if method is None else [method]), _cost(cost)


def _cost(cost: int) -> int:
    if isinstance(cost, bool) or not isinstance(cost, int) or cost < 1:
        raise ParameterError("a cost is a whole number, 1 or more")
    return cost


def _path(path: str) -> str:
    if not isinstance(path, str) or not path.startswith("/") or "//" in path or set(path) & set("?#"):
        raise ParameterError("a path begins with a slash, has no two in a row, and no query")
    return path.rstrip("/") or "/"


def _methods(methods: Iterable[str]) -> frozenset[str]:
    named = frozenset([methods] if isinstance(methods, str) else methods)
    if not named or not all(isinstance(name, str) and _METHOD.fullmatch(name) for name in named):
        raise ParameterError("methods are names in capital letters, such as POST")
    return named | {"HEAD"} if "GET" in named else named
