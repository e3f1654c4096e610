"""A file that is removed, replaced or cut while it is used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from shared_table.tables import HEADER, both, damage, go, table, until, workers
from zenoo_security import RateLimiter
from zenoo_security.clock import FakeClock
from zenoo_security.errors import StoreIncompatible, StoreUnavailable


def test_a_file_that_was_removed_is_made_anew_for_all(path):
    """Within a second both count in one table again."""
    one, other = (RateLimiter(1000, 60, store=table(path)) for _ in range(2))
    path.unlink()
    until(lambda: [one.allow("alice"), path.exists()][1])
    before = one.peek("alice").remaining
    until(lambda: [other.allow("alice"), one.peek("alice").remaining < before][1])


def test_a_file_that_was_replaced_is_noticed(path):
    """By one of ours: it is used. By something else: every call is refused until it is gone."""
    limiter = RateLimiter(1000, 60, store=table(path))
    path.unlink()
    path.write_bytes(b"something else")

    def is_refused():
        try:
            return not limiter.allow("alice")
        except StoreIncompatible:
            return True

    until(is_refused)
    for _ in range(3):
        with pytest.raises(StoreIncompatible):
            limiter.peek("alice")
    path.unlink()
    assert limiter.allow("alice")


def test_a_header_that_is_written_over_is_noticed(path):
    limiter = RateLimiter(1000, 60, store=table(path))
    damage(path, 0, b"something else")

    def is_refused():
        try:
            return not limiter.allow("alice")
        except StoreIncompatible:
            return True

    until(is_refused)


def test_a_process_without_a_descriptor_left_keeps_its_limits(path):
    """Who opens many connections would else be refused by one choice, and let through uncounted by the other."""
    program = (
        "import os, resource, sys, time\n"
        "from zenoo_security.limits import RateLimiter, SharedTable\n"
        "store = SharedTable(sys.argv[1], max_keys=1)\n"
        "limiters = [RateLimiter(2, 60, store=store, name=how, on_store_failure=how) for how in ('refuse', 'allow')]\n"
        "first = [limiter.allow('alice') for limiter in limiters]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))\n"
        "try:\n"
        "    while True: os.dup(0)\n"
        "except OSError: pass\n"
        "time.sleep(1.05)\n"
        "print(first, [limiter.allow('alice') for _ in range(2) for limiter in limiters])\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], check=True, capture_output=True, text=True)
    assert done.stdout == "[True, True] [True, True, False, False]\n"


def test_a_directory_that_is_gone_refuses(tmp_path):
    """Nobody is let in uncounted."""
    directory = tmp_path / "run"
    directory.mkdir()
    limiter = RateLimiter(1000, 60, store=table(directory / "limits"))
    (directory / "limits").unlink()
    directory.rmdir()

    def is_refused():
        try:
            return not limiter.allow("alice")
        except StoreUnavailable:
            return True

    until(is_refused)
    with pytest.raises(StoreUnavailable):
        limiter.hit("alice")


def test_a_file_that_was_cut_kills_nobody(path):
    """A process that touches what is no longer there gets an error, at once and from then on; not SIGBUS."""
    limiter = RateLimiter(1000, 60, store=table(path))
    assert limiter.allow("alice")
    os.truncate(path, 0)
    for call in (limiter.allow, limiter.hit, limiter.peek, limiter.reset):
        with pytest.raises(StoreIncompatible, match="remove the file"):
            call("alice")
    path.unlink()
    assert limiter.hit("alice").remaining == 999


def test_a_part_of_a_file_that_was_cut_kills_nobody(path):
    """Whichever page is gone, and though the file is long again: no answer is made of what is not there."""
    limiter = RateLimiter(1000, 60, store=table(path, max_keys=10_000))
    size = path.stat().st_size
    assert all(limiter.allow(str(number)) for number in range(500))
    os.truncate(path, size // 2)
    with pytest.raises(StoreIncompatible, match="cut"):
        [limiter.allow(str(number)) for number in range(500)]
    os.truncate(path, size)
    assert limiter.allow("alice")


@pytest.mark.parametrize("how", ["cut", "removed"])
def test_a_file_that_goes_away_under_load(path, how):
    """Four processes go on: with errors while it is cut, and in one new table after that."""
    processes = workers(4, path, "survive")
    go(processes)
    time.sleep(0.3)
    if how == "cut":
        os.truncate(path, 0)
        assert [process.stdout.readline() for process in processes] == ["error\n"] * 4
    path.unlink()
    time.sleep(1.5)  # Looked at once a second.
    results = [process.communicate("end\n", timeout=60)[0].split() for process in processes]
    assert all(process.returncode == 0 for process in processes)
    assert results == [[str(path.stat().st_ino)]] * 4


def test_a_bus_error_of_somebody_else_still_ends_the_process(tmp_path):
    """Only our own memory is mended."""
    program = (
        "import mmap, os, sys\n"
        "from zenoo_security.limits import SharedTable\n"
        "table = SharedTable(sys.argv[1], max_keys=1)\n"
        "file = open(sys.argv[2], 'w+b')\n"
        "file.truncate(8192)\n"
        "memory = mmap.mmap(file.fileno(), 8192)\n"
        "file.truncate(0)\n"
        "print(memory[5000])\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "limits"), str(tmp_path / "other")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGBUS


@both
def test_moments_that_are_damaged_block_for_no_longer_than_a_window(path, algorithm):
    """Bytes of a slot that are set to a time which never comes: the key is refused for a window, and then is not."""
    clock = FakeClock()
    limiter = RateLimiter(1, 60, algorithm=algorithm, store=table(path, max_keys=1), clock=clock)
    assert limiter.allow("alice")
    content = bytearray(path.read_bytes())
    for place in range(HEADER, len(content), 16):
        if any(content[place : place + 8]):
            content[place + 6 : place + 8] = b"\xff\x7f"
    damage(path, HEADER, content[HEADER:])
    refused = limiter.hit("alice")
    assert (refused.allowed, refused.retry_after) == (False, 60.0)
    clock.advance(60)
    assert limiter.allow("alice")


def test_a_table_full_of_nonsense_still_takes_new_names(path):
    """Slots of nobody with times that never come are free."""
    limiter = RateLimiter(1, 60, store=table(path, max_keys=1))
    damage(path, HEADER, b"\xff\xff\xff\xff\xff\xff\xff\x7f".ljust(16, b"x") * ((path.stat().st_size - HEADER) // 16))
    assert limiter.allow("alice")
    assert not limiter.allow("alice")
