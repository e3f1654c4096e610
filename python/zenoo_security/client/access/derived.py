"""Fields that Odoo computes from others, and so show what a rule keeps from the user.

`email_normalized` is the e-mail address once more, and `res.users` has both of the partner. What is computed from a
field that is denied or masked is kept too, unless a rule names it: who wrote that rule meant it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.client.access.names import NAMES, made_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from zenoo_security.client.access.schema import Schema

__all__ = ["source_of"]


async def source_of(
    model: str,
    paths: Iterable[str],
    *,
    schema_of: Callable[[str], Awaitable[Schema]],
    is_kept: Callable[[str, str], bool],
) -> str | None:
    """Return the first path that leads to a field that is kept, also by way of others that are computed from it.

    Args:
        model: that the paths start at.
        paths: what a field is computed from.
        schema_of: gives the fields of a model.
        is_kept: whether a field of a model is denied or masked.
    """
    open_ = [(model, path, path) for path in paths]
    seen = set()
    while open_:
        model, path, source = open_.pop()
        for name in path.split("."):
            if is_kept(model, name):
                return source
            schema = await schema_of(model)
            if name not in schema:
                break
            if (model, name) not in seen:
                seen.add((model, name))
                depends = made_of(model, schema) if name in NAMES else schema[name].depends
                open_ += [(model, further, source) for further in depends]
            if not schema[name].relation:
                break
            model = schema[name].relation
    return None
