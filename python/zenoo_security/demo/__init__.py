"""The main job, step by step, against a real Odoo. A step that does not do what it says ends the demo."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from zenoo_security.demo import jobs, limits, login, partners, passwords, rights, second_factor, users, web
from zenoo_security.demo.scene import Scene, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zenoo_security.demo.scene import Bars
    from zenoo_security.testing.database import OdooDatabase

__all__ = ["STEPS", "Scene", "Step", "play"]

STEPS: tuple[Step, ...] = (
    *users.STEPS,
    *passwords.STEPS,
    *second_factor.STEPS,
    *login.STEPS,
    *partners.STEPS,
    *rights.STEPS,
    *jobs.STEPS,
    *limits.STEPS,
    *web.STEPS,
)


async def play(
    database: OdooDatabase, folder: Path, say: Callable[[str], None], *, progress: Bars = nullcontext
) -> None:
    """Make a user with few rights and run every step as that user.

    Args:
        database: an Odoo and its administrator.
        folder: where pictures are written.
        say: prints a line.
        progress: gives what a job tells its progress.

    Raises:
        DemoFailed: a step did not do what it says.
        SecurityError: Odoo is down or refused a call.
    """
    user = database.create_user(users.GROUPS)
    scene = Scene(database, user, folder, say, progress)
    for number, step in enumerate(STEPS, 1):
        say(f"\n{number}. {step.title}\n   {step.explanation}\n")
        await step.run(scene)
    say(f"\nAll {len(STEPS)} steps did what they said.")
