"""Odoo's own methods: which operations each is, and what stands for those that nothing allows.

Every other method is an operation of its own name, such as `sale.order:action_confirm`.
"""

from __future__ import annotations

from typing import Final

__all__ = ["INSTEAD", "OPERATIONS_OF", "instead_of"]

_READS: Final = (
    "check_access",
    "check_access_rights",
    "check_access_rule",
    "exists",
    "export_data",
    "fields_get",
    "formatted_read_group",
    "formatted_read_grouping_sets",
    "get_metadata",
    "has_access",
    "name_search",
    "read",
    "read_group",
    "read_progress_bar",
    "search",
    "search_count",
    "search_read",
    "web_name_search",
    "web_read",
    "web_read_group",
    "web_search_read",
)

OPERATIONS_OF: Final = {
    **dict.fromkeys(_READS, ("read",)),
    "action_archive": ("write",),
    "action_unarchive": ("write",),
    "copy": ("create", "read"),
    "create": ("create",),
    "toggle_active": ("write",),
    "unlink": ("unlink",),
    "web_resequence": ("write", "read"),
    "web_save": ("write", "create", "read"),
    "web_save_multi": ("write", "read"),
    "write": ("write",),
}
"""The operations that the methods of every model need the right to; `web_save` needs one of the first two."""

INSTEAD: Final = {
    "activity_search": "search",
    "activity_send_mail": "message_post, with a text of your own",
    "copy_data": "copy",
    "copy_translations": "copy",
    "create_unique": "create",
    "default_get": "create, which Odoo completes with its defaults",
    "find_or_create": "search, and create where it finds nothing",
    "find_or_create_record": "search, and create where it finds nothing",
    "get_display_names_for_spreadsheet": "read of display_name",
    "get_field_translations": "read with the language in the context",
    "get_mention_suggestions": "search_read",
    "get_mention_suggestions_from_channel": "search_read",
    "get_property_definition": "read",
    "hierarchy_read": "search_read",
    "html_field_history_get_comparison_at_revision": "read",
    "html_field_history_get_content_at_revision": "read",
    "html_field_history_get_unified_diff_at_revision": "read",
    "load": "create with a list of rows",
    "message_get_followers": "search_read of mail.followers",
    "message_mail_with_source": "message_post, with a text of your own",
    "message_new": "create",
    "message_post_with_source": "message_post, with a text of your own",
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

_ONCHANGE: Final = "onchange_"


def instead_of(method: str) -> str | None:
    """What to use instead of a method that nothing allows, or None for one that a rule may give.

    Methods `onchange_...` of single models are for Odoo's own `onchange`: they return values, such as the address of a
    partner's parent, and called on records they write what they set.
    """
    return INSTEAD.get(method) or (INSTEAD["onchange"] if method.startswith(_ONCHANGE) else None)
