"""Defect 68: each process counted for itself, so four workers were four quotas."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

WORKERS = 4
CALLS = 50

PROGRAM = """
import asyncio, json, sys
from zenoo_security import RateLimiter, RateLimits, open_store

async def main(url):
    store = open_store(url, timeout_s=20)
    window = RateLimiter(60, 3600, store=store)
    steady = RateLimiter(60, 3600, algorithm="gcra", store=store)
    several = RateLimits("100/h and 60/day", store=store)
    for limiter in (window, steady, several):
        await limiter.apeek("nobody")
    print("ready", flush=True)
    sys.stdin.readline()
    allowed = []
    for limiter in (window, steady, several):
        decisions = await asyncio.gather(*(limiter.ahit("alice") for _ in range(%d)))
        allowed.append(sum(decision.allowed for decision in decisions))
    print(json.dumps(allowed), flush=True)
    await store.aclose()

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.asvs("v5.0.0-2.4.1", "v5.0.0-6.3.1", "v5.0.0-15.4.2")
def test_four_processes_have_one_quota(store_url):
    """Of 200 requests of four processes at once exactly 60 are let through, by every kind of limiter."""
    command = [sys.executable, "-W", "error", "-c", PROGRAM % CALLS, store_url]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)
    ]
    try:
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        allowed = [json.loads(worker.stdout.readline()) for worker in workers]
    finally:
        for worker in workers:
            worker.communicate(timeout=20)
    assert [sum(counts) for counts in zip(*allowed, strict=True)] == [60, 60, 60]
