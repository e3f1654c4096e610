"""The portal in two worker processes over TLS, as `python -m examples.portal` starts it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from zenoo_security import RateLimiter, open_store
from zenoo_security.testing.postgres import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examples.portal.scene import Scene
    from zenoo_security.testing import OdooDatabase, OdooUser

ROOT = Path(__file__).parents[2]
WORKERS = 2
_START_S = 90.0


@dataclass
class Portal:
    """Where it answers, and what is behind it."""

    origin: str
    scene: Scene
    database: OdooDatabase

    @contextmanager
    def visit(self, user: OdooUser | None = None, *, client_ip: str = "127.0.0.1", **options) -> Iterator[httpx.Client]:
        """A program that talks to the portal as a browser does, from an address of this machine's."""
        transport = httpx.HTTPTransport(verify=False, local_address=client_ip)
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate"}
        options |= {"transport": transport, "base_url": self.origin, "headers": headers, "timeout": 60}
        with httpx.Client(**options) as client:
            if user is not None:
                answer = client.post("/login", data={"login": user.login, "password": user.password})
                assert answer.headers.get("location") == "/", answer.text
            yield client

    def forget_limits(self) -> None:
        """Tests come from one address, and faster than people."""

        async def forget() -> None:
            store = open_store(self.scene.settings["ZENOO_SECURITY_STORE_URL"])
            for limiter in (RateLimiter(20, 60, store=store, name="login"), RateLimiter(300, 60, store=store)):
                await limiter.areset("127.0.0.1")
            await store.aclose()

        asyncio.run(forget())


@contextmanager
def serving_portal(scene: Scene, database: OdooDatabase, certificate: Path) -> Iterator[Portal]:
    """Started, and gone at the end of the block."""
    port, log = free_port(), certificate.with_name("portal.log")
    command = [
        *(sys.executable, "-m", "uvicorn", "examples.portal.app:app", "--workers", str(WORKERS)),
        *("--port", str(port), "--ssl-certfile", str(certificate), "--ssl-keyfile", str(certificate)),
        *("--no-server-header", "--no-proxy-headers", "--no-access-log"),
    ]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, **scene.settings, "PYTHONPATH": paths}
    environment.pop("ZENOO_SECURITY_PICTURES", None)  # The report would say that it is no setting.
    with log.open("w") as written:
        process = subprocess.Popen(
            command, env=environment, stdout=written, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(process, log)
        yield Portal(f"https://localhost:{port}", scene, database)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    """Until all workers are there: each says so."""
    deadline = time.monotonic() + _START_S
    while log.read_text().count("Application startup complete") < WORKERS:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
