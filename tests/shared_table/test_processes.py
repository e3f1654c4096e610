"""Several processes on one table, some of which are killed."""

from __future__ import annotations

import os
import signal
import time

import pytest

from shared_table.tables import answers, both, go, old_boot, table, workers
from zenoo_security import RateLimiter


@pytest.mark.parametrize("old", [False, True], ids=["no file", "a file from an earlier start"])
def test_eight_processes_that_open_at_once_get_one_table(path, old):
    """However they race, of eight only one gets the only request."""
    if old:
        table(path, max_keys=10_000)
        old_boot(path)
    allowed = answers(workers(8, path, "open"))
    assert sorted(answer for [answer] in allowed) == ["False"] * 7 + ["True"]
    assert [each.name for each in path.parent.iterdir()] == ["limits"]


@pytest.mark.asvs("v5.0.0-2.4.1")
@both
def test_four_processes_on_one_identifier_get_its_quota(path, algorithm):
    """Of 4 x 2000 calls exactly 1000 are let through."""
    counts = answers(workers(4, path, "count", algorithm, 1000, 2000))
    assert sum(int(count) for [count] in counts) == 1000


@both
def test_processes_that_are_killed_lose_at_most_their_last_call(path, algorithm):
    """Four processes hammer one identifier and are killed at any moment, again and again, until nothing is left."""
    quota, killed, granted = 10_000, 0, 0
    limiter = RateLimiter(quota, 366 * 86_400, algorithm=algorithm, store=table(path, max_keys=10_000))
    while limiter.peek("alice"):
        processes = workers(4, path, "hammer", algorithm, quota)
        go(processes)
        for process in processes:
            time.sleep(0.003)
            process.send_signal(signal.SIGKILL)
        granted += sum(len(process.communicate()[0]) for process in processes)
        killed += len(processes)
    assert quota - killed <= granted <= quota


@both
def test_a_forked_process_counts_on_in_the_same_table(path, algorithm):
    """The child sees what was used before the fork; the parent what the child used."""
    limiter = RateLimiter(3, 60, algorithm=algorithm, store=table(path))
    limiter.hit("alice", 2)
    child = os.fork()
    if child == 0:
        os._exit(0 if [limiter.allow("alice") for _ in range(2)] == [True, False] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert limiter.peek("alice").remaining == 0
