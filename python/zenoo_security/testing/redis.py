"""A Redis server of our own: private data, a private socket, a loopback port and a random password."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.cache import Cache, public_folder
from zenoo_security.testing.postgres import free_port
from zenoo_security.testing.processes import Process, ends_on_error, spawn, tail
from zenoo_security.testing.progress import QuietProgress
from zenoo_security.testing.system import ensure_redis, find_redis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zenoo_security.testing.progress import Progress

__all__ = ["RedisServer", "running_redis"]

_START_TIMEOUT_S = 30.0
_ATTEMPTS = 3
# What a client was told is written to the file before it is told: only a crash of the machine loses it.
_SETTINGS = {
    "appendfsync": "everysec",
    "appendonly": "yes",
    "bind": "127.0.0.1",
    "save": '""',
    "unixsocketperm": "700",
}


class RedisServer:
    """A Redis or Valkey that can be killed, restarted on its data, and made to hang.

    Args:
        program: as `ensure_redis` returns it.
        folder: for its data, socket and log; private, and short enough for the path of a socket.
        settings: more of redis.conf.

    Attributes:
        port: its TCP port on 127.0.0.1; the same after a restart.
        password: of the user `default`.
    """

    def __init__(self, program: Path, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        # The name decides what the program does.
        self._program = folder / "redis-server"
        self._program.symlink_to(program)
        self._folder = folder
        self._settings = {**_SETTINGS, **(settings or {})}
        self._process: Process | None = None
        self._started = False
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        """Its address on TCP, with the password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """Its address on the socket, with the password."""
        return f"unix://:{self.password}@{self._socket}"

    def start(self) -> None:
        """Start it, on the data that it had, and wait until it answers.

        Raises:
            LocalOdooError: it did not start; the message has the end of its log.
        """
        for _ in range(_ATTEMPTS):
            process = self._launch()
            with ends_on_error(process, signal.SIGKILL):
                if self._becomes_ready(process):
                    self._process, self._started = process, True
                    return
            process.stop(signal.SIGKILL)
            if not self._started:
                # Another program may have taken the port before us.
                self.port = free_port()
        raise LocalOdooError(f"Redis did not start. The end of its log:{tail(self._log)}")

    def stop(self) -> None:
        """Shut it down; it saves what it has to."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it and return when it is gone. Does nothing when it does not run."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """Make it hang: connections stay, and nothing answers."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    @property
    def _socket(self) -> Path:
        return self._folder / "socket"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _launch(self) -> Process:
        path = self._folder / "redis.conf"
        lines = {
            **self._settings,
            "dir": f'"{self._folder}"',
            "port": str(self.port),
            "requirepass": self.password,
            "unixsocket": f'"{self._socket}"',
        }
        # In a file: everybody can read the command line.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{name} {value}\n" for name, value in lines.items())
        return spawn(
            [self._program, path],
            log=self._log,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            cwd=self._folder,
            attached_signal=signal.SIGKILL,
        )

    def _becomes_ready(self, process: Process) -> bool:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while process.is_alive() and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.01)
        return False

    def _answers(self) -> bool:
        """Whether our server, and not another on its port, answers: nobody else has the socket."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1.0)
                client.connect(str(self._socket))
                client.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return client.makefile("rb").read(len(b"+OK\r\n+PONG")) == b"+OK\r\n+PONG"
        except OSError:
            return False

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.stop(number)
        self._process = None

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send(number)


@contextmanager
def running_redis(
    settings: Mapping[str, str] | None = None, *, progress: Progress | None = None
) -> Iterator[RedisServer]:
    """Run a server in a folder of its own, and remove both at the end.

    Started in the main thread, the server ends with this process however it dies.

    Args:
        settings: more of redis.conf.
        progress: is told when Redis has to be installed.

    Raises:
        LocalOdooError: Redis is missing and cannot be installed, or does not start.
    """
    progress = progress or QuietProgress()
    program = find_redis()
    if program is None:
        with Cache().lock(progress):
            program = ensure_redis(progress)
    with tempfile.TemporaryDirectory(prefix="zenoo-security-", dir=public_folder()) as folder:
        server = RedisServer(program, Path(folder), settings)
        server.start()
        try:
            yield server
        finally:
            server.kill()
