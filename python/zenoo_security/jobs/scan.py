"""Reads the records of a model, a page on its way while the one before is worked on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.jobs.caller import Caller
    from zenoo_security.jobs.targets import Target

__all__ = ["Row", "Scan"]

Row: TypeAlias = dict[str, Any]
T = TypeVar("T")

PAGE_ROWS = 2000


class Scan:
    """The records of one model that the caller may see, by id.

    Args:
        client: a client that does not decrypt.
        caller: who reads.
        targets: fields of one model.
    """

    def __init__(self, client: SecureZenooClient, caller: Caller, targets: Sequence[Target]) -> None:
        self._client = client
        self._context = caller.context
        self._model = targets[0].model
        bound = ["company_id"] if any("company" in target.declaration.bind for target in targets) else []
        self._columns = list(dict.fromkeys([column for target in targets for column in target.columns] + bound))

    async def count(self, after: int = 0) -> int:
        """How many records there are."""
        total: int = await self._call("search_count", [[("id", ">", after)]])
        return total

    async def rows(self, ids: Sequence[int]) -> list[Row]:
        """These records, as they are now; one that is gone or hidden is left out."""
        return await self._search([("id", "in", list(ids))], None)

    async def pages(self, work: Callable[[list[Row]], T], after: int = 0) -> AsyncGenerator[T, None]:
        """What comes of each page of the records with a higher id.

        Args:
            work: what to make of a page; done for the next one while this one is dealt with.
            after: the id.
        """
        following = asyncio.ensure_future(self._page(work, after))
        try:
            while (page := await following) is not None:
                last, result = page
                following = asyncio.ensure_future(self._page(work, last))
                yield result
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    async def _page(self, work: Callable[[list[Row]], T], after: int) -> tuple[int, T] | None:
        rows = await self._search([("id", ">", after)], PAGE_ROWS)
        return (rows[-1]["id"], work(rows)) if rows else None

    async def _search(self, domain: list[Any], limit: int | None) -> list[Row]:
        options = {"fields": self._columns, "order": "id", "limit": limit, "load": None}
        rows: list[Row] = await self._call("search_read", [domain], options)
        return rows

    async def _call(self, method: str, args: list[Any], kwargs: dict[str, Any] | None = None) -> Any:
        return await self._client.execute_kw(self._model, method, args, kwargs, self._context)
