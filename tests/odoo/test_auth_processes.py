"""Several processes guess at once, and one is killed in the middle of a login: on a real Odoo 19 and real stores."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fake_odoo import FakeOdoo
from stores.postgres_server import running
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.errors import LoginFailed
from zenoo_security.testing.redis import running_redis

if TYPE_CHECKING:
    from collections.abc import Iterator

GUESSER = Path(__file__).parents[1] / "guesser.py"
GUESSES = 50


class Guesser:
    """A process that waits to log in."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, GUESSER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def prepare(self, job: dict[str, Any]) -> None:
        self._say(json.dumps(job))
        assert self.process.stdout.readline() == "ready\n"

    def go(self) -> None:
        self._say("go")

    def answers(self) -> dict[str, int]:
        return json.loads(self.process.communicate(timeout=240)[0])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        with self.process:
            pass

    def _say(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


@pytest.fixture
def guess():
    """Start guessers; none is left when the test is over."""
    started: list[Guesser] = []

    def start(**job: Any) -> Guesser:
        started.append(Guesser())
        started[-1].prepare(job)
        return started[-1]

    yield start
    for guesser in started:
        guesser.kill()


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "redis":
        with running_redis() as server:
            yield server.url
    elif request.param == "postgresql":
        with running({}) as cluster:
            yield cluster.url(cluster.create_database())
    else:
        yield f"sqlite:///{tmp_path / 'state.db'}"


@pytest.mark.odoo
@pytest.mark.asvs("v5.0.0-6.3.1")
def test_of_two_hundred_wrong_passwords_from_four_processes_five_reach_odoo(
    store_url, guess, odoo_server, odoo_database, odoo_user
):
    user = odoo_user()
    settings = {
        "odoo_url": odoo_database.url,
        "store_url": store_url,
        "key_ring": KeyRing.generate().to_json(),
        "refusal_duration_ms": 500,
    }
    guessers = [
        guess(
            settings=settings,
            database=odoo_database.name,
            login=user.login,
            passwords=[f"{process} {n}" for n in range(GUESSES)],
        )
        for process in range(4)
    ]
    for guesser in guessers:
        guesser.go()
    assert [guesser.answers() for guesser in guessers] == [{"LoginFailed": GUESSES}] * 4
    reached = odoo_server.log_path.read_text().count(f"Login failed for login:{user.login} ")
    assert 1 <= reached <= 5


async def test_a_process_that_is_killed_in_the_middle_of_a_login_leaves_a_delay_that_passes(tmp_path, guess):
    """As many as it takes to lock the account die while Odoo is asked: the lock has an end, and the file stays usable."""
    odoo = FakeOdoo()
    url, ring = f"sqlite:///{tmp_path / 'state.db'}", KeyRing.generate()
    settings = {"odoo_url": odoo.url, "store_url": url, "key_ring": ring.to_json(), "refusal_duration_ms": 100}
    asked, hang = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hanging(*_: object) -> int:
        loop.call_soon_threadsafe(asked.set)
        asyncio.run_coroutine_threadsafe(hang.wait(), loop).result(60)
        return 0

    odoo.answers["authenticate"] = hanging
    for _ in range(5):
        guesser = await asyncio.to_thread(
            guess, settings=settings, database="demo", login="ann", passwords=["correct horse"]
        )
        guesser.go()
        await asked.wait()
        guesser.kill()
        asked.clear()
    hang.set()
    del odoo.answers["authenticate"]
    odoo.answers["res.users.read"] = lambda ids, _: [{"id": ids[0], "login": "ann", "all_group_ids": []}]
    async with SecureAuthManager(SecurityConfig(**settings)) as auth:
        with pytest.raises(LoginFailed):
            await auth.authenticate("ann", "correct horse", "demo")
        status = await auth.lockout.status("demo", "ann")
        assert 0 < status.retry_after_s <= 300
        await auth.unlock("ann", "demo")
        assert await auth.authenticate("ann", "correct horse", "demo")
    odoo.close()
