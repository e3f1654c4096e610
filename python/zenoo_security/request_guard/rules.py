"""What is open to people outside, as a program or a file declares it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

from zenoo_security.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["COMMANDS", "CallLimits", "Commands", "ModelRules", "made", "names_of"]

T = TypeVar("T")

COMMANDS: Final = {"create": 0, "update": 1, "delete": 2, "unlink": 3, "link": 4, "clear": 5, "set": 6}
"""Odoo's commands for x2many fields (`odoo/orm/commands.py`)."""


@dataclass(frozen=True)
class Commands:
    """What may be done to the records of an x2many field.

    Args:
        model: whose records these are; it has rules of its own, and what is created or updated is held to them.
        allow: `create`, `update`, `delete`, `unlink`, `link`, `clear` and `set`, as Odoo names its commands.
    """

    model: str
    allow: Collection[str]


@dataclass(frozen=True)
class ModelRules:
    """What is open of a model. What is not named is refused.

    Args:
        methods: those of every model: `search_read`, `read`, `create` and so on.
        read: fields to read, group and order by; `id` is always among them. A call that names no fields gets these.
        write: fields to write.
        create: fields of new records; those to write unless given.
        search: paths to search by, or paths with the types of their fields, as `search_fields` has them; the fields to
            read unless given.
        operators: those of search domains; all unless given.
        commands: x2many fields among those to write, and what may be done to them. One that is not declared here takes
            no list, yet `False` empties it: declare them all. Those that are named like `child_ids` have to be.
        calls: methods of this model with the names of their parameters: `{"action_confirm": ["ids"]}`. The values are
            texts, numbers, booleans and None.
    """

    methods: Collection[str] = ()
    read: Collection[str] = ()
    write: Collection[str] = ()
    create: Collection[str] | None = None
    search: Mapping[str, str] | Collection[str] | None = None
    operators: Collection[str] | None = None
    commands: Mapping[str, Commands] = field(default_factory=dict)
    calls: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class CallLimits:
    """How much one call may ask for.

    Args:
        limit: records that a search returns; what asks for more, or names no limit, gets so many.
        offset: records that a search passes over. `search_count` counts up to `offset` and `limit` together.
        ids: records that a call names, and commands or ids of one x2many field.
        records: records that are created or copied; those of commands count as `ids`.
        names: fields that a call orders or groups by, or aggregates.
        values: values in all arguments together.
        text_bytes: UTF-8 in all arguments together, and bytes of a body.
        leaves: conditions of a search domain.
        depth: operators and sub-domains of a search domain inside one another, at most 64.
        path: fields in one path of a search domain, at most 16.
    """

    limit: int = 100
    offset: int = 10_000
    ids: int = 1_000
    records: int = 100
    names: int = 8
    values: int = 10_000
    text_bytes: int = 1_048_576
    leaves: int = 50
    depth: int = 8
    path: int = 3

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if type(value) is not int or value < 1:
                raise PolicyError(f"{each.name}: a limit is a whole number, 1 or more")


def made(kind: type[T], given: object, place: str) -> T:
    """A declaration from a dict, as a file has it.

    Raises:
        PolicyError: it is no dict, or one of its names is unknown or missing.
    """
    if isinstance(given, kind):
        return given
    if not isinstance(given, dict):
        raise PolicyError(f"{place} is a table, or {kind.__name__}")
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(map(str, given.keys() - known)):
        raise PolicyError(f"{place} has no {unknown[0]!r}: it has {', '.join(sorted(known))}")
    values: dict[str, Any] = dict(given)
    try:
        return kind(**values)
    except TypeError:
        raise PolicyError(f"{place} needs {' and '.join(sorted(known - values.keys()))}") from None


def names_of(names: object, place: str) -> Collection[str]:
    """A list of names that somebody declared.

    Raises:
        PolicyError: it is none.
    """
    if not isinstance(names, (list, tuple, set, frozenset)) or not all(isinstance(name, str) for name in names):
        raise PolicyError(f"{place} is a list of names")
    return names
