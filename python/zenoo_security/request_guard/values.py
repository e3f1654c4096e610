"""The values of records that a call creates or writes, and the commands for x2many fields among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.objects.ids import MAX_ID
from zenoo_security.request_guard.rules import COMMANDS
from zenoo_security.validate.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from zenoo_security.request_guard.compiled import CompiledModel, Related
    from zenoo_security.request_guard.rules import CallLimits

__all__ = ["checked_ids", "checked_values"]

_CONTAINERS: Final[frozenset[type]] = frozenset((list, dict))
_CREATE, _UPDATE, _CLEAR, _SET = (COMMANDS[name] for name in ("create", "update", "clear", "set"))
_PARTS: Final = 3


def checked_ids(given: Any, most: int) -> list[int]:
    """The ids of records.

    Raises:
        InvalidInput: code `request_ids`; `request_too_many` for more than `most`.
    """
    ids = [given] if given.__class__ is int else given
    if not isinstance(ids, list):
        raise refusal("request_ids", "ids")
    if len(ids) > most:
        raise refusal("request_too_many", "ids")
    for each in ids:
        if each.__class__ is not int or not 0 < each <= MAX_ID:
            raise refusal("request_ids", "ids")
    return list(ids)


def checked_values(
    models: Mapping[str, CompiledModel], model: CompiledModel, values: Any, allowed: AbstractSet[str]
) -> dict[str, Any]:
    """The values of one record: fields that are allowed, and x2many commands that are.

    Args:
        models: all that have rules.
        model: of the record.
        values: a copy, which is changed in place.
        allowed: the fields that may be among them.

    Raises:
        InvalidInput: code `request_value`, `request_field` or one about the commands.
    """
    if values.__class__ is not dict:
        raise refusal("request_arguments")
    if not values.keys() <= allowed:
        raise refusal("request_field", min(values.keys() - allowed))
    # One look at all of them: mostly there is nothing to do.
    if model.related or not _CONTAINERS.isdisjoint(map(type, values.values())):
        for name, value in values.items():
            if related := model.related.get(name):
                values[name] = _checked_commands(models, model.limits, related, name, value)
            elif value.__class__ in _CONTAINERS:
                raise refusal("request_value", name)
    return values


def _checked_commands(
    models: Mapping[str, CompiledModel], limits: CallLimits, related: Related, field: str, value: Any
) -> list[Any]:
    """The commands for an x2many field; `False` and None are `clear` to Odoo."""
    given = [[_CLEAR]] if value is False or value is None else value
    if given.__class__ is not list or len(given) > limits.ids:
        raise refusal("request_command", field)
    commands = []
    for command in given:
        if command.__class__ is not list or not 0 < len(command) <= _PARTS:
            raise refusal("request_command", field)
        if command[0].__class__ is not int or command[0] not in related.codes:
            raise refusal("request_command", field)
        commands.append(_command(models, models[related.model], field, (*command, None, None)[:_PARTS]))
    return commands


def _command(
    models: Mapping[str, CompiledModel], model: CompiledModel, field: str, command: tuple[Any, ...]
) -> list[Any]:
    """One command with its three parts."""
    code, record, payload = command
    if code in {_CREATE, _UPDATE}:
        allowed = model.create if code == _CREATE else model.write
        return [code, _record(field, code, record), checked_values(models, model, payload, allowed)]
    if code == _SET:
        return [code, _record(field, code, record), checked_ids(payload, model.limits.ids)]
    if payload:
        raise refusal("request_command", field)
    return [code, _record(field, code, record), 0]


def _record(field: str, code: int, record: Any) -> int:
    if code in {_CREATE, _CLEAR, _SET}:
        if record:
            raise refusal("request_command", field)
        return 0
    if record.__class__ is not int or not 0 < record <= MAX_ID:
        raise refusal("request_command", field)
    return int(record)
