"""Several processes guess at once, and one is killed in the middle of a login: on a real Odoo 19 and real stores."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from fake_odoo import FakeOdoo
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.errors import LocalOdooError, LoginFailed

GUESSER = Path(__file__).parents[1] / "guesser.py"
GUESSES = 200


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


@pytest.mark.odoo
@pytest.mark.asvs("v5.0.0-6.3.1")
@pytest.mark.parametrize("processes", [1, 4])
def test_of_two_hundred_wrong_passwords_at_once_five_reach_odoo(processes, store_url, guess, odoo_database, odoo_user):
    """From one process and from four that share a store, by the log of Odoo."""
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
            passwords=[f"{process} {n}" for n in range(GUESSES // processes)],
        )
        for process in range(processes)
    ]
    for guesser in guessers:
        guesser.go()
    assert [guesser.answers() for guesser in guessers] == [{"LoginFailed": GUESSES // processes}] * processes
    reached = odoo_database.server.log_path.read_text().count(f"Login failed for login:{user.login} ")
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


@contextmanager
def users_locked(server, database):
    """Nobody reads the users of the database for as long as the block runs: whoever logs in waits in the middle."""

    def hold() -> None:
        with suppress(LocalOdooError):
            server.sql(
                database, "DO $$ BEGIN LOCK TABLE res_users IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(60); END $$"
            )

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield
    finally:
        server.sql(database, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        holder.join()


def wait_for(server, database, waiting: int) -> None:
    """Return when so many logins wait for the users."""
    query = (
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
        " AND (SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep') = 1"
    )
    deadline = time.monotonic() + 30
    while server.sql("postgres", query, [database])[0]["n"] < waiting:
        assert time.monotonic() < deadline


@pytest.mark.odoo
async def test_who_is_killed_in_the_middle_of_a_login_leaves_a_lock_that_ends(
    store_url, guess, odoo_server, odoo_database, odoo_user
):
    """Killed while Odoo itself looks at five right passwords; the store goes on, and an administrator lets them in."""
    user, name = odoo_user(), odoo_database.name
    settings = {
        "odoo_url": odoo_database.url,
        "store_url": store_url,
        "key_ring": KeyRing.generate().to_json(),
        "refusal_duration_ms": 100,
    }
    guesser = guess(settings=settings, database=name, login=user.login, passwords=[user.password] * 5)
    with users_locked(odoo_server, name):
        guesser.go()
        wait_for(odoo_server, name, 5)
        guesser.kill()
    async with SecureAuthManager(SecurityConfig(**settings)) as auth:
        with pytest.raises(LoginFailed):
            await auth.authenticate(user.login, user.password, name)
        status = await auth.lockout.status(name, user.login)
        assert 0 < status.retry_after_s <= 300
        await auth.unlock(user.login, name)
        assert await auth.authenticate(user.login, user.password, name)
