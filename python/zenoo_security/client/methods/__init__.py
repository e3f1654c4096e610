"""The methods of Odoo's models that are understood: the arguments of each, and what becomes of them.

Taken from Odoo 19 (`odoo/orm/models.py`, `addons/web/models/models.py`). What is not here is refused on a model with
encrypted fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from zenoo_security.client.methods import export, groups, names, records, searches, web

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.client.call import Call
    from zenoo_security.client.target import Target

__all__ = ["METHODS", "READS", "VALUE_FREE", "Method"]

Prepare: TypeAlias = "Callable[[Call, Target], None]"


class Method(NamedTuple):
    """One method.

    Args:
        prepare: turns the arguments of a call into those that Odoo may see.
        parameters: the positional arguments, "" for the records of the methods on records.
        keywords: those that go by name only.
    """

    prepare: Prepare
    parameters: tuple[str, ...]
    keywords: frozenset[str] = frozenset()

    def fits(self, call: Call) -> bool:
        """Whether every argument of a call is one that is looked at before it reaches Odoo."""
        by_name = {*self.parameters[len(call.args) :], *self.keywords}
        return len(call.args) <= len(self.parameters) and set(call.kwargs) <= by_name


_WINDOW = ("offset", "limit", "order")
_UNFOLD = frozenset(
    {
        "auto_unfold",
        "groupby_read_specification",
        "opening_info",
        "unfold_read_default_limit",
        "unfold_read_specification",
    },
)

METHODS = {
    "copy": Method(records.copy, ("", "default")),
    "create": Method(records.create, ("vals_list",)),
    "export_data": Method(export.export_data, ("", "fields_to_export")),
    "formatted_read_group": Method(
        groups.formatted_read_group, ("domain", "groupby", "aggregates", "having", *_WINDOW)
    ),
    "formatted_read_grouping_sets": Method(
        groups.formatted_read_grouping_sets, ("domain", "grouping_sets", "aggregates"), frozenset({"order"})
    ),
    "name_search": Method(names.name_search, ("name", "domain", "operator", "limit")),
    "read": Method(records.read, ("", "fields", "load")),
    "read_group": Method(groups.read_group, ("domain", "fields", "groupby", "offset", "limit", "orderby", "lazy")),
    "read_progress_bar": Method(groups.read_progress_bar, ("domain", "group_by", "progress_bar")),
    "search": Method(searches.search, ("domain", *_WINDOW)),
    "search_count": Method(searches.search_count, ("domain", "limit")),
    "search_read": Method(searches.search_read, ("domain", "fields", *_WINDOW), frozenset({"load"})),
    "web_name_search": Method(names.web_name_search, ("name", "specification", "domain", "operator", "limit")),
    "web_read": Method(web.web_read, ("", "specification")),
    "web_read_group": Method(
        groups.web_read_group, ("domain", "groupby", "aggregates", "limit", "offset", "order"), _UNFOLD
    ),
    "web_resequence": Method(web.web_resequence, ("", "specification", "field_name", "offset")),
    "web_save": Method(web.web_save, ("", "vals", "specification", "next_id")),
    "web_save_multi": Method(web.web_save_multi, ("", "vals_list", "specification")),
    "web_search_read": Method(web.web_search_read, ("domain", "specification", *_WINDOW, "count_limit")),
    "write": Method(records.write, ("", "vals")),
}

_WRITES = {"copy", "create", "web_resequence", "web_save", "web_save_multi", "write"}
_CHECKS = {"check_access", "check_access_rights", "check_access_rule", "exists", "fields_get", "has_access"}

VALUE_FREE = frozenset({*_CHECKS, "action_archive", "action_unarchive", "get_metadata", "toggle_active", "unlink"})
"""Methods that neither take nor return field values."""

READS = frozenset({*METHODS, *_CHECKS, "get_metadata"} - _WRITES)
"""Methods after which cached rows of the model are still right."""
