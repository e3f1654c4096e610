"""Reads the records of a model, a page on its way while the one before is worked on."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.jobs.caller import Caller
    from zenoo_security.jobs.targets import Target

__all__ = ["Row", "Scan"]

Row: TypeAlias = dict[str, Any]
T = TypeVar("T")

PAGE_ROWS = 1000
"""The first is waited for, so that it should not be large; the others come while Odoo writes."""


class Scan:
    """The records of one model that the caller may see, by id.

    Args:
        client: a client that does not decrypt.
        caller: who reads.
        targets: fields of one model.
        tokens_only: do not read Odoo's own fields and the indexes, which take half of the time.
    """

    def __init__(
        self, client: SecureZenooClient, caller: Caller, targets: Sequence[Target], *, tokens_only: bool = False
    ) -> None:
        self._client = client
        self._context = caller.context
        self._model = targets[0].model
        bound = ["company_id"] if any("company" in target.declaration.bind for target in targets) else []
        columns = [column for target in targets for column in ([target.column] if tokens_only else target.columns)]
        self._columns = list(dict.fromkeys(columns + bound))

    async def count(self, after: int = 0) -> int:
        """How many records there are."""
        total: int = await self._call("search_count", [[("id", ">", after)]])
        return total

    async def rows(self, ids: Sequence[int]) -> list[Row]:
        """These records, as they are now; one that is gone or hidden is left out."""
        options = {"fields": self._columns, "order": "id"}
        rows: list[Row] = await self._call("search_read", [[("id", "in", list(ids))]], options)
        return rows

    async def pages(self, work: Callable[[list[Row]], T], after: int = 0) -> AsyncGenerator[T, None]:
        """What comes of each page of the records with a higher id.

        Args:
            work: what to make of a page; done for the next one while this one is dealt with.
            after: the id.
        """
        pages = self._client.search_read_pages(
            self._model, [("id", ">", after)], self._columns, page_size=PAGE_ROWS, context=self._context
        )
        async with aclosing(pages):
            following = asyncio.ensure_future(_worked(pages, work))
            try:
                while (result := await following) is not None:
                    following = asyncio.ensure_future(_worked(pages, work))
                    yield result
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    async def _call(self, method: str, args: list[Any], kwargs: dict[str, Any] | None = None) -> Any:
        return await self._client.execute_kw(self._model, method, args, kwargs, self._context)


async def _worked(pages: AsyncGenerator[list[Row], None], work: Callable[[list[Row]], T]) -> T | None:
    page = await anext(pages, None)
    return None if page is None else work(page)
