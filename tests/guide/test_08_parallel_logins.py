"""Defect 8: the guide looked at its counter before the login and changed it after: 200 guesses at once all got in."""

from __future__ import annotations

import asyncio

from scripted_odoo import DATABASE, LOGIN, ScriptedOdoo
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.errors import LoginFailed
from zenoo_security.stores.memory import MemoryStore


async def test_of_two_hundred_guesses_at_once_no_more_than_the_limit_reach_odoo():
    odoo = ScriptedOdoo(hash_s=0.05)
    config = SecurityConfig(refusal_duration_ms=100, max_failed_attempts=5)
    auth = SecureAuthManager(config, store=MemoryStore(), key_ring=KeyRing.generate(), odoo=odoo)
    guesses = [auth.authenticate(LOGIN, f"guess {n}", DATABASE) for n in range(200)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(answer) for answer in answers} == {LoginFailed}
    assert odoo.count("log_in") == 5
