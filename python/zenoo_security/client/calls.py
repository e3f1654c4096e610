"""What one call of `execute_kw` becomes when the model, or one that it leads to, has encrypted fields."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from zenoo_security.client import late
from zenoo_security.client.domains import rewrite
from zenoo_security.client.nested import named_fields
from zenoo_security.errors import ConfigurationError, OdooError, QueryRefused

if TYPE_CHECKING:
    from zenoo_security.client.domains import Rewriter
    from zenoo_security.client.model import EncryptedModel

__all__ = ["Call", "CallGuard"]

Finish: TypeAlias = Callable[[Any], Any]

#: Where each method takes what; records are the first positional argument of the methods on records.
_PARAMETERS = {
    "create": ("vals_list",),
    "read": ("", "fields", "load"),
    "search": ("domain", "offset", "limit", "order"),
    "search_count": ("domain", "limit"),
    "search_read": ("domain", "fields", "offset", "limit", "order"),
    "write": ("", "vals"),
}

_WRITES = {"create", "write"}
_SEARCHES = {"search", "search_count", "search_read"}
_ROWS = {"read", "search_read"}

#: Methods that neither take nor return field values.
_VALUE_FREE = frozenset(
    {
        "action_archive",
        "action_unarchive",
        "check_access",
        "check_access_rights",
        "check_access_rule",
        "exists",
        "fields_get",
        "get_metadata",
        "has_access",
        "unlink",
    },
)

#: Models that hold fields of another one, by `_inherits` or as related fields: a value written here lands there.
_DELEGATES = {"product.product": "product.template", "res.company": "res.partner", "res.users": "res.partner"}


@dataclass
class Call:
    """The arguments of one call, copied from the caller's, and what to do with the result."""

    model: str
    method: str
    args: list[Any]
    kwargs: dict[str, Any]
    context: dict[str, Any]
    finish: Finish = field(default=lambda result: result)
    #: What makes the call when that takes more than one request.
    perform: Callable[[late.Send], Awaitable[Any]] | None = None

    def get(self, name: str) -> Any:
        """Return an argument, wherever it stands, or None."""
        place = _PARAMETERS[self.method].index(name)
        return self.args[place] if place < len(self.args) else self.kwargs.get(name)

    def set(self, name: str, value: Any) -> None:
        """Replace an argument where it stands."""
        place = _PARAMETERS[self.method].index(name)
        if place < len(self.args):
            self.args[place] = value
        else:
            self.kwargs[name] = value


