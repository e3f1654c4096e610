"""`name_search`: a name finds a record by its encrypted fields too, when it is the whole value of one.

Odoo looks into the fields that `_rec_names_search` of the model lists, which RPC does not tell. Here the name goes into
the domain, and an empty one to Odoo, which then returns what the domain finds, within its own limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from zenoo_security.client.methods.searches import turn_domain
from zenoo_security.client.methods.web import web_read
from zenoo_security.client.target import EncryptedTarget, Target
from zenoo_security.domains import join
from zenoo_security.errors import InvalidInput, QueryRefused

if TYPE_CHECKING:
    from zenoo_security.client.call import Call
    from zenoo_security.client.model import EncryptedModel

__all__ = ["name_search", "web_name_search"]

Domain: TypeAlias = list[Any]

#: What Odoo 19 looks into, with the field that each is computed from. Of another model all indexed fields are searched.
_SEARCHED = {
    "res.partner": {
        "complete_name": "name",
        "email": "email",
        "ref": "ref",
        "vat": "vat",
        "company_registry": "company_registry",
    },
}
_NOTHING: Domain = [("id", "in", [])]
_ANYTHING: Domain = [("id", "not in", [])]


def name_search(call: Call, target: Target) -> None:
    """Turn the domain, and search the indexes for the name."""
    turn_domain(call, target)
    name = call.get("name")
    operator = call.get("operator") or "ilike"
    if not isinstance(target, EncryptedTarget) or not name:
        return
    condition = _condition(target.model, operator, name)
    if condition is not None:
        call.set("domain", join("&", [condition, call.get("domain") or []]))
        call.set("name", "")
        call.set("operator", "ilike")


def web_name_search(call: Call, target: Target) -> None:
    """Search by name, then read by the specification."""
    name_search(call, target)
    web_read(call, target)


def _condition(model: EncryptedModel, operator: object, name: object) -> Domain | None:
    """The domain for a name, or None where Odoo's own says the same."""
    if not isinstance(operator, str) or not isinstance(name, (str, list, tuple)):
        raise QueryRefused("name_search takes a text and an operator, such as 'ilike' or '='")
    negative = operator.startswith(("not", "!"))
    parts = [*_plain(model, operator, name), *_whole(model, name, negative=negative)]
    if parts == [[("display_name", operator, name)]]:
        return None
    return join("&" if negative else "|", parts) or (_ANYTHING if negative else _NOTHING)


def _plain(model: EncryptedModel, operator: str, name: object) -> list[Domain]:
    """What Odoo can compare; a field that holds ciphertext is left out, since its letters would match by chance."""
    searched = _SEARCHED.get(model.model, {"name": "name"})
    in_place = {field for field, one in model.fields.items() if one.declared.in_place}
    if in_place.isdisjoint(searched.values()):
        return [[("display_name", operator, name)]]
    return [[(field, operator, name)] for field, source in searched.items() if source not in in_place]


def _whole(model: EncryptedModel, name: object, *, negative: bool) -> list[Domain]:
    indexed = {field for field, one in model.fields.items() if one.declared.index}
    if model.model in _SEARCHED:
        indexed &= set(_SEARCHED[model.model].values())
    values = name if isinstance(name, (list, tuple)) else [name]
    pairs = [(field, value) for field in sorted(indexed) for value in values if isinstance(value, str) and value]
    return [leaf for field, value in pairs if (leaf := _leaf(model, field, "!=" if negative else "=", value))]


def _leaf(model: EncryptedModel, field: str, operator: str, value: str) -> Domain:
    try:
        return list(model.rewriters[field](operator, value))
    except InvalidInput:  # no value of this field: "Bob" is no e-mail address
        return []
