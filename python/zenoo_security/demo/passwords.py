"""Hash a password, and upgrade one that Odoo stored."""

from __future__ import annotations

import base64
import hashlib
import secrets

from zenoo_security.demo.scene import Scene, Step
from zenoo_security.errors import PasswordMismatch
from zenoo_security.passwords import PasswordHasher

__all__ = ["STEPS"]


async def hash_and_verify(scene: Scene) -> None:
    """Hash, verify, and refuse a wrong password."""
    hasher = PasswordHasher()
    password = "correct horse battery staple"  # noqa: S105 - the demo's own
    stored = await hasher.hash_async(password)
    scene.say(f"stored as {stored}")
    await hasher.verify_async(stored, password)
    scene.say("the right password is accepted")
    try:
        await hasher.verify_async(stored, password + "!")
    except PasswordMismatch as error:
        scene.say(f"a wrong one is refused: {error}")
    else:
        scene.expect(False, "a wrong password was accepted")


def _as_odoo_stores_it(password: str) -> str:
    """The string that Odoo's default context would make, for an Odoo whose tables cannot be read."""
    rounds, salt = 600_000, secrets.token_bytes(16)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    encoded = [base64.b64encode(part).decode().rstrip("=").replace("+", ".") for part in (salt, digest)]
    return f"$pbkdf2-sha512${rounds}${encoded[0]}${encoded[1]}"


async def upgrade_from_odoo(scene: Scene) -> None:
    """Verify the hash in `res_users` and replace it by argon2id."""
    account = scene.user
    scene.expect(account is not None, "the user of the first step is missing")
    assert account is not None
    if scene.query is None:
        stored = _as_odoo_stores_it(account.password)
        scene.say("the tables of this Odoo cannot be read from here, so this hash is made as Odoo makes it:")
    else:
        rows = scene.query(f"SELECT password FROM res_users WHERE login = '{account.login}'")  # noqa: S608 - our own login
        stored = rows[0][0]
        scene.say("read from res_users:")
    scene.say(f"  {stored[:60]}...")
    hasher = PasswordHasher()
    upgraded = await hasher.verify_and_upgrade_async(stored, account.password)
    scene.expect(upgraded is not None, "Odoo's hash needed no upgrade")
    assert upgraded is not None
    scene.say(f"verified, and upgraded to {upgraded[:60]}...")
    await hasher.verify_async(upgraded, account.password)


STEPS = (
    Step("Hash and verify a password", "argon2id with OWASP's parameters; a wrong password raises.", hash_and_verify),
    Step(
        "Upgrade a password of Odoo's",
        "Odoo stores PBKDF2-SHA-512; it is verified once and replaced by argon2id.",
        upgrade_from_odoo,
    ),
)
