"""A process that shares a table of rate limits with others; see tables.py."""

from __future__ import annotations

import os
import select
import sys
from pathlib import Path

from zenoo_security import RateLimiter
from zenoo_security.errors import StoreError
from zenoo_security.limits import SharedTable


def write(*values: object) -> None:
    """One line."""
    sys.stdout.write(" ".join(map(str, values)) + "\n")
    sys.stdout.flush()


def ready() -> None:
    """Wait until all are there."""
    write("ready")
    sys.stdin.readline()


def limiter(path: str, algorithm: str, quota: int) -> RateLimiter:
    return RateLimiter(quota, 366 * 86_400, algorithm=algorithm, store=SharedTable(path, max_keys=10_000))


def opens(path: str) -> None:
    """Open, and take the only request if it is there."""
    ready()
    write(limiter(path, "gcra", 1).allow("alice"))


def count(path: str, algorithm: str, quota: str, calls: str) -> None:
    """How many of the calls were let through."""
    allow = limiter(path, algorithm, int(quota)).allow
    ready()
    write(sum(allow("alice") for _ in range(int(calls))))


def hammer(path: str, algorithm: str, quota: str) -> None:
    """Write a byte for each call that was let through, until killed."""
    allow = limiter(path, algorithm, int(quota)).allow
    ready()
    while True:
        if allow("alice"):
            os.write(1, b".")


def survive(path: str) -> None:
    """Ask until told to end; tell of the first error, and which file is used in the end."""
    shared = limiter(path, "sliding_window", 10_000)
    ready()
    errors = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        try:
            shared.allow("alice")
        except StoreError:
            errors += 1
            if errors == 1:
                write("error")
    shared.allow("alice")
    write(inode_of_mapping(path))


def inode_of_mapping(path: str) -> int:
    """Of the file at a path, if it is what is mapped here."""
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in maps if line.endswith(path)).split()[4])


if __name__ == "__main__":
    {"open": opens, "count": count, "hammer": hammer, "survive": survive}[sys.argv[2]](sys.argv[1], *sys.argv[3:])
