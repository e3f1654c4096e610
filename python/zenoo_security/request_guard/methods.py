"""The arguments of Odoo's public methods, as positions and as names (`odoo/orm/models.py`, `addons/web/models`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security.validate.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ATTRIBUTES", "IDS", "SIGNATURES", "CheckedCall", "Signature"]

IDS: Final = "ids"

ATTRIBUTES: Final = [
    "currency_field",
    "digits",
    "help",
    "readonly",
    "relation",
    "required",
    "searchable",
    "selection",
    "size",
    "sortable",
    "store",
    "string",
    "type",
]
"""What `fields_get` may tell of a field."""


class CheckedCall(NamedTuple):
    """A call that may be made: copied, bound to the names of its arguments, with every limit in it.

    Attributes:
        model: such as `res.partner`.
        method: such as `search_read`.
        args: the positional arguments.
        kwargs: the named ones, with the context where one was given.
        positional: the names of the positional ones.
    """

    model: str
    method: str
    args: list[Any]
    kwargs: dict[str, Any]
    positional: tuple[str, ...]

    @property
    def named(self) -> dict[str, Any]:
        """All arguments by name, `ids` among them: the body of a request to `/json/2/<model>/<method>`."""
        return {**dict(zip(self.positional, self.args, strict=True)), **self.kwargs}


class Signature:
    """The arguments of a method.

    Args:
        required: in their order, first `ids` for the methods of records; they are passed on by position.
        optional: in the order of their positions; they are passed on by name.
    """

    __slots__ = ("_known", "_names", "_needed", "optional", "required")

    def __init__(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
        self.required: Final = required
        self.optional: Final = optional
        self._names: Final = required + optional
        self._known: Final = frozenset(self._names)
        self._needed: Final = frozenset(required)

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments by their names.

        Raises:
            InvalidInput: code `request_arguments`: there is one too many, one is there twice, is missing or unknown.
        """
        bound = dict(zip(self._names, args))  # noqa: B905 (strict=False costs half as much again)
        if kwargs:
            if not (kwargs.keys() <= self._known and bound.keys().isdisjoint(kwargs)):
                raise refusal("request_arguments")
            bound.update(kwargs)
        if len(args) > len(self._names) or (len(args) < len(self.required) and not self._needed <= bound.keys()):
            raise refusal("request_arguments")
        return bound

    def call(self, model: str, method: str, named: dict[str, Any]) -> CheckedCall:
        """The call with these arguments, and with `context` where it is among them; they are taken out of the dict."""
        args = [named.pop(name) for name in self.required]
        return CheckedCall(model, method, args, named, self.required)


_WINDOW: Final = ("offset", "limit", "order")

SIGNATURES: Final = {
    "action_archive": Signature((IDS,)),
    "action_unarchive": Signature((IDS,)),
    "copy": Signature((IDS,), ("default",)),
    "create": Signature(("vals_list",)),
    "fields_get": Signature((), ("allfields", "attributes")),
    "formatted_read_group": Signature(("domain",), ("groupby", "aggregates", "having", *_WINDOW)),
    "has_access": Signature((IDS, "operation")),
    "name_search": Signature((), ("name", "domain", "operator", "limit")),
    "read": Signature((IDS,), ("fields", "load")),
    "search": Signature(("domain",), _WINDOW),
    "search_count": Signature(("domain",), ("limit",)),
    "search_read": Signature((), ("domain", "fields", *_WINDOW, "load")),
    "unlink": Signature((IDS,)),
    "write": Signature((IDS, "vals")),
}
"""The methods of every model that can be opened; the others of Odoo's own are refused, and those of a single model are
named with their parameters."""
