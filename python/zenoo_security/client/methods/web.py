"""The `web_*` methods of Odoo's web client: read and written by a specification instead of a list of fields."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from zenoo_security.client import late
from zenoo_security.client.methods.records import finish_rows, seal_values
from zenoo_security.client.methods.searches import search
from zenoo_security.client.target import EncryptedTarget, rows_of
from zenoo_security.errors import QueryRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from zenoo_security.client.call import Call
    from zenoo_security.client.model import EncryptedModel
    from zenoo_security.client.target import Target

__all__ = ["turn_specification", "web_read", "web_resequence", "web_save", "web_save_multi", "web_search_read"]


def web_read(call: Call, target: Target) -> None:
    """Ask for columns, open the rows."""
    requested = turn_specification(call, target)
    call.finish = partial(finish_rows, target, requested)


def web_save(call: Call, target: Target) -> None:
    """Seal the values, then read."""
    rows = target.values(call.get("vals"))
    web_read(call, target)
    if isinstance(target, EncryptedTarget) and late.concerns(target.model, rows):
        call.perform = _save_late(call, target.model, rows[0])
    else:
        seal_values(call, target, "vals")


def web_save_multi(call: Call, target: Target) -> None:
    """Seal the values of each record, then read.

    Raises:
        QueryRefused: a value is bound to the company or the id of its record.
    """
    rows = target.values(call.get("vals_list"))
    if isinstance(target, EncryptedTarget) and late.concerns(target.model, rows):
        raise QueryRefused("values that are bound to a company or a record are written by write(), record by record")
    seal_values(call, target, "vals_list")
    web_read(call, target)


def _save_late(call: Call, model: EncryptedModel, values: dict[str, Any]) -> Callable[[late.Send], Awaitable[Any]]:
    """Save values that are bound to their record, in the requests that this takes, and read it then."""
    ids = call.get("")
    save = late.write(model, ids, values) if ids else late.create(model, values)

    async def perform(send: late.Send) -> Any:
        saved = await save(send)
        shown = call.get("next_id") or ids or saved
        return await send("web_read", [shown if isinstance(shown, list) else [shown], call.get("specification")])

    return perform


def web_resequence(call: Call, target: Target) -> None:
    """Refuse to number an encrypted field, then read."""
    target.require_plain("number", call.get("field_name"))
    web_read(call, target)


def web_search_read(call: Call, target: Target) -> None:
    """Search, then read."""
    search(call, target)
    requested = turn_specification(call, target)

    def finish(result: Any) -> Any:
        return {**result, "records": target.open(rows_of(result["records"]), requested)}

    call.finish = finish


def turn_specification(call: Call, target: Target, name: str = "specification") -> frozenset[str]:
    """Replace a specification by that of the columns, and return the fields that it names."""
    given = call.get(name)
    call.set(name, target.specification(given))
    return frozenset(given)
