"""Defect 5: `Victim`, `victim ` and `VICTIM` were three counters, with five guesses each."""

from __future__ import annotations

import pytest

from attempt_store import AttemptStore
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout

FORMS = ["Victim", "victim ", "VICTIM", "\tvictim", "\u2003victim", "vicTim\n"]


@pytest.mark.parametrize("other", ["STRASSE", "stra\u00dfe", "StRa\u1e9ee"])
async def test_forms_of_one_login_share_five_guesses(other):
    """Case, white space, composition and sharp s make no new counter."""
    for forms in (FORMS, ["Stra\u00dfe", other], ["Ren\u00e9", "RENE\u0301"]):
        lockout = Lockout(AttemptStore(), key_ring=KeyRing.generate())
        looked_at = 0
        for number in range(20):
            attempt = await lockout.reserve("prod", forms[number % len(forms)])
            if attempt:
                looked_at += 1
                await attempt.failed()
        assert looked_at == 5
