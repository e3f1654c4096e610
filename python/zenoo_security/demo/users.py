"""Show what the user with few rights may not do."""

from __future__ import annotations

from zenoo_security.client import SecureZenooClient
from zenoo_security.demo.scene import Scene, Step, expect

__all__ = ["GROUPS", "STEPS"]

GROUPS = ("base.group_user", "base.group_partner_manager")


async def _look_at_rights(scene: Scene) -> None:
    async with SecureZenooClient(scene.database.url) as client:
        await client.login(scene.database.name, scene.user.login, scene.user.password)
        expect(client.uid == scene.user.uid, "somebody else is logged in")
        expect(await client.check_model_access("res.partner", "create"), "the user may not create partners")
        expect(not await client.check_model_access("res.users", "create"), "the user may create users")
    scene.say(f"user {scene.user.login}, id {scene.user.uid}, groups {' and '.join(GROUPS)}")
    scene.say("may create partners; may not create users")


STEPS = (
    Step(
        "A user with few rights",
        "Made for this run. What follows is done as this user, under its rights in Odoo.",
        _look_at_rights,
    ),
)
