"""Enroll a second factor, and show that a code works once."""

from __future__ import annotations

import time

from zenoo_security import qr
from zenoo_security.demo.scene import Scene, Step, expect
from zenoo_security.errors import OtpMismatch
from zenoo_security.otp import Totp

__all__ = ["STEPS"]


async def _enroll_and_replay(scene: Scene) -> None:
    totp = Totp.generate()
    uri = totp.uri(scene.user.login, "zenoo-security demo")
    picture = scene.folder / "totp.png"
    picture.unlink(missing_ok=True)
    picture.touch(mode=0o600, exist_ok=False)
    picture.write_bytes(qr.png(uri))
    scene.say(f"QR code written to {picture}; the same one for this terminal:")
    scene.say(qr.terminal(uri))
    now = time.time()
    code = totp.code(now)
    step = totp.verify(code, at=now)
    scene.say(f"code {code} accepted, time step {step}")
    try:
        totp.verify(code, at=now, after_step=step)
    except OtpMismatch as error:
        scene.say(f"the same code again is refused: {error}")
    else:
        expect(False, "a used code was accepted")


STEPS = (Step("Enroll TOTP", "An RFC 6238 secret as a QR code; every code is accepted once.", _enroll_and_replay),)
