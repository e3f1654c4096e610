"""The main job, step by step, against a real Odoo. Each step says what it does and fails when that is not so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.demo import limits, otp, partners, passwords, users

if TYPE_CHECKING:
    from zenoo_security.demo.scene import Scene

__all__ = ["STEPS", "play"]

STEPS = (*users.STEPS, *passwords.STEPS, *otp.STEPS, *partners.STEPS, *limits.STEPS)


async def play(scene: Scene) -> None:
    """Run every step in order; the first that does not do what it says raises."""
    for number, step in enumerate(STEPS, 1):
        scene.say(f"\n{number}. {step.title}")
        scene.say(f"   {step.explanation}")
        await step.run(scene)
    scene.say(f"\nAll {len(STEPS)} steps did what they said.")
