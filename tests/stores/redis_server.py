"""The Redis of these tests: how the suite opens it, breaks it, and looks into it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from stores.backend import Backend
from zenoo_security.stores.redis import RedisStore

if TYPE_CHECKING:
    from zenoo_security.testing.redis import RedisServer

VERSION_KEY = b"{zenoo-security}:version"


class RedisBackend(Backend):
    """An empty database of a server that all tests of a worker share; a store of its own for each `open`."""

    timeout_s = 1.0

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

    def say(self, *command: str | bytes) -> Any:
        """Ask the server something by a connection of our own, in the few lines that this takes."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as client:
            stream = client.makefile("rwb")
            for words in (("AUTH", self.server.password), command):
                _send(stream, words)
                answer = _receive(stream)
            return answer


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
