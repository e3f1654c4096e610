"""uvicorn with four workers, in processes of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.testing.postgres import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKERS = 4
_START_S = 60.0
_TESTS = Path(__file__).parents[1]


@contextmanager
def running_workers(app: str, log: Path, **settings: str) -> Iterator[int]:
    """The port of an application, such as `web.limited_app:app`, whose `/ready` answers 200.

    Args:
        app: as uvicorn has it.
        log: where the server writes.
        settings: variables of its environment.
    """
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--workers", str(WORKERS), "--no-access-log"]
    paths = os.pathsep.join([str(_TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, **settings, "PYTHONPATH": paths}
    with log.open("w") as written:
        process = subprocess.Popen(
            command, env=environment, stdout=written, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(process, port, log)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until all workers are there: the parent says so of each."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        if log.read_text().count("Application startup complete") == WORKERS and _answers(port):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (TimeoutError, OSError):
        return False
    finally:
        connection.close()
