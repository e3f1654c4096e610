"""Make a user with few rights."""

from __future__ import annotations

import secrets

from zenoo_security.client import SecureZenooClient
from zenoo_security.demo.scene import Account, Scene, Step

__all__ = ["STEPS"]

GROUPS = ("base.group_user", "base.group_partner_manager")


async def make_user(scene: Scene) -> None:
    """An internal user who may edit contacts and nothing else."""
    account = Account(f"demo-{secrets.token_hex(4)}", secrets.token_urlsafe(18))
    async with SecureZenooClient(scene.url) as admin:
        await admin.login(scene.database, scene.admin.login, scene.admin.password)
        groups = [await _group(admin, name) for name in GROUPS]
        uid = await admin.create(
            "res.users",
            {"name": "Demo user", "login": account.login, "password": account.password, "group_ids": [(6, 0, groups)]},
        )
    async with SecureZenooClient(scene.url) as client:
        await client.login(scene.database, account.login, account.password)
        scene.expect(client.uid == uid, "the new user is not the one who logged in")
        allowed = await client.execute_kw("res.users", "has_access", [[], "create"])
        scene.expect(not allowed, "the user with few rights may make users")
    scene.user = account
    scene.say(f"user {account.login} (id {uid}) with {', '.join(GROUPS)}; may not make other users")


async def _group(admin: SecureZenooClient, xml_id: str) -> int:
    module, name = xml_id.split(".")
    rows = await admin.search_read("ir.model.data", [("module", "=", module), ("name", "=", name)], fields=["res_id"])
    return int(rows[0]["res_id"])


STEPS = (Step("Make a user with few rights", "Everything below runs as this user, not as an administrator.", make_user),)
