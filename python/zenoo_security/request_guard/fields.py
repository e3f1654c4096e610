"""The types of the fields that people outside may search by, read from Odoo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from zenoo_security.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["search_fields"]

_ATTRIBUTES: Final = ["type", "relation", "searchable", "store", "related"]
_RELATIONS: Final = frozenset(("many2one", "one2many", "many2many"))
_TYPES: Final = _RELATIONS | frozenset(
    [
        "binary",
        "boolean",
        "char",
        "date",
        "datetime",
        "float",
        "html",
        "integer",
        "many2one_reference",
        "monetary",
        "reference",
        "selection",
        "text",
    ]
)
_PARENT: Final = "parent_id"


class _Client(Protocol):
    async def execute_kw(self, model: str, method: str, args: list[Any], kwargs: dict[str, Any], /) -> Any:
        """Call a method of a model."""
        ...


async def search_fields(client: _Client, model: str, paths: Iterable[str]) -> dict[str, str]:
    """Paths with the types of their fields, for `parse_domain`, `DomainParser` and `ModelRules.search`.

    Ask once, when the application starts. A field that Odoo computes by a search of its own is refused, but for
    `display_name`: which operators that takes only its code knows.

    Args:
        client: logged in as a user who may read these models.
        model: such as `res.partner`.
        paths: such as `["name", "parent_id", "parent_id.name"]`.

    Raises:
        PolicyError: there is no such field for this user, or it cannot be searched by.
    """
    schemas: dict[str, Mapping[str, Mapping[str, Any]]] = {}

    async def schema(name: str) -> Mapping[str, Mapping[str, Any]]:
        if name not in schemas:
            schemas[name] = await client.execute_kw(name, "fields_get", [], {"attributes": _ATTRIBUTES})
        return schemas[name]

    async def kind_of(path: str) -> str:
        at, field = model, {"type": "many2one", "relation": model}
        for step in path.split("."):
            if field["type"] not in _RELATIONS:
                raise PolicyError(f"{path}: only relations are followed")
            at = field["relation"]
            found = (await schema(at)).get(step)
            if found is None or not _is_searchable(step, found):
                raise PolicyError(f"{path}: {at} has no field {step!r} that this user can search by")
            field = dict(found)
        tree = field["type"] in _RELATIONS or path.rpartition(".")[2] == "id"
        to = field.get("relation") or at
        return f"{field['type']} tree" if tree and _has_parent(await schema(to), to) else str(field["type"])

    return {path: await kind_of(path) for path in paths}


def _is_searchable(name: str, field: Mapping[str, Any]) -> bool:
    known = field["type"] in _TYPES and field.get("searchable", True)
    return bool(known and (field.get("store") or field.get("related") or name in {"display_name", "id"}))


def _has_parent(schema: Mapping[str, Mapping[str, Any]], model: str) -> bool:
    parent = schema.get(_PARENT, {})
    return bool(parent.get("relation") == model and parent.get("store"))
