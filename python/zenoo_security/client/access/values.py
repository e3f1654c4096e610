"""What a call writes: each field needs the right, and what x2many commands carry is checked as the comodel's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from zenoo_security.client.access.grants import is_name
from zenoo_security.client.access.records import ids_of, require_new, require_records
from zenoo_security.client.access.schema import X2MANY, Field
from zenoo_security.client.specs import texts
from zenoo_security.objects.ids import pages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.client.access.grants import Grants

__all__ = ["Writing"]

_DEFAULT: Final = "default_"
_TO_ONE: Final = frozenset({"many2one", "reference"})
_MAX_DEPTH: Final = 16

#: With these in a value, Odoo writes the record that defines the properties.
_DEFINES: Final = frozenset({"definition_changed", "definition_deleted"})

#: What stands in every mask, and in no value that a user would type.
_MASKED: Final = "***"

_CREATE, _UPDATE, _DELETE, _UNLINK, _LINK, _CLEAR, _SET = range(7)


class _Place(NamedTuple):
    """The x2many field that commands are for."""

    model: str
    operation: str
    name: str
    field: Field


class Writing:
    """The values of one call.

    Args:
        grants: of the user.
        context: of the call; Odoo takes defaults from it.
    """

    def __init__(self, grants: Grants, context: Mapping[str, Any]) -> None:
        self._grants = grants
        self._context = context
        self._linked: dict[str, set[int]] = {}
        self._defaults = {key[len(_DEFAULT) :]: value for key, value in context.items() if key.startswith(_DEFAULT)}

    async def rows(
        self, model: str, operation: str, rows: object, depth: int = 0, *, with_defaults: bool = True
    ) -> None:
        """Refuse values that may not be written.

        Args:
            model: that is written.
            operation: `create` or `write`.
            rows: a dict of values, or a list of such.
            depth: how many x2many fields they are inside of.
            with_defaults: whether Odoo is certain to take a default of the context where a value is missing.

        Raises:
            PermissionDenied: a field may not be written, or a new record would not match a narrowing domain.
        """
        for row in rows if isinstance(rows, (list, tuple)) else [rows]:
            if not isinstance(row, dict):
                self._grants.refuse(model, operation, "values", f"values for {operation} are a dict, or a list of such")
            for name, value in row.items():
                await self._value(model, operation, name, value, depth=depth)
            if operation == "create":
                await self._require_defaults(model)
                require_new(self._grants, model, {**(self._defaults if with_defaults else {}), **row})
        if not depth:
            await self._require_linked()

    async def defaults(self, model: str, operation: str) -> None:
        """Refuse defaults in the context for fields of the called model that may not be written."""
        for name, value in self._defaults.items():
            await self._value(model, operation, name, value)
        await self._require_linked()

    async def _require_defaults(self, model: str) -> None:
        """Odoo takes a default for every record that it creates, on whatever model, that has such a field."""
        if self._defaults:
            for name in self._defaults.keys() & (await self._grants.schema(model)).keys():
                await self._value(model, "create", name, self._defaults[name])

    async def _value(self, model: str, operation: str, name: object, value: Any, *, depth: int = 0) -> None:
        grants = self._grants
        if not is_name(name) or not isinstance(name, str):
            grants.refuse_field(model, operation, name, operation)
        field = None if grants.owner(model, name) != name else (await grants.schema(model)).get(name)
        commands = field.type in X2MANY if field else isinstance(value, (list, tuple, dict))
        if not grants.may(model, operation, name, named_only=commands):
            grants.refuse_field(model, operation, name, operation)
        if field and field.related and name not in grants.fields(model, operation).named:
            await self._require_related(model, operation, name, field.related)
        if field and field.type == "properties" and not _DEFINES.isdisjoint(texts(value)):
            text = f"{model}: {name!r} changes which properties there are: write the field that defines them"
            grants.refuse(model, operation, "values", text, field=name)
        if isinstance(value, str) and _MASKED in value and grants.style(model, name):
            text = "was masked when it was read: leave it out, or give a new value"
            grants.refuse(model, operation, "masked", f"{model}: {name!r} {text}", field=name)
        if field and value:
            self._link(field, value)
        if commands:
            await self._commands(_Place(model, operation, name, field or Field("")), value, depth)

    def _link(self, field: Field, value: Any) -> None:
        """Remember a record that a value leads to, where only some of its model may be seen: what it holds comes along.

        Odoo gives a contact the VAT number and the address of its parent, whoever may read that.
        """
        model, given = field.relation, [value]
        if field.type == "reference" and isinstance(value, str):
            model, _, record = value.partition(",")
            given = [int(record)] if record.isascii() and record.isdecimal() else [value]
        if field.type in _TO_ONE and self._grants.narrowing(model, "read"):
            self._linked.setdefault(model, set()).update(ids_of(self._grants, model, "read", given))

    async def _require_linked(self) -> None:
        """Refuse values that lead to records that the user may not see; one search for each model."""
        linked, self._linked = self._linked, {}
        for model, ids in linked.items():
            for page in pages(sorted(ids)):
                await require_records(self._grants, self._context, model, "read", page)

    async def _require_related(self, model: str, operation: str, name: str, path: str) -> None:
        """Refuse to write a field of another record through one that is related to it, where a rule keeps that one."""
        grants, steps = self._grants, path.split(".")
        owner = model
        for step in steps[:-1]:
            field = (await grants.schema(owner)).get(step)
            if field is None or not field.relation:
                return
            owner = field.relation
        if grants.fields(owner, operation).denies(steps[-1]):
            grants.refuse_field(owner, operation, steps[-1], operation)
        if grants.narrowing(owner, operation):
            text = f"a domain narrows {owner}, which {name!r} writes to: {model}:{operation}:{name}"
            grants.refuse(model, operation, "narrowed", text, field=name)

    async def _commands(self, place: _Place, value: Any, depth: int) -> None:
        if value is None or value is False:
            value = [[_CLEAR]]
        if not place.field.relation or not isinstance(value, (list, tuple)) or depth > _MAX_DEPTH:
            self._refuse(place)
        if value and not isinstance(value[0], (list, tuple)):
            value = [[_SET, 0, list(value)]]
        for command in value:
            if not isinstance(command, (list, tuple)) or not command or type(command[0]) is not int:
                self._refuse(place)
            code, record, given = [*command, None, None][:3]
            if code in {_CREATE, _UPDATE, _DELETE}:
                await self._nested(place.field.relation, code, record, given or {}, depth=depth + 1)
            elif code in {_UNLINK, _LINK, _CLEAR, _SET}:
                await self._relink(place, code, given if code == _SET else [] if code == _CLEAR else record)
            else:
                self._refuse(place)

    async def _nested(self, model: str, code: int, record: Any, values: Any, *, depth: int) -> None:
        operation = {_CREATE: "create", _UPDATE: "write", _DELETE: "unlink"}[code]
        self._grants.require(model, operation)
        if code != _DELETE:
            await self.rows(model, operation, values, depth, with_defaults=False)
        if code != _CREATE:
            await self._require(model, operation, record, values if code == _UPDATE else None)

    async def _relink(self, place: _Place, code: int, ids: Any) -> None:
        """Records of a one2many are written in their inverse field, and may be deleted where they are let go."""
        model, grants = place.field.relation, self._grants
        if place.field.type != "one2many":
            await self._require(model, "read", ids)
            return
        if not grants.may(model, "write", place.field.inverse):
            grants.refuse_field(model, "write", place.field.inverse, "write")
        if code != _LINK:
            grants.require(model, "unlink")
        if code in {_CLEAR, _SET} and grants.narrowing(model, "write"):
            text = f"which records of {model} this takes away is not known, and a domain narrows them: name them"
            grants.refuse(place.model, place.operation, "narrowed", text, field=place.name)
        await self._require(model, "write", ids)

    async def _require(self, model: str, operation: str, ids: Any, values: Any = None) -> None:
        if ids:
            found = ids_of(self._grants, model, operation, ids)
            await require_records(self._grants, self._context, model, operation, found, values=values)

    def _refuse(self, place: _Place) -> NoReturn:
        text = f"{place.model}: {place.name!r} takes x2many commands such as [0, 0, values] or [4, id]"
        self._grants.refuse(place.model, place.operation, "command", text, field=place.name)
