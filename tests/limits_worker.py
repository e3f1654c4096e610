"""A process that shares a table of rate limits with others; see test_limits_shared.py."""

from __future__ import annotations

import os
import sys

from zenoo_security import RateLimiter
from zenoo_security.limits import SharedTable


def ready() -> None:
    """Wait until all are there."""
    print("ready", flush=True)
    sys.stdin.readline()


def limiter(path: str, algorithm: str, quota: int) -> RateLimiter:
    return RateLimiter(quota, 3600, algorithm=algorithm, store=SharedTable(path, max_keys=1000))


def opens(path: str) -> None:
    """Open, and take the only request if it is there."""
    ready()
    print(limiter(path, "gcra", 1).allow("alice"))


def count(path: str, algorithm: str, quota: str, calls: str) -> None:
    """How many of the calls were let through."""
    allow = limiter(path, algorithm, int(quota)).allow
    ready()
    print(sum(allow("alice") for _ in range(int(calls))))


def hammer(path: str, algorithm: str, quota: str) -> None:
    """Write a byte for each call that was let through, until killed."""
    allow = limiter(path, algorithm, int(quota)).allow
    ready()
    while True:
        if allow("alice"):
            os.write(1, b".")


if __name__ == "__main__":
    {"open": opens, "count": count, "hammer": hammer}[sys.argv[2]](sys.argv[1], *sys.argv[3:])
