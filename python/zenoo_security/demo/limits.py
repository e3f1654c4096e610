"""Trip a rate limit."""

from __future__ import annotations

from zenoo_security.demo.scene import Scene, Step, expect
from zenoo_security.limits import RateLimiter

__all__ = ["STEPS"]


async def _trip(scene: Scene) -> None:
    limiter = RateLimiter(5, 60)
    for number in range(1, 6):
        decision = limiter.hit("203.0.113.7")
        expect(decision.allowed, f"call {number} of 5 was refused")
        scene.say(f"call {number} allowed, {decision.remaining} left")
    refused = limiter.hit("203.0.113.7")
    expect(not refused.allowed, "the sixth call was allowed")
    scene.say(f"call 6 refused, retry in {refused.retry_after:.1f} s")
    expect(limiter.hit("203.0.113.8").allowed, "another client was refused as well")
    scene.say("another client is not affected")


STEPS = (Step("Trip a rate limit", "Five calls a minute for each client, counted exactly.", _trip),)
