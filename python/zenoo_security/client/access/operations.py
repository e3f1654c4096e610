"""Which operations a method is, and which methods carry values that cannot be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.client.methods import METHODS, READS

if TYPE_CHECKING:
    from zenoo_security.client.call import Call

__all__ = ["PARAMETERS", "UNCHECKED", "operations_of"]

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

_OTHERS: Final = {
    "action_archive": ("write",),
    "action_unarchive": ("write",),
    "copy": ("create", "read"),
    "create": ("create",),
    "toggle_active": ("write",),
    "unlink": ("unlink",),
    "web_resequence": ("write", "read"),
    "web_save_multi": ("write", "read"),
    "write": ("write",),
}

UNCHECKED: Final = {
    "activity_search": "search",
    "copy_data": "copy",
    "copy_translations": "copy",
    "create_unique": "create",
    "default_get": "create, which Odoo completes with its defaults",
    "find_or_create": "search, and create where it finds nothing",
    "find_or_create_record": "search, and create where it finds nothing",
    "get_field_translations": "read with the language in the context",
    "get_mention_suggestions": "search_read",
    "get_mention_suggestions_from_channel": "search_read",
    "get_property_definition": "read",
    "hierarchy_read": "search_read",
    "html_field_history_get_comparison_at_revision": "read",
    "html_field_history_get_content_at_revision": "read",
    "html_field_history_get_unified_diff_at_revision": "read",
    "load": "create with a list of rows",
    "message_new": "create",
    "message_process": "create",
    "message_update": "write",
    "name_create": "create with the name as a value",
    "onchange": "create or write, which compute what follows from the values",
    "search_fetch": "search_read",
    "search_for_channel_invite": "search_read",
    "search_panel_select_multi_range": "formatted_read_group",
    "search_panel_select_range": "formatted_read_group",
    "update_field_translations": "write with the language in the context",
    "web_override_translations": "write with the language in the context",
}
"""Methods of every model that read or write fields by ways that are not checked, and what to use instead."""


def operations_of(call: Call) -> tuple[str, ...]:
    """The operations that a call needs the right to; a method that is not known is one of its own name."""
    method = call.method
    if method == "web_save":
        return ("write" if call.args and call.args[0] else "create", "read")
    if method in _OTHERS:
        return _OTHERS[method]
    return ("read",) if method in READS and (method in METHODS or method in PARAMETERS) else (method,)
