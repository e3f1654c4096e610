"""Which of a function's arguments are the ids and the client, whatever way they are passed."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import InvalidInput, ParameterError
from zenoo_security.objects.ids import checked_ids

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["IdArgument", "client_among"]

_NAMED: Final = {
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.KEYWORD_ONLY,
}


class IdArgument:
    """The argument of a function that holds ids.

    Args:
        function: the function.
        model: whose ids they are: `partner_id` and `partner_ids` are those of `res.partner`.
        name: of the argument, where it is another than that, `record_id` or `record_ids`.

    Raises:
        ParameterError: there is none, or more than one that might be it.
    """

    def __init__(self, function: Callable[..., Any], model: str, name: str | None) -> None:
        self.signature: Final = inspect.signature(function)
        names = {parameter.name for parameter in self.signature.parameters.values() if parameter.kind in _NAMED}
        last = model.rpartition(".")[2]
        usual = ("record_id", "record_ids", f"{last}_id", f"{last}_ids")
        found = names & ({name} if name else set(usual))
        if len(found) != 1:
            which = f"is no argument {name!r}" if name else f"is not exactly one argument of {', '.join(usual)}"
            raise ParameterError(f"secure_object_access: there {which}; name it with id='...'")
        self.name: Final = found.pop()

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[inspect.BoundArguments, list[int]]:
        """The arguments by name, and the ids. A list of ids is copied, so that it stays what was checked.

        Raises:
            TypeError: the function does not take these arguments.
            InvalidInput, InputTooLarge: what should be an id or a list of ids is something else.
        """
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        value = bound.arguments[self.name]
        if isinstance(value, (list, tuple)):
            # Before the check: a subclass, or another thread, may give other ids each time.
            bound.arguments[self.name] = tuple(value) if isinstance(value, tuple) else list(value)
            value = bound.arguments[self.name]
        else:
            value = [value]
        try:
            ids = checked_ids(value)
        except InvalidInput as error:
            raise type(error)(error.message, field=self.name, code=error.code) from None
        if not ids:
            raise InvalidInput("one id at least", field=self.name, code="empty")
        return bound, ids


def client_among(bound: inspect.BoundArguments) -> Any:
    """The client of a call: the argument `client`, the only one that is a client, or `self.client` of a method.

    Raises:
        ParameterError: there is none, or more than one.
    """
    arguments = bound.arguments
    named = arguments.get("client")
    if _is_client(named):
        return named
    clients = [value for value in arguments.values() if _is_client(value)]
    if not clients and arguments:
        clients = [client for client in [getattr(next(iter(arguments.values())), "client", None)] if _is_client(client)]
    if len(clients) != 1:
        raise ParameterError(
            "secure_object_access: the function needs exactly one client of Odoo among its arguments, or in self.client"
        )
    return clients[0]


def _is_client(value: object) -> bool:
    """A class is none, whatever its instances are."""
    return not isinstance(value, type) and all(hasattr(value, name) for name in ("execute_kw", "database", "uid"))
