"""The body of a WSGI request, which is read in the thread of the request and nowhere else."""

from __future__ import annotations

import asyncio
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, TypeVar

from zenoo_security.errors import InvalidInput
from zenoo_security.stores.waiting import started
from zenoo_security.web.body import BodyCount

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

__all__ = ["WholeBody"]

T = TypeVar("T")

_MAX_LENGTH_DIGITS: Final = 18


class WholeBody:
    """Waits for a control, and reads the body for it meanwhile.

    The loop in which controls are run is that of all requests: a client that sends its body slowly may hold up its own
    thread, as it does in any application, and not that loop.

    Args:
        environ: of the request.
    """

    __slots__ = ("_asked", "_environ", "_waits")

    def __init__(self, environ: dict[str, Any]) -> None:
        self._environ: Final = environ
        self._waits = False
        self._asked: Final[SimpleQueue[tuple[int, asyncio.Future[bytes]] | None]] = SimpleQueue()

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that may call `read`.

        Raises:
            ParameterError: as `result_of`.
        """
        self._waits = True
        try:
            return self._result(started(coroutine))
        finally:
            self._waits = False

    async def read(self, limit: int) -> bytes:
        """Read all, at most so many bytes.

        Raises:
            InputTooLarge: there are more.
            InvalidInput: there are fewer than the request says.
        """
        if not self._waits:
            return self._read(limit)  # An application asks, in its own thread.
        body: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asked.put((limit, body))
        return await body

    def _result(self, future: Future[T]) -> T:
        asked = self._asked
        future.add_done_callback(lambda _: asked.put(None))
        try:
            while (one := asked.get()) is not None:
                self._answer(*one)
            return future.result()
        finally:
            future.cancel()

    def _answer(self, limit: int, body: asyncio.Future[bytes]) -> None:
        settle: Callable[[], None]
        try:
            settle = partial(body.set_result, self._read(limit))
        except Exception as error:  # noqa: BLE001 - it is raised where the body was asked for
            settle = partial(body.set_exception, error)
        body.get_loop().call_soon_threadsafe(_unless_cancelled, body, settle)

    def _read(self, limit: int) -> bytes:
        length = self._environ.get("CONTENT_LENGTH") or "0"
        # Beyond its length there is nothing, and a server may wait for it (PEP 3333).
        expected = int(length[:_MAX_LENGTH_DIGITS]) if length.isascii() and length.isdigit() else 0
        BodyCount(limit).add(expected)
        try:
            body: bytes = self._environ["wsgi.input"].read(expected)
        except OSError:
            body = b""
        if len(body) < expected:
            raise InvalidInput("the body of the request did not arrive", field="body")
        return body


def _unless_cancelled(body: asyncio.Future[bytes], settle: Callable[[], None]) -> None:
    if not body.done():
        settle()
