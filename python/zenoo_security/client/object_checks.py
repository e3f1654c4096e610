"""What is asked about records as the user of a secure client: of Odoo, past the policy, and narrowed by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.errors import OdooRefused
from zenoo_security.objects import ARCHIVED_TOO, Checks, InstalledAction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from zenoo_security.client.access import Enforcer
    from zenoo_security.client.access.protocol import Find, Send
    from zenoo_security.client.call import Call

__all__ = ["SecureChecks"]


class SecureChecks(Checks):
    """The questions of a secure client.

    Args:
        send: asks Odoo as the user, past the policy.
        find: searches past the policy.
        search: the call that such a search is; where fields are encrypted, its domain is turned towards what Odoo has.
        who: gives database and user id of who is logged in.
        enforcer: holds the policy, where there is one.
    """

    def __init__(
        self,
        send: Send,
        *,
        find: Find,
        search: Callable[[str, Mapping[str, Any], list[Any]], Call],
        who: Callable[[], tuple[str, int]],
        enforcer: Enforcer | None,
    ) -> None:
        async def call(
            model: str,
            method: str,
            args: list[Any],
            kwargs: dict[str, Any] | None = None,
            context: dict[str, Any] | None = None,
        ) -> Any:
            return await send(model, context or {}, method, args, kwargs)

        super().__init__(call, InstalledAction(call, who))
        self._find = find
        self._search = search
        self._enforcer = enforcer

    async def find(self, model: str, ids: Sequence[int], operation: str) -> set[int]:
        """Return which of the records there are for the user, and for the policy where one is held."""
        try:
            domain, context = await self._domain(model, ids, operation)
            return set() if domain is None else await self._find(model, context, domain)
        except OdooRefused:
            return set()

    async def accessible(self, model: str, ids: Sequence[int], operation: str) -> set[int] | None:
        """Return which of them the user may do this with, or None where no server action of ours tells."""
        try:
            domain, context = await self._domain(model, ids, operation)
        except OdooRefused:
            return set()
        if domain is None:
            return set()
        call = self._search(model, context, domain)
        return await self._asked(model, call.args[0], operation, call.context)

    async def _domain(self, model: str, ids: Sequence[int], operation: str) -> tuple[list[Any] | None, dict[str, Any]]:
        """The domain of the records, archived ones included, and the context to search by it."""
        if self._enforcer is None:
            return [["id", "in", list(ids)]], ARCHIVED_TOO
        # Its domain includes them by itself: the context would count for the records that it leads to as well.
        return await self._enforcer.narrowed(model, ids, operation), {}
