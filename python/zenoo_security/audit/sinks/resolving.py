"""The addresses of a host, asked for in a thread: the system's resolver has no time-out that a caller could set."""

from __future__ import annotations

import socket
import threading
from typing import Final, TypeAlias

__all__ = ["Resolver"]

Address: TypeAlias = "tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]"


class Resolver:
    """Looks a host up, one question at a time.

    Args:
        host: its name, or an address.
        port: of the service.
        kind: `socket.SOCK_DGRAM` or `socket.SOCK_STREAM`.
    """

    def __init__(self, host: str, port: int, kind: socket.SocketKind) -> None:
        self._host: Final = host
        self._port: Final = port
        self._kind: Final = kind
        self._asked: _Question | None = None

    def addresses(self, timeout_s: float) -> list[Address]:
        """What `socket.getaddrinfo` finds.

        Raises:
            TimeoutError: the answer takes longer. It is waited for again at the next call; no second question is asked.
            OSError: there is no such host.
        """
        question = self._asked = self._asked or _Question(self._host, self._port, self._kind)
        if not question.answered.wait(timeout_s):
            raise TimeoutError("the host of the server is still being looked up")
        self._asked = None
        if question.error is not None:
            raise question.error
        return question.found


class _Question:
    def __init__(self, host: str, port: int, kind: socket.SocketKind) -> None:
        self.answered: Final = threading.Event()
        self.found: list[Address] = []
        self.error: OSError | None = None
        threading.Thread(target=self._ask, args=(host, port, kind), name="zenoo-security-resolver", daemon=True).start()

    def _ask(self, host: str, port: int, kind: socket.SocketKind) -> None:
        try:
            self.found = [*socket.getaddrinfo(host, port, type=kind)]
        except OSError as error:
            self.error = error
        except UnicodeError:
            self.error = socket.gaierror("the name of the server is none")
        finally:
            self.answered.set()
