"""What is asked of Odoo, as the user whose credentials the client has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import OdooError, OdooRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.objects.action import InstalledAction
    from zenoo_security.odoo_client import Call

__all__ = ["ARCHIVED_TOO", "Checks"]

ARCHIVED_TOO: Final = {"active_test": False}
"""The context of a search that finds archived records as well."""


class Checks:
    """The questions, one request each. What Odoo refuses to answer is a no; that it is down is raised.

    Args:
        call: `execute_kw` of the client.
        action: of ours in the client's database; without one Odoo's own methods alone are asked.
    """

    def __init__(self, call: Call, action: InstalledAction | None = None) -> None:
        self._call = call
        self._action = action

    async def accessible(self, model: str, ids: Sequence[int], operation: str) -> set[int] | None:
        """Return which of the records the user may do this with, or None where no server action of ours tells."""
        return await self._asked(model, [["id", "in", list(ids)]], operation, ARCHIVED_TOO)

    async def _asked(self, model: str, domain: list[Any], operation: str, context: dict[str, Any]) -> set[int] | None:
        return None if self._action is None else await self._action.ask(model, domain, operation, context)

    async def find(self, model: str, ids: Sequence[int], operation: str) -> set[int]:
        """Return which of the records there are for the user, archived ones included, and that no policy hides.

        Args:
            model: such as `res.partner`.
            ids: of the records.
            operation: that a policy may narrow.
        """
        del operation
        domain = [["id", "in", list(ids)]]
        try:
            found = await self._call(model, "search", [domain], {}, ARCHIVED_TOO)
        except OdooRefused:
            return set()
        if not isinstance(found, list):
            raise OdooError("Odoo answered with something else than ids: check that no proxy changes its answers")
        return {record_id for record_id in found if type(record_id) is int}

    async def allows(self, model: str, ids: Sequence[int], operation: str) -> bool:
        """Whether Odoo lets the user do this with all of the records; with none of them, with some of the model."""
        try:
            return await self._call(model, "has_access", [list(ids), operation]) is True
        except OdooRefused:
            return False

    async def any_exists(self, model: str, ids: Sequence[int]) -> bool:
        """Whether there is one of the records, whoever may see it; Odoo's `read` tells by refusing."""
        try:
            return bool(await self._call(model, "read", [list(ids), ["create_date"]]))
        except OdooRefused:
            return True
