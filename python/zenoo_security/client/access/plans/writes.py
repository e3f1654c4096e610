"""What creates, changes and deletes records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.client.access.records import require_called
from zenoo_security.client.access.schema import active_of
from zenoo_security.client.access.values import Writing
from zenoo_security.client.access.views import view_of_specification

if TYPE_CHECKING:
    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.call import Call, Finish

__all__ = ["archive", "copy", "create", "unlink", "web_resequence", "web_save", "web_save_multi", "write"]

#: A value that matches no condition, and none that is to be false either.
_NOT_KNOWN: Final = object()
_ACTIVE: Final = {"action_archive": False, "action_unarchive": True}
#: Fields of users that a copy would have as its original.
_RIGHTS: Final = frozenset({"group_ids", "groups_id"})


async def create(grants: Grants, call: Call) -> None:
    """Values of new records."""
    writing = Writing(grants, call.context)
    await writing.defaults(call.model, "create")
    await writing.rows(call.model, "create", call.get("vals_list"))


async def write(grants: Grants, call: Call) -> None:
    """Values for records."""
    await _write(grants, call, [call.get("vals")])


async def copy(grants: Grants, call: Call) -> None:
    """Values that the copies have instead of the originals'."""
    writing = Writing(grants, call.context)
    await writing.defaults(call.model, "create")
    default = call.get("default") or {}
    await writing.rows(call.model, "create", default, with_defaults=False)
    for name in _RIGHTS & (await grants.schema(call.model)).keys() - default.keys():
        if not grants.may(call.model, "create", name):
            grants.refuse_field(call.model, "create", name, "copy")
    await require_called(grants, call, "read")


async def unlink(grants: Grants, call: Call) -> None:
    """Records that go."""
    await require_called(grants, call, "unlink")


async def archive(grants: Grants, call: Call) -> None:
    """A write of `active`."""
    name = active_of(await grants.schema(call.model)) or "active"
    if not grants.may(call.model, "write", name):
        grants.refuse_field(call.model, "write", name, "write")
    await require_called(grants, call, "write", values={name: _ACTIVE.get(call.method, _NOT_KNOWN)})


async def web_save(grants: Grants, call: Call) -> Finish:
    """Values for one record, new or not, and what a specification names of it or of the next one."""
    view = await view_of_specification(grants, call.model, call.get("specification"))
    if call.get("next_id"):
        await require_called(grants, call, "read", call.get("next_id"))
    if call.get(""):
        await _write(grants, call, [call.get("vals")])
        await require_called(grants, call, "read")
    else:
        writing = Writing(grants, call.context)
        await writing.defaults(call.model, "create")
        await writing.rows(call.model, "create", call.get("vals"))
    return view.rows


async def web_save_multi(grants: Grants, call: Call) -> Finish:
    """Values for each record, and what a specification names."""
    view = await view_of_specification(grants, call.model, call.get("specification"))
    vals = call.get("vals_list")
    await _write(grants, call, list(vals) if isinstance(vals, (list, tuple)) else [vals])
    await require_called(grants, call, "read")
    return view.rows


async def web_resequence(grants: Grants, call: Call) -> Finish:
    """Numbers in one field, and what a specification names."""
    view = await view_of_specification(grants, call.model, call.get("specification"))
    await _write(grants, call, [{call.get("field_name") or "sequence": _NOT_KNOWN}])
    await require_called(grants, call, "read")
    return view.rows


async def _write(grants: Grants, call: Call, rows: list[Any]) -> None:
    writing = Writing(grants, call.context)
    await writing.defaults(call.model, "write")
    await writing.rows(call.model, "write", rows)
    for row in rows:
        await require_called(grants, call, "write", values=row)
