"""`create`, `write`, `read`, `copy`: values in and out by the names of their fields."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from zenoo_security.client import late
from zenoo_security.client.target import EncryptedTarget, Target, rows_of
from zenoo_security.errors import QueryRefused

if TYPE_CHECKING:
    from zenoo_security.client.call import Call

__all__ = ["copy", "create", "finish_rows", "read", "requested_fields", "write"]


def create(call: Call, target: Target) -> None:
    """Seal one row or several."""
    rows = target.values(call.get("vals_list"))
    if isinstance(target, EncryptedTarget) and late.concerns(target.model, rows):
        call.perform = late.create(target.model, call.get("vals_list"))
    else:
        seal_values(call, target, "vals_list")


def write(call: Call, target: Target) -> None:
    """Seal the values."""
    rows = target.values(call.get("vals"))
    if isinstance(target, EncryptedTarget) and late.concerns(target.model, rows):
        call.perform = late.write(target.model, call.get(""), rows[0])
    else:
        seal_values(call, target, "vals")


def read(call: Call, target: Target) -> None:
    """Ask for columns, open the rows."""
    requested = requested_fields(call, target)
    call.finish = partial(finish_rows, target, requested)


def copy(call: Call, target: Target) -> None:
    """Seal the values that the copy shall have instead of the original's; the others are copied as ciphertext.

    Raises:
        QueryRefused: Odoo would make the name of the copy from that of the original, and that is encrypted.
    """
    [default] = target.values(call.get("default") or {})
    if isinstance(target, EncryptedTarget):
        if "name" in target.model.fields and "name" not in default:
            raise QueryRefused("'name' is encrypted, so Odoo cannot derive the copy's: give copy() a default for it")
        if target.model.late:
            call.perform = late.copy(target.model, call.get(""), default)
            return
    if default:
        call.set("default", target.seal([default])[0])


def seal_values(call: Call, target: Target, name: str) -> None:
    """Replace the argument `name`, a dict of values or a list of such, by what Odoo may store."""
    given = call.get(name)
    sealed = target.seal(target.values(given))
    call.set(name, sealed if isinstance(given, (list, tuple)) else sealed[0])


def requested_fields(call: Call, target: Target) -> frozenset[str] | None:
    """Replace the list of fields by that of their columns, and return the former; None for all fields.

    Raises:
        QueryRefused: it is not a list of names.
    """
    given = call.get("fields") or None
    if given is None:
        return None
    if not isinstance(given, (list, tuple, set)) or not all(isinstance(name, str) for name in given):
        raise QueryRefused("fields is a list of names")
    call.set("fields", target.request(given))
    return frozenset(given)


def finish_rows(target: Target, requested: frozenset[str] | None, result: Any) -> Any:
    """Open the rows of a `read`."""
    return target.open(rows_of(result), requested) if isinstance(result, list) else result
