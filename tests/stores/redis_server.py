"""The Redis of these tests: how the suite opens it, breaks it, and looks into it."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from stores.backend import Backend
from zenoo_security.stores.redis import RedisStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from typing_extensions import Self

    from zenoo_security.testing.redis import RedisServer

VERSION_KEY = b"{zenoo-security}:version"


class RedisBackend(Backend):
    """An empty database of a server that all tests of a worker share; a store of its own for each `open`."""

    def __init__(self, server: RedisServer) -> None:
        self.server = server
        self.url = server.url
        self.say("FLUSHALL")
        self.say("SCRIPT", "FLUSH")
        self.say("CONFIG", "RESETSTAT")

    def open(self, **options: Any) -> RedisStore:
        return RedisStore.from_url(self.server.url, **{"timeout_s": self.timeout_s, **options})

    def kill(self) -> None:
        self.server.kill()

    def start(self) -> None:
        self.server.start()

    def hang(self) -> None:
        self.server.pause()

    def resume(self) -> None:
        self.server.resume()

    def make_newer(self) -> None:
        self.say("SET", VERSION_KEY, "2")

    def make_older(self) -> None:
        self.say("SET", VERSION_KEY, "0")

    def contents(self) -> object:
        return {key: (self.say("DUMP", key), self.say("PEXPIRETIME", key)) for key in sorted(self.say("KEYS", "*"))}

    def wait_for_cluster(self) -> None:
        """Return when a node that has all slots has noticed it."""
        while b"cluster_state:ok" not in self.say("CLUSTER", "INFO"):
            time.sleep(0.05)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """What clients ask meanwhile, one entry a command; what scripts do inside the server is not among it."""
        asked: list[str] = []
        with self._connected() as stream:
            _send(stream, ("MONITOR",))
            assert _receive(stream) == b"OK"
            yield asked
            self.say("ECHO", "the end")
            while "the end" not in (line := stream.readline().decode(errors="replace")):
                if "lua]" not in line and '"AUTH"' not in line:
                    asked.append(line.split('"')[1])

    def say(self, *command: str | bytes) -> Any:
        """Ask the server something by a connection of our own, in the few lines that this takes."""
        with self._connected() as stream:
            _send(stream, command)
            return _receive(stream)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        with (
            socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as client,
            client.makefile("rwb") as stream,
        ):
            _send(stream, ("AUTH", self.server.password))
            assert _receive(stream) == b"OK"
            yield stream


def _send(stream: Any, words: tuple[str | bytes, ...]) -> None:
    stream.write(b"*%d\r\n" % len(words))
    for word in words:
        data = word.encode() if isinstance(word, str) else word
        stream.write(b"$%d\r\n%b\r\n" % (len(data), data))
    stream.flush()


def _receive(stream: Any) -> Any:
    line = stream.readline().rstrip(b"\r\n")
    kind, rest = line[:1], line[1:]
    if kind == b"$":
        return None if rest == b"-1" else stream.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [_receive(stream) for _ in range(int(rest))]
    assert kind in (b"+", b":"), line
    return int(rest) if kind == b":" else rest


class Proxy:
    """Between a store and the server: passes everything on, and loses answers when it is told to.

    `async with Proxy(server.port) as proxy: RedisStore(proxy.url(server))`.
    """

    def __init__(self, port: int) -> None:
        self.losing = 0
        self._port = port
        self._lines: set[asyncio.StreamWriter] = set()

    def url(self, server: RedisServer) -> str:
        return f"redis://:{server.password}@127.0.0.1:{self._own_port}"

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._own_port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        for line in self._lines:
            line.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self._port)
        self._lines |= {writer, forth}
        questions = asyncio.ensure_future(self._pass(reader, forth))
        while answer := await back.read(65536):
            if self.losing:
                self.losing -= 1
                break
            writer.write(answer)
        writer.close()
        forth.close()
        await asyncio.wait([questions])

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()


@asynccontextmanager
async def speaking(answer: bytes | None, polite: Sequence[bytes] = ()) -> AsyncIterator[int]:
    """The port of a server that says the same to everything, after what is polite; `None` to hang up."""
    serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving[asyncio.current_task()] = writer
        with closing(writer), suppress(ConnectionError):
            for word in itertools.chain(polite, itertools.repeat(answer)):
                if word is None or not await reader.read(65536):
                    break
                writer.write(word)

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for writer in serving.values():
            writer.close()
        await asyncio.gather(*serving)
