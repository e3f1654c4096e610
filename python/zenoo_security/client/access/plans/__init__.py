"""For each method: where its fields, its domain, its values and its records are, and what becomes of the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from zenoo_security.client.access.plans import checks, groups, reads, writes
from zenoo_security.client.access.plans.own import of_unknown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.call import Call, Finish

    Plan: TypeAlias = Callable[[Grants, Call], Awaitable[Finish | None]]

__all__ = ["PLANS", "of_unknown"]

PLANS: Final[dict[str, Plan]] = {
    "action_archive": writes.archive,
    "action_unarchive": writes.archive,
    "check_access": checks.check,
    "check_access_rights": checks.check,
    "check_access_rule": checks.check,
    "copy": writes.copy,
    "create": writes.create,
    "exists": checks.exists,
    "export_data": reads.export_data,
    "fields_get": checks.fields_get,
    "formatted_read_group": groups.groups,
    "formatted_read_grouping_sets": groups.groups,
    "get_metadata": checks.get_metadata,
    "has_access": checks.has_access,
    "name_search": reads.name_search,
    "read": reads.read,
    "read_group": groups.groups,
    "read_progress_bar": groups.read_progress_bar,
    "search": reads.search,
    "search_count": reads.search,
    "search_read": reads.search_read,
    "toggle_active": writes.archive,
    "unlink": writes.unlink,
    "web_name_search": reads.web_name_search,
    "web_read": reads.web_read,
    "web_read_group": groups.web_read_group,
    "web_resequence": writes.web_resequence,
    "web_save": writes.web_save,
    "web_save_multi": writes.web_save_multi,
    "web_search_read": reads.web_search_read,
    "write": writes.write,
}
