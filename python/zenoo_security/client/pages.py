"""Many records in lists of a few, the next of them on its way while one is decrypted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from zenoo_security.client.errors import NotLoggedIn
from zenoo_security.client.transport import REQUEST_SENT
from zenoo_security.domains import normalize
from zenoo_security.errors import OdooError, ParameterError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from zenoo_security.client.calls import Call

__all__ = ["Pages"]

Rows: TypeAlias = list[dict[str, Any]]


class Pages:
    """The pages of one search.

    Args:
        ask: makes a call and returns what Odoo answers, without `call.finish`.
        scope: names who is logged in.
        search: a call of `search_read` with the domain as its only positional argument.
        page_size: records in a page.
    """

    def __init__(
        self,
        ask: Callable[[Call], Awaitable[Any]],
        scope: Callable[[], str | None],
        search: Call,
        page_size: int,
    ) -> None:
        if page_size < 1:
            raise ParameterError("page_size must be at least 1")
        self._ask = ask
        self._scope = scope
        self._asker = scope()
        self._search = search
        self._domain = normalize(search.args[0])
        self._page_size = page_size

    async def read(self) -> AsyncGenerator[Rows, None]:
        """Yield the pages; see `SecureZenooClient.search_read_pages`."""
        page: _Page | None = self._start(after=0)
        try:
            while page:
                current, rows = page, await page.answer
                page = self._following(rows, current.after)
                if page:
                    await page.sent.wait()
                if rows:
                    yield current.call.finish(rows)
        finally:
            if page:
                page.answer.cancel()
                await asyncio.gather(page.answer, return_exceptions=True)

    def _following(self, rows: Any, after: int) -> _Page | None:
        if isinstance(rows, list) and len(rows) < self._page_size:
            return None
        last = rows[-1].get("id") if isinstance(rows, list) and isinstance(rows[-1], dict) else None
        if not isinstance(last, int) or last <= after:
            raise OdooError(
                "Odoo answered with other records than the next ones: check that no proxy keeps its answers"
            )
        return self._start(last)

    def _start(self, after: int) -> _Page:
        domain = ["&", ("id", ">", after), *self._domain] if self._domain else [("id", ">", after)]
        options = {**self._search.kwargs, "order": "id", "limit": self._page_size}
        call = replace(self._search, args=[domain], kwargs=options, context=dict(self._search.context))
        return _Page(call, after, self._answer)

    async def _answer(self, call: Call) -> Any:
        if self._scope() != self._asker:
            raise NotLoggedIn("the user who asked for the first page is no longer the one who is logged in")
        return await self._ask(call)


class _Page:
    """A page that is on its way."""

    def __init__(self, call: Call, after: int, ask: Callable[[Call], Awaitable[Any]]) -> None:
        self.call = call
        self.after = after
        self.sent = asyncio.Event()
        self.answer = asyncio.create_task(self._await(ask))
        self.answer.add_done_callback(lambda _: self.sent.set())

    async def _await(self, ask: Callable[[Call], Awaitable[Any]]) -> Any:
        REQUEST_SENT.set(self.sent)
        return await ask(self.call)
