"""Methods of single models, which are operations of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.client.access.records import ids_of, require_records
from zenoo_security.client.access.values import Writing

if TYPE_CHECKING:
    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.call import Call

__all__ = ["of_unknown"]

#: Texts that PostgreSQL takes for the id of a record.
_ID: Final = re.compile(r"\s*[+-]?(?:[0-9][0-9_]*|0[box][0-9a-f_]+)\s*", re.IGNORECASE)


async def of_unknown(grants: Grants, call: Call) -> None:
    """A method that is an operation of its own: its records, where it names some, and defaults in its context."""
    await Writing(grants, call.context).defaults(call.model, "write")
    narrowed = {str(grants.narrowing(call.model, name)): name for name in ("read", "write")}
    narrowed.pop("[]", None)
    if not narrowed or not call.args:
        return
    given = call.args[0]
    items = given if isinstance(given, (list, tuple, dict)) else [given]
    if any(isinstance(item, (int, float)) or (isinstance(item, str) and _ID.fullmatch(item)) for item in items):
        for operation in narrowed.values():
            ids = ids_of(grants, call.model, operation, given or [])
            await require_records(grants, call.context, call.model, operation, ids)
