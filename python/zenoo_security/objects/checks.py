"""What is asked of Odoo, as the user whose credentials the client has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from zenoo_security.errors import OdooError, OdooRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Call", "Checks"]


class Call(Protocol):
    """Calls a method of a model as the user, as `execute_kw` of a client does."""

    async def __call__(
        self,
        model: str,
        method: str,
        args: list[Any],
        kwargs: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
    ) -> Any:
        """Return what Odoo answers."""
        ...


class Checks:
    """The questions, one request each. What Odoo refuses to answer is a no; that it is down is raised.

    Args:
        call: `execute_kw` of the client.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

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
            found = await self._call(model, "search", [domain], {}, {"active_test": False})
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
