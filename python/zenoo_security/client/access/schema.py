"""What fields models have, as Odoo tells the user: one request for each model, kept for some minutes."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security.errors import OdooError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.client.access.protocol import Send

__all__ = ["X2MANY", "Field", "Schema", "Schemas"]

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


class Schemas:
    """The schemas of the models that a client uses.

    Args:
        send: asks Odoo as the user.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._known: OrderedDict[str, tuple[float, Schema]] = OrderedDict()

    def forget(self) -> None:
        """Forget everything: another user may see other fields."""
        self._known.clear()

    async def of(self, model: str) -> Schema:
        """Return the fields of a model.

        Raises:
            OdooError: Odoo has no such model, or does not answer.
        """
        known = self._known.get(model)
        if known is None or time.monotonic() - known[0] > _MAX_AGE_S:
            answer = await self._send(model, {}, "fields_get", [], {"attributes": _ATTRIBUTES})
            known = time.monotonic(), _schema(answer)
            self._known[model] = known
            while len(self._known) > _MAX_MODELS:
                self._known.popitem(last=False)
        self._known.move_to_end(model)
        return known[1]


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
