"""Which operations a call is, and the arguments of methods that carry no values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.policy.methods import OPERATIONS_OF

if TYPE_CHECKING:
    from zenoo_security.client.call import Call

__all__ = ["PARAMETERS", "operations_of"]

_OF_RECORDS: Final = ("",)

#: The arguments of the methods that carry no values.
PARAMETERS: Final = {
    "action_archive": _OF_RECORDS,
    "action_unarchive": _OF_RECORDS,
    "check_access": ("", "operation"),
    "check_access_rights": ("operation", "raise_exception"),
    "check_access_rule": ("", "operation"),
    "exists": _OF_RECORDS,
    "fields_get": ("allfields", "attributes"),
    "get_metadata": _OF_RECORDS,
    "has_access": ("", "operation"),
    "toggle_active": _OF_RECORDS,
    "unlink": _OF_RECORDS,
}


def operations_of(call: Call) -> tuple[str, ...]:
    """The operations that a call needs the right to; a method that is not known is one of its own name."""
    if call.method == "web_save":
        return ("write" if call.args and call.args[0] else "create", "read")
    return OPERATIONS_OF.get(call.method, (call.method,))
