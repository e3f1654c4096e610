"""Each argument of Odoo's methods by its name, and what of it passes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from zenoo_security.request_guard.methods import ATTRIBUTES
from zenoo_security.request_guard.values import checked_ids, checked_values
from zenoo_security.validate.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from collections.abc import Set as AbstractSet

    from zenoo_security.request_guard.compiled import CompiledModel
    from zenoo_security.request_guard.rules import CallLimits

    Check: TypeAlias = Callable[[Mapping[str, CompiledModel], CompiledModel, Any], Any]

__all__ = ["ARGUMENTS", "checked_context", "checked_scalar", "checks_of"]

_OPERATIONS: Final = frozenset(("read", "write", "create", "unlink"))
_NAME_OPERATORS: Final = frozenset(("=", "ilike", "like", "=ilike", "=like"))
_GRANULARITIES: Final = frozenset(("hour", "day", "week", "month", "quarter", "year"))
_AGGREGATES: Final = frozenset(("sum", "avg", "min", "max", "count", "count_distinct", "bool_and", "bool_or"))
_COUNT: Final = "__count"
_ORDER: Final = re.compile(
    r"([a-z_][a-z0-9_]*(?::[a-z_]+)?)(?:\s+(?:asc|desc))?(?:\s+nulls\s+(?:first|last))?", re.ASCII | re.IGNORECASE
)
_TEXT_MAX: Final = 256


def _ids(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> list[int]:
    return checked_ids(given, model.limits.ids)


def _copied_ids(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> list[int]:
    return checked_ids(given, model.limits.records)


def _domain(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> list[Any]:
    return model.domains.parse([] if given is None or given is False else given, field="domain")


def _fields(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> list[str]:
    return _listed(given or list(model.shown), model.read, "fields")


def _limit(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> int:
    return _capped(given, model.limits.limit)


def _count_limit(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> int:
    return _capped(given, model.limits.offset + model.limits.limit)


def _offset(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> int:
    offset = given or 0
    if offset.__class__ is not int or not 0 <= offset <= model.limits.offset:
        raise refusal("request_limit", "offset")
    return int(offset)


def _order(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> str | None:
    return _ordered(given, model.limits, lambda term: term in model.read)


def _group_order(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> str | None:
    endings = _AGGREGATES | _GRANULARITIES
    return _ordered(given, model.limits, lambda term: term == _COUNT or _is_part(term, model.read, endings))


def _ordered(given: Any, limits: CallLimits, is_known: Callable[[str], bool]) -> str | None:
    if not given:
        return None
    if given.__class__ is not str or len(given) > _TEXT_MAX * limits.names:
        raise refusal("request_order", "order")
    terms = given.split(",")
    matches = [_ORDER.fullmatch(term.strip()) for term in terms]
    if len(terms) > limits.names:
        raise refusal("request_too_many", "order")
    if not all(match and is_known(match[1]) for match in matches):
        raise refusal("request_order", "order")
    return ", ".join(match[0] for match in matches if match)


def _groupby(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> list[str]:
    return _parts(model, given, "groupby", lambda part: _is_part(part, model.read, _GRANULARITIES))


def _aggregates(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> list[str]:
    def is_known(part: str) -> bool:
        return part == _COUNT or (":" in part and _is_part(part, model.read, _AGGREGATES))

    return _parts(model, given, "aggregates", is_known)


def _nothing(_: Mapping[str, CompiledModel], __: CompiledModel, given: Any) -> list[Any]:
    if given:
        raise refusal("request_arguments", "having")
    return []


def _vals(models: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> dict[str, Any]:
    return checked_values(models, model, given, model.write)


def _vals_list(models: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> Any:
    if given.__class__ is not list:
        return checked_values(models, model, given, model.create)
    if len(given) > model.limits.records:
        raise refusal("request_too_many", "vals_list")
    return [checked_values(models, model, values, model.create) for values in given]


def _default(models: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> dict[str, Any]:
    return checked_values(models, model, given or {}, model.create)


def _allfields(_: Mapping[str, CompiledModel], model: CompiledModel, given: Any) -> list[str]:
    allowed = model.read | model.write | model.create
    return _listed(given or sorted(allowed), allowed, "allfields")


def _attributes(_: Mapping[str, CompiledModel], __: CompiledModel, given: Any) -> list[str]:
    return _listed(given or list(ATTRIBUTES), ATTRIBUTES, "attributes")


def _name(_: Mapping[str, CompiledModel], __: CompiledModel, given: Any) -> str:
    if given.__class__ is not str or len(given) > _TEXT_MAX:
        raise refusal("request_value", "name")
    return str(given)


def _among(choices: Collection[Any]) -> Check:
    def check(_: Mapping[str, CompiledModel], __: CompiledModel, given: Any) -> Any:
        if given.__class__ in {list, dict} or given not in choices:
            raise refusal("request_arguments")
        return given

    return check


ARGUMENTS: Final[Mapping[str, Check]] = {
    "aggregates": _aggregates,
    "allfields": _allfields,
    "attributes": _attributes,
    "default": _default,
    "domain": _domain,
    "fields": _fields,
    "groupby": _groupby,
    "having": _nothing,
    "ids": _ids,
    "limit": _limit,
    "load": _among((None, False, "", "_classic_read")),
    "name": _name,
    "offset": _offset,
    "operation": _among(_OPERATIONS),
    "operator": _among(_NAME_OPERATORS),
    "order": _order,
    "vals": _vals,
    "vals_list": _vals_list,
}
"""The arguments of the methods in `SIGNATURES`."""

_OWN: Final[Mapping[str, Mapping[str, Check]]] = {
    "copy": {"ids": _copied_ids},
    "formatted_read_group": {"order": _group_order},
    "search_count": {"limit": _count_limit},
}


def checks_of(method: str) -> Mapping[str, Check]:
    """What each argument of a method of every model is held to.

    `copy` makes a record of each that it is given, the limit of `search_count` is how far it counts, and groups are
    ordered by what they are made of.
    """
    return {**ARGUMENTS, **_OWN.get(method, {})}


def checked_scalar(_: Mapping[str, CompiledModel], __: CompiledModel, given: Any) -> Any:
    """An argument of a method of a single model: a text, a number, a Boolean or None."""
    if given.__class__ in {list, dict}:
        raise refusal("request_value")
    return given


def checked_context(context: Any, allowed: AbstractSet[str], most: int) -> dict[str, Any]:
    """A context of keys that are allowed; its values are plain, or lists of ids.

    Raises:
        InvalidInput: code `request_context`.
    """
    if context.__class__ is not dict or not context.keys() <= allowed:
        raise refusal("request_context", "context")
    for value in context.values():
        if value.__class__ is list:
            checked_ids(value, most)
        elif value.__class__ is dict or (value.__class__ is str and len(value) > _TEXT_MAX):
            raise refusal("request_context", "context")
    return dict(context)


def _capped(given: Any, most: int) -> int:
    """A limit; none, and 0, which is none to Odoo, are the most that there may be."""
    limit = given or most
    if limit.__class__ is not int or limit < 0:
        raise refusal("request_limit", "limit")
    return min(limit, most)


def _listed(given: Any, allowed: Collection[str], argument: str) -> list[str]:
    if given.__class__ is not list or not all(name.__class__ is str for name in given):
        raise refusal("request_arguments", argument)
    if unknown := set(given).difference(allowed):
        raise refusal("request_field", min(unknown))
    return list(dict.fromkeys(given))


def _parts(model: CompiledModel, given: Any, argument: str, is_known: Callable[[str], bool]) -> list[str]:
    parts = given or []
    if parts.__class__ is not list or len(parts) > model.limits.names:
        raise refusal("request_too_many" if parts.__class__ is list else "request_arguments", argument)
    if not all(part.__class__ is str and is_known(part) for part in parts):
        raise refusal("request_group", argument)
    return list(parts)


def _is_part(part: str, fields: Collection[str], endings: Collection[str]) -> bool:
    """Whether `field` or `field:ending` has a field and an ending that are known."""
    name, colon, ending = part.partition(":")
    return name in fields and (not colon or ending in endings)