class CallGuard:
    """Encrypts, rewrites and decrypts, and refuses every call of which it does not know how.

    Args:
        models: the encrypted models by name.
        value_free_methods: more methods that neither take nor return values of encrypted fields, by model.
    """

    def __init__(
        self,
        models: Mapping[str, EncryptedModel],
        value_free_methods: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._models = dict(models)
        self._hidden = frozenset().union(*(model.names for model in models.values()))
        self._value_free = {name: _VALUE_FREE | _names(more) for name, more in (value_free_methods or {}).items()}

    def prepare(self, call: Call) -> None:
        """Change the call, in place, into the one that Odoo may see.

        Raises:
            QueryRefused: the call cannot be made safely; the message says what to use instead.
        """
        if not self._models:
            return
        model = self._models.get(call.model)
        delegated = self._delegated(call.model)
        self._require_unrelated([call.context])
        _require_no_defaults(call.context, model.names if model else delegated)
        if model:
            self._encrypted(call, model)
        else:
            self._other(call, delegated)

    def _encrypted(self, call: Call, model: EncryptedModel) -> None:
        if call.method not in _PARAMETERS and call.method not in self._value_free.get(call.model, _VALUE_FREE):
            raise QueryRefused(
                f"{call.method} may carry values of the encrypted fields of {call.model}: use create, write, read or "
                f"search_read; or name it in value_free_methods={{{call.model!r}: [{call.method!r}]}} if it does not",
            )
        _require_known_arguments(call)
        if call.method in _WRITES:
            self._seal(call, model)
        if call.method in _SEARCHES:
            self._search(call, model.rewriters)
        if call.method in {"search", "search_read"}:
            _require_plain_order(call.get("order"), model)
        if call.method in _ROWS:
            _read(call, model)

    def _seal(self, call: Call, model: EncryptedModel) -> None:
        name = "vals_list" if call.method == "create" else "vals"
        given = call.get(name)
        rows = given if isinstance(given, (list, tuple)) else [given]
        if not all(isinstance(row, Mapping) for row in rows):
            raise QueryRefused(f"{call.method} takes a dict of values" + (", or a list" if name == "vals_list" else ""))
        self._require_unrelated(rows)
        if late.concerns(model, rows):
            call.perform = (
                late.create(model, given) if call.method == "create" else late.write(model, call.args[0], given)
            )
            return
        sealed = model.seal(rows)
        call.set(name, sealed if isinstance(given, (list, tuple)) else sealed[0])

    def _search(self, call: Call, rewriters: Mapping[str, Rewriter]) -> None:
        domain = call.get("domain")
        if domain is not None:
            call.set("domain", rewrite(domain, rewriters, self._hidden))

    def _other(self, call: Call, delegated: frozenset[str]) -> None:
        """Let a model without encrypted fields of its own neither carry nor show those of another one."""
        arguments = [*call.args, *call.kwargs.values()]
        if call.method in _SEARCHES:
            self._search(call, dict.fromkeys(delegated, _refuse_delegated))
            arguments = [call.get("fields")] if call.method == "search_read" else []
        for name, related in named_fields(arguments, texts=call.method not in _WRITES):
            if related and name in self._hidden:
                _refuse_related(name)
            if not related and name in delegated:
                _refuse_delegated("=", None)
        if delegated and call.method in _ROWS:
            call.finish = partial(_without, delegated)

    def _require_unrelated(self, rows: Iterable[object]) -> None:
        """Refuse values for another model's encrypted fields, such as x2many commands: they would not be encrypted."""
        for name, related in named_fields(rows, texts=False):
            if related and name in self._hidden:
                _refuse_related(name)

    def _delegated(self, model: str) -> frozenset[str]:
        parent = self._models.get(_DELEGATES.get(model, ""))
        return parent.names if parent else frozenset()


def _names(methods: Iterable[str]) -> set[str]:
    if isinstance(methods, str):
        raise ConfigurationError("value_free_methods maps a model to a list of method names")
    return set(methods)


def _require_known_arguments(call: Call) -> None:
    """Refuse an argument that would reach Odoo without being looked at."""
    names = _PARAMETERS.get(call.method)
    if names is None:
        return
    allowed = set(names[len(call.args) :]) | ({"load"} if call.method == "search_read" else set())
    if len(call.args) > len(names) or not set(call.kwargs) <= allowed:
        raise QueryRefused(f"{call.method} takes {', '.join(filter(None, names))}, each once and nothing else")


def _read(call: Call, model: EncryptedModel) -> None:
    requested = call.get("fields") or None
    if requested is not None:
        if not isinstance(requested, (list, tuple, set)) or not all(isinstance(name, str) for name in requested):
            raise QueryRefused("fields is a list of names")
        requested = frozenset(requested)
        call.set("fields", model.request(call.get("fields")))

    def finish(result: Any) -> Any:
        return model.open(_rows(result), requested) if isinstance(result, list) else result

    call.finish = finish


def _require_no_defaults(context: Mapping[str, Any], names: Collection[str]) -> None:
    if defaults := sorted(f"default_{name}" for name in names if f"default_{name}" in context):
        raise QueryRefused(f"{defaults[0]} in the context would store plaintext: give the value to create()")


def _require_plain_order(order: object, model: EncryptedModel) -> None:
    if named := model.names & set(re.findall(r"\w+", str(order or ""))):
        raise QueryRefused(f"{min(named)!r} is encrypted, so Odoo cannot sort by it: sort the rows after reading them")


def _without(names: Collection[str], rows: Any) -> Any:
    """Return rows without ciphertext that another model's encryption wrote."""
    if not isinstance(rows, list):
        return rows
    return [{name: value for name, value in row.items() if name not in names} for row in _rows(rows)]


def _rows(result: list[Any]) -> list[dict[str, Any]]:
    if not all(isinstance(row, dict) for row in result):
        raise OdooError("Odoo answered with something else than records: check that no proxy changes its answers")
    return result


def _refuse_related(name: str) -> None:
    raise QueryRefused(
        f"{name!r} is encrypted and reached through a relation: read, write or search that record itself"
    )


def _refuse_delegated(_operator: str, _value: object) -> Any:
    raise QueryRefused(
        "this field belongs to another model, where it is encrypted: read, search and write it there",
    )
