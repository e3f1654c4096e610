"""Fields that Odoo computes from others, and so show what a rule keeps from the user.

`email_normalized` is the e-mail address once more, and `res.users` has that of the partner. What is computed from a
field that is denied or masked is kept too, unless a rule names it: who wrote that rule meant it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.client.access.schema import Schema

__all__ = ["derived"]


def derived(model: str, schema: Schema, is_kept: Callable[[str, str], bool]) -> dict[str, str]:
    """Map each field that is computed, also by way of others, from one that is kept, to that one.

    Args:
        model: that has the fields.
        schema: its fields.
        is_kept: whether a field of a model is denied or masked.
    """
    found: dict[str, str] = {}
    for name, field in schema.items():
        for path in field.depends:
            first, _, rest = path.partition(".")
            relation = schema[first].relation if first in schema else ""
            if is_kept(model, first) or (relation and rest and is_kept(relation, rest)):
                found[name] = path
    rest_of = {name: field.depends for name, field in schema.items() if name not in found}
    grown = True
    while grown:
        more = {
            name: found[path.partition(".")[0]]
            for name, depends in rest_of.items()
            for path in depends
            if path.partition(".")[0] in found
        }
        grown = bool(more)
        found.update(more)
        rest_of = {name: depends for name, depends in rest_of.items() if name not in more}
    return found
