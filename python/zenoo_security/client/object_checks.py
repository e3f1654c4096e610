"""What is asked about records where a policy is held: for it, and past it what Odoo itself allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.errors import OdooRefused
from zenoo_security.objects import Checks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from zenoo_security.client.access.protocol import Send

__all__ = ["NarrowedChecks"]


class NarrowedChecks(Checks):
    """The questions of a client with a policy.

    Args:
        send: asks Odoo as the user, past the policy.
        find: searches by ids and by what narrows an operation; nothing where the policy does not allow it.
    """

    def __init__(self, send: Send, find: Callable[[str, Sequence[int], str], Awaitable[set[int]]]) -> None:
        async def call(
            model: str,
            method: str,
            args: list[Any],
            kwargs: dict[str, Any] | None = None,
            context: dict[str, Any] | None = None,
        ) -> Any:
            return await send(model, context or {}, method, args, kwargs)

        super().__init__(call)
        self._find = find

    async def find(self, model: str, ids: Sequence[int], operation: str) -> set[int]:
        """Return which of the records there are for the user and for the policy."""
        try:
            return await self._find(model, ids, operation)
        except OdooRefused:
            return set()
