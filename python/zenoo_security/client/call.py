"""One call of `execute_kw`, on its way to Odoo and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from zenoo_security.client.late import Send

__all__ = ["Call", "Finish"]

Finish: TypeAlias = Callable[[Any], Any]


@dataclass
class Call:
    """The arguments of one call, copied from the caller's, and what to do with the result.

    Args:
        model: such as `res.partner`.
        method: such as `search_read`.
        args: the positional arguments.
        kwargs: the named ones, without the context.
        context: what is added to the user's.
        finish: makes the caller's result of Odoo's.
        perform: makes the call when that takes more than one request.
        parameters: the names of the positional arguments, "" for the records of the methods on records.
    """

    model: str
    method: str
    args: list[Any]
    kwargs: dict[str, Any]
    context: dict[str, Any]
    finish: Finish = field(default=lambda result: result)
    perform: Callable[[Send], Awaitable[Any]] | None = None
    parameters: tuple[str, ...] = ()

    def get(self, name: str) -> Any:
        """Return an argument, wherever it stands, or None."""
        place = self._place(name)
        return self.kwargs.get(name) if place is None else self.args[place]

    def set(self, name: str, value: Any) -> None:
        """Replace an argument where it stands, or add it by its name."""
        place = self._place(name)
        if place is None:
            self.kwargs[name] = value
        else:
            self.args[place] = value

    def _place(self, name: str) -> int | None:
        place = self.parameters.index(name) if name in self.parameters else len(self.args)
        return place if place < len(self.args) else None
