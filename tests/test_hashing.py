"""`zenoo_security.hashing`: the memory budget under load, in asyncio and over a fork."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zenoo_security import PasswordHasher
from zenoo_security.errors import HashingBusy, ParameterError, PasswordMismatch
from zenoo_security.hashing import HashingBudget, default_budget
from zenoo_security.passwords import OWASP_12_MIB, RFC_9106_64_MIB, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW = Profile(memory_kib=32768, passes=20)
"""Some 200 ms: long enough to be found running."""


def hash_in_a_thread(hasher: PasswordHasher) -> threading.Thread:
    """A thread that hashes once, and tries again when there is no memory."""

    def work() -> None:
        done = False
        while not done:
            with contextlib.suppress(HashingBusy):
                hasher.hash("password")
                done = True

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("mib", "wait_s"),
    [(0, 1), (65537, 1), (-1, 1), (2**40, 1), (1.5, 1), ("1", 1), (1, -1), (1, 3601), (1, float("nan"))],
)
def test_a_budget_out_of_range_is_refused(mib, wait_s):
    """A budget or a time that makes no sense is a parameter error."""
    with pytest.raises(ParameterError):
        HashingBudget(mib, wait_s)


@pytest.mark.asvs("v5.0.0-15.2.2")
def test_hashers_share_the_budget_of_the_process():
    """A hasher that is given no budget has the one of the process."""
    assert PasswordHasher().budget is PasswordHasher(OWASP_12_MIB).budget is default_budget()
    assert repr(default_budget()) == "HashingBudget(mib=256, wait_s=5.0)"


@pytest.mark.asvs("v5.0.0-2.4.1", "v5.0.0-15.4.2", "v5.0.0-15.2.2")
def test_a_hash_that_does_not_fit_in_time_is_refused():
    """While one hash holds the budget, the next one is refused after its time to wait, and takes no memory."""
    budget = HashingBudget(mib=40, wait_s=0)
    thread = hash_in_a_thread(PasswordHasher(SLOW, budget=budget))
    probe = PasswordHasher(OWASP_12_MIB, budget=budget)

    def hash_meanwhile() -> None:
        while thread.is_alive():
            probe.hash("password")

    with pytest.raises(HashingBusy):
        hash_meanwhile()
    thread.join()
    probe.hash("password")


@pytest.mark.asvs("v5.0.0-15.4.1")
def test_many_threads_take_turns():
    """24 threads on a budget of two hashes all get theirs, without the interpreter being blocked."""
    hasher = PasswordHasher(OWASP_12_MIB, budget=HashingBudget(mib=24, wait_s=60))
    stored: list[str] = []
    threads = [threading.Thread(target=lambda: stored.append(hasher.hash("password"))) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(stored)) == 24
    for one in stored[:3]:
        hasher.verify("password", one)


@pytest.mark.asvs("v5.0.0-15.4.1")
def test_waiting_for_memory_leaves_the_interpreter_to_other_threads():
    """While one thread hashes and another waits for its memory, a third one goes on."""
    budget = HashingBudget(mib=40, wait_s=60)
    threads = [hash_in_a_thread(PasswordHasher(SLOW, budget=budget)) for _ in range(2)]
    turns = 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.001)
        turns += 1
    assert turns > 5


def test_kept_memory_can_be_freed():
    """One memory area stays after a hash, of just its size; `trim` frees it, once."""
    budget = HashingBudget(mib=64)
    assert budget.trim() == 0
    PasswordHasher(OWASP_12_MIB, budget=budget).hash("password")
    assert budget.trim() == 12288
    assert budget.trim() == 0


async def test_async_twins_do_what_the_others_do():
    """Each twin gives what the method gives, and raises what it raises."""
    hasher = PasswordHasher()
    stored = await hasher.hash_async("password")
    await hasher.verify_async("password", stored)
    assert await hasher.verify_and_upgrade_async("password", stored) is None
    with pytest.raises(PasswordMismatch):
        await hasher.verify_async("Password", stored)
    with pytest.raises(PasswordMismatch):
        await hasher.dummy_verify_async("password")


async def test_the_event_loop_is_free_while_passwords_are_hashed():
    """The loop turns many times while one password is hashed."""
    hashing = asyncio.ensure_future(PasswordHasher(SLOW).hash_async("password"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    await hashing
    assert turns > 5


@pytest.mark.asvs("v5.0.0-2.4.1", "v5.0.0-15.2.2")
async def test_asynchronous_work_that_does_not_begin_in_time_is_refused():
    """When all threads are taken, the work that waits is dropped and never runs."""
    budget = HashingBudget(mib=64, wait_s=0.05)
    release, ran = threading.Event(), []
    blockers = [asyncio.ensure_future(budget.run(release.wait)) for _ in range(budget.native.cores)]
    await asyncio.sleep(0.01)
    with pytest.raises(HashingBusy):
        await budget.run(lambda: ran.append(1))
    release.set()
    await asyncio.gather(*blockers)
    assert not ran


async def test_a_process_without_threads_to_spare_is_busy(monkeypatch):
    """A login gives its attempt back then: nothing was looked at."""
    hasher = PasswordHasher(budget=HashingBudget())

    def refused(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(HashingBusy, match="no thread"):
            await hasher.hash_async("password")
    assert await hasher.hash_async("password")


async def test_a_cancelled_wait_leaves_the_queue():
    """A request that is gone does not have its password hashed."""
    budget = HashingBudget(mib=64, wait_s=60)
    release, ran = threading.Event(), []
    blockers = [asyncio.ensure_future(budget.run(release.wait)) for _ in range(budget.native.cores)]
    await asyncio.sleep(0.01)
    waiting = asyncio.ensure_future(budget.run(lambda: ran.append(1)))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    release.set()
    await asyncio.gather(*blockers)
    assert not ran


FORK = """
import asyncio, os, sys, threading, warnings
from pathlib import Path
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of a fork beside threads: that is the test
from zenoo_security import PasswordHasher
from zenoo_security.hashing import HashingBudget
from zenoo_security.passwords import RFC_9106_64_MIB

