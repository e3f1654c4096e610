"""One of the processes that present the same code at the same time; ends with its input."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from mfa_users import manager_with
from zenoo_security import KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.errors import OtpMismatch
from zenoo_security.stores import open_store


async def main(url: str, ring: str) -> None:
    """For each line of the input, wait until the moment that it names, present the code, and say what came of it."""
    store, clock = open_store(url), FakeClock()
    mfa = manager_with(store, KeyRing.from_json(ring), clock)
    for line in sys.stdin:
        task = json.loads(line)
        clock.set_now(task["now"])
        while time.monotonic() < task["go"]:
            pass
        try:
            result: str = await mfa.verify("shop", 7, task["code"])
        except OtpMismatch:
            result = "refused"
        sys.stdout.write(f"{result}\n")
        sys.stdout.flush()
    await store.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_text(encoding="utf-8")))
