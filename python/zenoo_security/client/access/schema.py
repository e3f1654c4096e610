"""What fields models have, as Odoo tells the user: one request for each model, kept for some minutes."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security.errors import OdooError, OdooRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.client.access.protocol import Send

__all__ = ["X2MANY", "Field", "Schema", "Schemas", "active_of"]

X2MANY: Final = frozenset({"many2many", "one2many"})

_ATTRIBUTES: Final = ["depends", "related", "relation", "relation_field", "type"]
_MAX_MODELS: Final = 256
_MAX_AGE_S: Final = 300.0


class Field(NamedTuple):
    """What is asked of a field.

    Attributes:
        type: Odoo's, such as `many2one`.
        relation: the model that it leads to, or empty.
        inverse: of a one2many: the field of that model that leads back.
        depends: the paths of the fields that it is computed from.
        related: the path of the one that it stands for, and is written to, or empty.
    """

    type: str
    relation: str = ""
    inverse: str = ""
    depends: tuple[str, ...] = ()
    related: str = ""


Schema = dict[str, Field]
"""The fields of one model that its user may see."""


def active_of(schema: Schema) -> str | None:
    """The field by which records of a model are archived; manual models have one of their own."""
    return next((name for name in ("active", "x_active") if name in schema), None)


class Schemas:
    """The schemas of the models that a client uses.

    Args:
        send: asks Odoo as the user.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._known: OrderedDict[str, tuple[float, Schema]] = OrderedDict()
        self._refused: dict[str, tuple[Schema, frozenset[str]]] = {}

    def forget(self) -> None:
        """Forget everything: another user may see other fields. What is being asked for the one before is not kept."""
        self._known = OrderedDict()
        self._refused = {}

    async def of(self, model: str) -> Schema:
        """Return the fields of a model.

        Raises:
            OdooError: Odoo has no such model, or does not answer.
        """
        schemas = self._known
        known = schemas.get(model)
        if known is None or time.monotonic() - known[0] > _MAX_AGE_S:
            answer = await self._send(model, {}, "fields_get", [], {"attributes": _ATTRIBUTES})
            known = schemas[model] = time.monotonic(), _schema(answer)
            while len(schemas) > _MAX_MODELS:
                schemas.popitem(last=False)
        schemas.move_to_end(model)
        return known[1]

    async def refused(self, model: str) -> frozenset[str]:
        """Return the x2many fields that `fields_get` tells of and `read` refuses: the user may not read their model.

        It takes a request for each model that they lead to.
        """
        known, schema = self._refused, await self.of(model)
        if model not in known or known[model][0] is not schema:
            leading = {name: field.relation for name, field in schema.items() if field.type in X2MANY}
            relations = sorted(set(leading.values()))
            may = dict(zip(relations, await asyncio.gather(*map(self._may_read, relations)), strict=True))
            known[model] = schema, frozenset(name for name, relation in leading.items() if not may[relation])
        return known[model][1]

    def known_refused(self, model: str, schema: Schema) -> frozenset[str]:
        """Return those of them that are known by now."""
        found = self._refused.get(model)
        return found[1] if found and found[0] is schema else frozenset()

    async def _may_read(self, model: str) -> bool:
        try:
            return await self._send(model, {}, "has_access", [[], "read"]) is True
        except OdooRefused:
            return False


def _schema(answer: Any) -> Schema:
    if not isinstance(answer, dict):
        raise OdooError("Odoo answered with something else than fields: check that no proxy changes its answers")
    return {name: _field(found) for name, found in answer.items() if isinstance(found, dict)}


def _field(found: Mapping[str, Any]) -> Field:
    depends = tuple(path for path in found.get("depends") or () if isinstance(path, str))
    related = found.get("related")
    return Field(
        str(found.get("type", "")),
        found.get("relation") or "",
        found.get("relation_field") or "",
        depends,
        related if isinstance(related, str) else "",
    )
