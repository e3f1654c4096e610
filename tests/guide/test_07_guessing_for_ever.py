"""Defect 7: after 300 s the counter was deleted: 1,440 guesses a day, for ever."""

from __future__ import annotations

from attempt_store import AttemptStore
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout

DAY_S = 86_400


async def test_a_guesser_who_never_rests_has_a_hundred_guesses():
    """Ten weeks of a guess every five minutes: a hundred are looked at, and 31 of them on the first day."""
    store = AttemptStore()
    lockout = Lockout(store, key_ring=KeyRing.generate())
    guesses = []
    while store.clock.monotonic() < 70 * DAY_S:
        attempt = await lockout.reserve("prod", "victim")
        if attempt:
            guesses.append(store.clock.monotonic())
            await attempt.failed()
        store.clock.advance(300)
    assert len(guesses) == 100
    assert sum(guess < DAY_S for guess in guesses) <= 31
    assert (await lockout.status("prod", "victim")).stopped
