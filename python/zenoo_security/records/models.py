"""Models of pydantic that are built from a live Odoo, and what they have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from pydantic import BaseModel, ConfigDict, Field, create_model

from zenoo_security import validate
from zenoo_security.audit import validating
from zenoo_security.errors import FieldError, InvalidFields, OdooUnavailable, ParameterError
from zenoo_security.model_errors import built, mapping
from zenoo_security.records.kinds import type_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from typing_extensions import Self

__all__ = ["RecordInput", "RpcClient", "model_for"]

_ATTRIBUTES: Final = ["type", "required", "readonly", "selection", "size", "relation"]
_RELATIONS: Final = frozenset(["many2one", "many2many"])


class RpcClient(Protocol):
    """Whatever can call a method of Odoo: zenoo-rpc's `ZenooClient`, `SecureZenooClient`, a fake in a test."""

    async def execute_kw(self, model: str, method: str, args: list[Any], kwargs: dict[str, Any], /) -> Any:
        """Call a method of a model."""
        ...


class RecordInput(BaseModel):
    """What someone outside may say about a record; the base of the classes that `model_for` builds.

    The constructor raises pydantic's `ValidationError`, whose text holds no input but whose `errors()` does; `parse`
    and `checked` tell every problem as an error of this package.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, protected_namespaces=())

    odoo_model: ClassVar[str]
    """The model of Odoo."""
    odoo_relations: ClassVar[Mapping[str, tuple[str, str]]]
    """The fields that name records, with their type and the model of those records."""

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """The record that `data` describes. Whether the records exist that it names is not looked at.

        Raises:
            InvalidFields: one or more fields are not accepted; `errors` has field, code and message of each.
            InvalidInput: `data` is no mapping (code `type`).
            InputTooLarge: `data` has more than 1,000 keys (code `too_many_fields`).
        """
        record: Self = built(cls, mapping(data, most=1000))
        return record

    @classmethod
    async def checked(cls, client: RpcClient, data: Mapping[str, object]) -> Self:
        """The record that `data` describes; every record that it names exists, and the client's user may read it.

        The audit log hears what is refused.

        Args:
            client: one call for each model that is named.
            data: from outside.

        Raises:
            InvalidFields: as `parse`, and with code `record_missing`.
            InvalidInput: as `parse`.
        """
        with validating(cls.odoo_model):
            record = cls.parse(data)
            missing = await _missing(record, client)
            if missing:
                message = validate.CODES["record_missing"]
                raise InvalidFields(FieldError(name, "record_missing", message) for name in missing)
            return record

    def to_odoo(self) -> dict[str, Any]:
        """The values for `create` and `write`: the fields that were given. None becomes False, which empties it."""
        values = self.model_dump(exclude_unset=True, by_alias=True)
        return {name: self._for_odoo(name, value) for name, value in values.items()}

    def _for_odoo(self, name: str, value: Any) -> Any:
        if value is None:
            return False
        if self.odoo_relations.get(name, ("", ""))[0] == "many2many":
            return [[6, 0, value]]
        return value


async def _missing(record: RecordInput, client: RpcClient) -> list[str]:
    """The fields that name records which are not there, or not for this user."""
    values = record.model_dump(exclude_unset=True, by_alias=True)
    named: dict[str, dict[str, set[int]]] = defaultdict(dict)
    for name, (_, relation) in record.odoo_relations.items():
        value = values.get(name)
        if value is not None:
            named[relation][name] = set(value) if isinstance(value, list) else {value}
    missing: list[str] = []
    for relation, fields in named.items():
        ids = sorted(set().union(*fields.values()))
        found = await client.execute_kw(
            relation, "search", [[("id", "in", ids)]], {"limit": len(ids), "context": {"active_test": False}}
        )
        missing += [name for name, wanted in fields.items() if not wanted <= set(found)]
    return missing


async def model_for(
    client: RpcClient,
    model: str,
    *,
    fields: Collection[str],
    types: Mapping[str, Any] | None = None,
    partial: bool = False,
) -> type[RecordInput]:
    """Build a model of pydantic from what a live Odoo says of its fields: type, required, selection, size, relation.

    Build it once, at the start: it costs two calls, and a field that changes in Odoo changes nothing in it.

    Args:
        client: asks under its own rights; a field that its user may not see does not exist.
        model: such as `res.partner`.
        fields: those that someone outside may set. There is no default: each of them is a decision.
        types: stricter types for some of them, such as `{"email": Email}`.
        partial: for `write`: no field has to be given. One that is required cannot be emptied even then.

    Raises:
        ParameterError: a field does not exist, is computed or read-only, or is of a type that is not accepted from
            outside (`one2many`, `reference`, `json`, `properties` and the like).
        InvalidInput: `model` or a field is no name.
        OdooUnavailable: the answer is none.
    """
    validate.model_name(model)
    if isinstance(fields, str):
        raise ParameterError("fields must be a list of names, not one text")
    names = [validate.field_name(name) for name in fields]
    given = dict(types or {})
    if not names or not set(given) <= set(names):
        raise ParameterError("fields must name at least one field, and all that have a type of their own")
    found = await client.execute_kw(model, "fields_get", [names], {"attributes": _ATTRIBUTES})
    if not isinstance(found, dict):
        raise OdooUnavailable("the answer to fields_get is none")
    for name in names:
        if name not in found:
            raise ParameterError(f"{model} has no field {name}, or this user may not see it")
    required = [name for name in names if found[name].get("required")]
    defaults = await client.execute_kw(model, "default_get", [required], {}) if required and not partial else {}
    definitions: dict[str, Any] = {}
    for name in names:
        kind = given.get(name, type_of(name, found[name]))
        must = name in required and name not in defaults and not partial
        definitions[_attribute(name)] = _definition(name, kind, must=must, empty=name not in required)
    relations = {
        name: (found[name]["type"], found[name]["relation"]) for name in names if found[name]["type"] in _RELATIONS
    }
    made = create_model(f"RecordInput[{model}]", __base__=RecordInput, **definitions)
    made.odoo_model, made.odoo_relations = model, relations
    return made


def _attribute(name: str) -> str:
    """The attribute for a field; one that pydantic has itself gets an underscore behind it."""
    return f"{name}_" if hasattr(RecordInput, name) else name


def _definition(name: str, kind: Any, *, must: bool, empty: bool) -> Any:
    if must:
        return (kind, Field(alias=name))
    # Left out is not None: what was not given is not sent.
    return (kind | None if empty else kind, Field(default=None, alias=name))
