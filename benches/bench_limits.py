"""The rate limiter beside limits, beside a call that does nothing, and with a million keys.

Run as a program with the name of an algorithm it prints the resident bytes a key of a million keys.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from harness import Measure, Row
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from zenoo_security import RateLimiter
from zenoo_security._native import _empty

KEY = "203.0.113.9"
KEYS = 1_000_000
DAY_S = 86_400  # no key comes to rest, and so none is forgotten, while they are counted
ALGORITHMS = ("sliding_window", "gcra")

LIMITS = f"limits {version('limits')} moving window"
EMPTY = "an empty native call"


def one_key_rows() -> list[Row]:
    """The guide's quota on one client: after a hundred calls, the refusal. `allow` and limits' `hit` give a bool."""
    item = RateLimitItemPerMinute(100)
    theirs = MovingWindowRateLimiter(MemoryStorage())
    rows = []
    for algorithm in ALGORITHMS:
        allow = RateLimiter(100, 60, algorithm=algorithm).allow
        rows.append(
            Row(
                f"rate limit, one key, {algorithm}",
                lambda allow=allow: allow(KEY),
                {LIMITS: lambda: theirs.hit(item, KEY), EMPTY: lambda: _empty(KEY)},
                times_as_fast={LIMITS: 60},
                at_most_ns_more={EMPTY: 60},
            )
        )
    hit = RateLimiter(100, 60).hit
    rows.append(Row("rate limit, one key, with a Decision", lambda: hit(KEY), {LIMITS: lambda: theirs.hit(item, KEY)}))
    return rows


def within_quota_row() -> Row:
    """10,000 clients in turn, none of whom reaches a quota: every call is let through and recorded."""
    item = RateLimitItemPerMinute(10_000)
    theirs = MovingWindowRateLimiter(MemoryStorage())
    allow = RateLimiter(10_000, 60).allow
    names = [f"203.0.{number >> 8}.{number & 255}" for number in range(10_000)]
    our_turn, their_turn = itertools.cycle(names), itertools.cycle(names)
    return Row(
        "rate limit, 10,000 keys in turn, all within their quota",
        lambda: allow(next(our_turn)),
        {LIMITS: lambda: theirs.hit(item, next(their_turn))},
        times_as_fast={LIMITS: 60},
    )


class Million:
    """A limiter with a million keys, made when the row is about to be measured."""

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm

    def build(self) -> None:
        """Give every key one request, and stand ready for the next of each."""
        limiter = RateLimiter(1000, DAY_S, algorithm=self.algorithm, max_keys=KEYS)
        names = [f"client-{number}" for number in range(KEYS)]
        for name in names:
            limiter.allow(name)
        assert limiter.key_count() == KEYS
        self.hit = limiter.hit
        self.next_name = itertools.cycle(names).__next__
        self.same_name = itertools.repeat(names[0]).__next__


def million_keys_row(algorithm: str) -> Row:
    """The next of a million keys at each call, against one of them again and again."""
    million = Million(algorithm)
    return Row(
        f"1,000,000 keys in the limiter, {algorithm}",
        lambda: million.hit(million.next_name()),
        {"one key": lambda: million.hit(million.same_name())},
        times_as_fast={"one key": 1 / 3},
        check=million.build,
    )


def resident_bytes() -> int:
    """The resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def bytes_a_key(algorithm: str) -> float:
    """What a million keys add to the resident memory of this process; every key has taken one request."""
    limiter = RateLimiter(1000, DAY_S, algorithm=algorithm, max_keys=KEYS)
    before = resident_bytes()
    for number in range(KEYS):
        limiter.allow(f"client-{number}")
    assert limiter.key_count() == KEYS
    return (resident_bytes() - before) / KEYS


def memory(algorithm: str) -> Measure:
    """The same in a process of its own, whose heap nobody has used before."""
    command = [sys.executable, __file__, algorithm]
    return Measure(
        f"1,000,000 keys in the limiter, {algorithm}",
        "bytes a key",
        lambda: float(subprocess.run(command, check=True, capture_output=True, text=True).stdout),
        at_most=100,
    )


def rows() -> list[Row | Measure]:
    """All of them."""
    return [
        *one_key_rows(),
        within_quota_row(),
        *(million_keys_row(algorithm) for algorithm in ALGORITHMS),
        *(memory(algorithm) for algorithm in ALGORITHMS),
    ]


if __name__ == "__main__":
    print(bytes_a_key(sys.argv[1]))
