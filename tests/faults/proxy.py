"""A TCP proxy between our client and a real server, which spoils one exchange of a question and its answer."""

from __future__ import annotations

import asyncio
import enum
from contextlib import closing, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from faults.haste import Haste

__all__ = ["Fault", "Proxy"]

_LATE_S = 60.0
_CHUNK = 65_536


class Fault(enum.Enum):
    """What happens to an exchange."""

    LOST_QUESTION = "the connection is closed, and the server has heard nothing"
    LOST_ANSWER = "the connection is closed, and the server has done it"
    LATE_QUESTION = "the server hears of it after the client has given up"
    LATE_ANSWER = "the server has done it, and says so after the client has given up"
    HALF_ANSWER = "the answer ends in the middle"
    ANSWERED_TWICE = "the answer comes twice"

    @property
    def is_late(self) -> bool:
        """Whether the client has to run into its time-out."""
        return self in {Fault.LATE_QUESTION, Fault.LATE_ANSWER}


class Proxy:
    """Passes everything on, but for the exchange that `spoil` names.

    Args:
        port: of the server, on this machine.
        haste: lets the time pass after which a client gives up.
        is_whole: whether these bytes are a whole question or answer; the first that come are one unless it is given.

    Attributes:
        exchanges: questions so far.
        spoiled: whether what `spoil` ordered has been done.
    """

    def __init__(self, port: int, haste: Haste, is_whole: Callable[[bytes], bool] = bool) -> None:
        self.exchanges = 0
        self.spoiled = False
        self.haste = haste
        self.is_whole = is_whole
        self._server_port = port
        self._fault: Fault | None = None
        self._at = 0
        self._late: asyncio.Task[None] | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def spoil(self, fault: Fault | None, *, after: int = 0) -> None:
        """Let one exchange go wrong: that which follows `after` more."""
        self._fault, self._at, self.spoiled = fault, self.exchanges + after, False

    def next_fault(self, line: asyncio.Task[None] | None) -> Fault | None:
        """Count an exchange, and say what is to happen to it."""
        self.exchanges += 1
        if self._fault is None or self.exchanges <= self._at:
            return None
        fault, self._fault = self._fault, None
        self._late = line if fault.is_late else None
        return fault

    async def settled(self) -> None:
        """Wait until what is late has arrived."""
        if self._late is not None:
            done, _ = await asyncio.wait({self._late}, timeout=10 * _LATE_S)
            assert done, "the client has given up, and holds the connection"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)
        with closing(writer), suppress(OSError):
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
            self._writers += [writer, server_writer]
            with closing(server_writer):
                await _Line(self, reader, writer, server_reader, server_writer).run()


class _Line:
    """One connection of a client, and ours to the server."""

    def __init__(
        self,
        proxy: Proxy,
        from_client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        from_server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
    ) -> None:
        self._proxy = proxy
        self._from_client, self._to_client = from_client, to_client
        self._from_server, self._to_server = from_server, to_server
        self._fault: Fault | None = None
        self._is_asking = False
        self._client_left = asyncio.Event()

    async def run(self) -> None:
        """Pass everything on until one of the two closes, and what is late until it has arrived."""
        self._task = asyncio.current_task()
        pumps = {asyncio.ensure_future(self._pass_questions()), asyncio.ensure_future(self._pass_answers())}
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if self._fault and self._fault.is_late:
                await asyncio.wait(pumps, timeout=_LATE_S)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pass_questions(self) -> None:
        try:
            await self._pass_all_questions()
        finally:
            self._client_left.set()

    async def _pass_all_questions(self) -> None:
        question = b""
        while data := await self._from_client.read(_CHUNK):
            if not self._is_asking:
                self._is_asking, self._fault = True, self._proxy.next_fault(self._task)
            if self._fault is Fault.LOST_QUESTION:
                self._proxy.spoiled = True
                return
            if self._fault is Fault.LATE_QUESTION:
                question += data
                if self._proxy.is_whole(question):
                    question += await self._proxy.haste.until(self._from_client.read())
                    self._to_server.write(question)
                    self._proxy.spoiled = True
                    return
                continue
            self._to_server.write(data)

    async def _pass_answers(self) -> None:
        answer = b""
        while data := await self._from_server.read(_CHUNK):
            if self._fault is None:
                self._is_asking = False
                self._to_client.write(data)
                continue
            answer += data
            if self._proxy.is_whole(answer) and not await self._spoil(self._fault, answer):
                return

    async def _spoil(self, fault: Fault, answer: bytes) -> bool:
        """Do to an answer what is to happen to it. Whether the connection stays."""
        if fault is Fault.HALF_ANSWER:
            self._to_client.write(answer[: len(answer) // 2])
        if fault is Fault.LATE_ANSWER:
            await self._proxy.haste.until(self._client_left.wait())
            self._to_client.write(answer)
        if fault is Fault.ANSWERED_TWICE:
            self._to_client.write(answer + answer)
            self._is_asking, self._fault = False, None
        self._proxy.spoiled = True
        return fault is Fault.ANSWERED_TWICE