hasher = PasswordHasher(RFC_9106_64_MIB, budget=HashingBudget(mib=64, wait_s={wait_s}))
stored = hasher.hash("password")
asyncio.run(hasher.verify_async("password", stored))
{before}
child = os.fork()
if child == 0:
    hasher.verify("password", stored)
    asyncio.run(hasher.verify_async("password", stored))
    PasswordHasher().hash("password")
    os._exit(0)
_, status = os.waitpid(child, 0)
{after}
sys.exit(os.waitstatus_to_exitcode(status))
"""
BUSY = """
def hasher_threads():
    names = [read(task) for task in Path("/proc/self/task").iterdir()]
    return [name for name in names if "argon2" in name]
def read(task):
    try:
        return task.joinpath("comm").read_text()
    except OSError:
        return ""
def keep_hashing():
    while not stop.is_set():
        hasher.hash("password")
stop = threading.Event()
thread = threading.Thread(target=keep_hashing)
thread.start()
while not hasher_threads():
    pass
"""


def run_python(source: str) -> int:
    """The exit code; a child that hangs is ended with its whole process group after a time."""
    process = subprocess.Popen([sys.executable, "-c", source], start_new_session=True)
    try:
        return process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        pytest.fail("a hash hung in the child of a fork")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), (BUSY, "stop.set(); thread.join()")], ids=["idle", "while hashing"]
)
def test_a_forked_child_can_hash(before, after):
    """After a fork the child hashes on all lanes and in asyncio, even when the parent was hashing at that moment."""
    assert run_python(FORK.format(wait_s=30, before=before, after=after)) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_thread_outlives_a_hash():
    """Hashing leaves no thread behind: a server can hash and fork afterwards, and Python 3.12 does not warn."""
    PasswordHasher(RFC_9106_64_MIB).hash("password")
    deadline = time.monotonic() + 10
    while any("argon2" in name for name in thread_names()):
        assert time.monotonic() < deadline


def thread_names() -> Iterator[str]:
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            yield task.joinpath("comm").read_text()
