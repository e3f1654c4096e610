"""Hash a password, and upgrade one that Odoo stored."""

from __future__ import annotations

from zenoo_security.demo.scene import Scene, Step, expect
from zenoo_security.errors import LocalOdooError, PasswordMismatch
from zenoo_security.passwords import PasswordHasher, password_scheme
from zenoo_security.testing.database import hash_as_odoo

__all__ = ["STEPS"]


async def _hash_and_verify(scene: Scene) -> None:
    hasher, password = PasswordHasher(), "correct horse battery staple"
    stored = await hasher.hash_async(password)
    scene.say(f"stored as {stored}")
    await hasher.verify_async(password, stored)
    scene.say("the password is accepted")
    try:
        await hasher.verify_async(f"{password}!", stored)
    except PasswordMismatch as error:
        scene.say(f"another one is refused: {error}")
    else:
        expect(False, "a wrong password was accepted")


async def _upgrade_odoos(scene: Scene) -> None:
    hasher = PasswordHasher()
    stored = _stored_by_odoo(scene)
    scene.say(f"{password_scheme(stored)}: {stored[:72]}...")
    upgraded = await hasher.verify_and_upgrade_async(scene.user.password, stored)
    expect(upgraded, "Odoo's hash needed no upgrade")
    if upgraded:
        scene.say(f"verified and replaced by: {upgraded[:60]}...")
        await hasher.verify_async(scene.user.password, upgraded)
    expect(upgraded and not hasher.needs_rehash(upgraded), "the new hash needs an upgrade at once")


def _stored_by_odoo(scene: Scene) -> str:
    """The hash in `res_users`; where its tables are out of reach, one made as Odoo makes it."""
    try:
        rows = scene.database.sql("SELECT password FROM res_users WHERE id = %s", [scene.user.uid])
    except LocalOdooError:
        scene.say("the tables of this Odoo are out of reach: here is a hash made as Odoo makes it")
        return hash_as_odoo(scene.user.password)
    scene.say("as res_users holds it, in one round: this Odoo is for tests, yours has 600,000")
    return str(rows[0]["password"])


STEPS = (
    Step("Hash and verify a password", "argon2id with OWASP's costs, in a PHC string.", _hash_and_verify),
    Step(
        "Upgrade a password of Odoo's",
        "Odoo stores PBKDF2; it is verified once and hashed anew with argon2id.",
        _upgrade_odoos,
    ),
)
