"""Second factors: enrolled, used once, renewed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripted_odoo import DATABASE
from zenoo_security import Totp
from zenoo_security.errors import OtpMismatch

if TYPE_CHECKING:
    from faults.world import Run, World


async def a_code_is_good_once(run: Run) -> None:
    """However often it is sent, and through whatever process."""
    totp, _ = await run.enrolled()
    code = totp.code(run.steady.clock.now())

    async def verify(world: World) -> str:
        return await world.mfa.verify(DATABASE, run.ann.uid, code)

    outcomes = [await run.faulted(verify, OtpMismatch) for _ in range(3)]
    try:
        again = bool(await verify(run.steady))
    except OtpMismatch:
        again = False
    assert sum(outcome.is_result for outcome in outcomes) + again in run.once
    run.steady.clock.advance(30)
    assert await run.steady.mfa.verify(DATABASE, run.ann.uid, totp.code(run.steady.clock.now())) == "totp"


async def a_recovery_code_is_good_once(run: Run) -> None:
    """And costs no other one."""
    _, codes = await run.enrolled()

    async def verify(world: World, code: str = codes[0]) -> str:
        return await world.mfa.verify(DATABASE, run.ann.uid, code)

    outcomes = [await run.faulted(verify, OtpMismatch) for _ in range(2)]
    try:
        again = bool(await verify(run.steady))
    except OtpMismatch:
        again = False
    assert sum(outcome.is_result for outcome in outcomes) + again in run.once
    assert (await run.steady.mfa.factors(DATABASE, run.ann.uid)).recovery_codes_left == len(codes) - 1
    assert await verify(run.steady, codes[1]) == "recovery"


async def a_factor_is_enrolled(run: Run) -> None:
    """It counts when the codes were given out, and what counts has the secret that the user has."""
    begun = await run.faulted(lambda shaky: shaky.mfa.enroll(run.ann))
    if not begun.is_answer:
        assert not await run.steady.mfa.is_enrolled(DATABASE, run.ann.uid)
        return
    totp = Totp(begun.value.secret)
    run.secrets.append(begun.value.secret)
    code = totp.code(run.steady.clock.now())
    outcome = await run.faulted(lambda shaky: shaky.mfa.confirm(run.ann, code))
    is_enrolled = await run.steady.mfa.is_enrolled(DATABASE, run.ann.uid)
    assert is_enrolled or not outcome.is_answer
    if outcome.is_answer:
        assert await run.steady.mfa.verify(DATABASE, run.ann.uid, outcome.value[0]) == "recovery"
    if is_enrolled:
        run.steady.clock.advance(30)
        assert await run.steady.mfa.verify(DATABASE, run.ann.uid, totp.code(run.steady.clock.now())) == "totp"


async def recovery_codes_are_renewed(run: Run) -> None:
    """The old ones are good no more once there are new ones, and there is one set of ten."""
    _, old = await run.enrolled()
    outcome = await run.faulted(lambda shaky: shaky.mfa.regenerate_recovery_codes(run.ann_now()))
    assert (await run.steady.mfa.factors(DATABASE, run.ann.uid)).recovery_codes_left == len(old)
    if outcome.is_answer:
        assert await run.steady.mfa.verify(DATABASE, run.ann.uid, outcome.value[0]) == "recovery"
        late = await run.faulted(lambda shaky: shaky.mfa.verify(DATABASE, run.ann.uid, old[0]), OtpMismatch)
        assert not late.is_result
        with pytest.raises(OtpMismatch):
            await run.steady.mfa.verify(DATABASE, run.ann.uid, old[1])


async def a_factor_is_removed(run: Run) -> None:
    """It is gone when that was answered; otherwise it is asked for as before, or gone."""
    totp, _ = await run.enrolled()
    outcome = await run.faulted(lambda shaky: shaky.mfa.disable(run.ann_now()))
    is_enrolled = await run.steady.mfa.is_enrolled(DATABASE, run.ann.uid)
    assert not (outcome.is_answer and is_enrolled)
    if is_enrolled:
        assert await run.steady.mfa.verify(DATABASE, run.ann.uid, totp.code(run.steady.clock.now())) == "totp"
