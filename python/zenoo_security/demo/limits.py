"""Trip a rate limit, in one process and across two."""

from __future__ import annotations

import asyncio
import sys
import tempfile

from zenoo_security.demo.scene import Scene, Step, expect
from zenoo_security.limits import RateLimiter

__all__ = ["STEPS"]

_CLIENT = "203.0.113.7"
_WORKER = f"""
import sys
from zenoo_security import RateLimiter, open_store
limiter = RateLimiter(5, 60, store=open_store(sys.argv[1]), name="demo")
print(sum(limiter.allow("{_CLIENT}") for _ in range(4)))
"""


async def _trip(scene: Scene) -> None:
    limiter = RateLimiter(5, 60)
    for number in range(1, 6):
        decision = limiter.hit(_CLIENT)
        expect(decision.allowed, f"call {number} of 5 was refused")
        scene.say(f"call {number} allowed, {decision.remaining} left")
    refused = limiter.hit(_CLIENT)
    expect(not refused.allowed, "the sixth call was allowed")
    scene.say(f"call 6 refused, retry in {refused.retry_after:.1f} s")
    expect(limiter.hit("203.0.113.8").allowed, "another client was refused as well")
    scene.say("another client is not affected")


async def _trip_together(scene: Scene) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/limits.db"
        allowed = await asyncio.gather(_worker(url), _worker(url))
    scene.say(f"two processes, four calls each: {allowed[0]} and {allowed[1]} allowed")
    expect(sum(allowed) == 5, "the two processes did not have one quota of 5")  # noqa: PLR2004 (the quota above)
    scene.say("together they have one quota of 5")


async def _worker(url: str) -> int:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _WORKER, url, stdout=pipe, stderr=pipe)
    written, _ = await process.communicate()
    expect(process.returncode == 0, "a process that counts calls ended with an error")
    return int(written)


STEPS = (
    Step("Trip a rate limit", "Five calls a minute for each client, counted exactly.", _trip),
    Step("Trip it across two processes", "Both count in one file, as the workers of a machine do.", _trip_together),
)
