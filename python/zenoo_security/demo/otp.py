"""Enrol a second factor, and show that a code works once."""

from __future__ import annotations

import time

from zenoo_security import qr
from zenoo_security.demo.scene import Scene, Step
from zenoo_security.errors import OtpMismatch
from zenoo_security.otp import Totp

__all__ = ["STEPS"]


async def enrol_and_replay(scene: Scene) -> None:
    """Make a secret, draw it, accept a code and refuse the same code again."""
    totp = Totp.generate()
    account = scene.user.login if scene.user else "demo"
    uri = totp.uri(account, "Zenoo demo")
    picture = scene.folder / "totp.png"
    picture.write_bytes(qr.png(uri))
    picture.chmod(0o600)
    scene.say(f"QR code written to {picture}")
    for line in qr.terminal(uri).splitlines():
        scene.say(line)
    now = time.time()
    code = totp.code(now)
    step = totp.verify(code, at=now)
    scene.say(f"code {code} accepted for time step {step}")
    try:
        totp.verify(code, at=now, after_step=step)
    except OtpMismatch as error:
        scene.say(f"the same code again is refused: {error}")
    else:
        scene.expect(False, "a used code was accepted")


STEPS = (
    Step("Enrol TOTP", "An RFC 6238 secret as a QR code; each code is accepted once.", enrol_and_replay),
)
