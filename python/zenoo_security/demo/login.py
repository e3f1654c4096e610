"""Log in with lockout and a second factor; list the sessions and end them."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from zenoo_security.auth import SecureAuthManager
from zenoo_security.config import SecurityConfig
from zenoo_security.demo.scene import Scene, Step, expect
from zenoo_security.errors import LoginFailed, SecondFactorRequired, SessionEnded
from zenoo_security.otp import Totp
from zenoo_security.stores import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["STEPS"]

_OFFICE = "203.0.113.7"
_STRANGER = "198.51.100.9"
_WRONG = 5


@asynccontextmanager
async def _manager(scene: Scene) -> AsyncIterator[SecureAuthManager]:
    """A login whose state is a file, as several workers of one machine would share it."""
    config = SecurityConfig(odoo_url=scene.database.url, key_ring=scene.key_ring.to_json(), refusal_duration_ms=500)
    store = open_store(f"sqlite:///{scene.folder.absolute() / 'logins.sqlite3'}")
    manager = SecureAuthManager(config, store=store)
    try:
        yield manager
    finally:
        await manager.aclose()
        await store.aclose()


async def _is_refused(manager: SecureAuthManager, scene: Scene, password: str, client_ip: str = _STRANGER) -> bool:
    try:
        await manager.authenticate(scene.user.login, password, scene.database.name, client_ip=client_ip)
    except LoginFailed:
        return True
    return False


async def _lock_out(scene: Scene) -> None:
    async with _manager(scene) as manager:
        for number in range(1, _WRONG + 1):
            expect(await _is_refused(manager, scene, f"guess {number}"), "a wrong password was accepted")
        scene.say(f"{_WRONG} wrong passwords from {_STRANGER}: each refused with the same words after the same time")
        expect(await _is_refused(manager, scene, scene.user.password), "the account was not locked")
        scene.say("now even the right password is refused, and Odoo is not asked")
        await manager.unlock(scene.user.login, scene.database.name)
        expect(await _is_refused(manager, scene, scene.user.password), "the stranger's address was forgiven as well")
        expect(not await _is_refused(manager, scene, scene.user.password, _OFFICE), "the account is still locked")
        scene.say(f"an administrator lifts the lock: accepted from {_OFFICE}, still refused from {_STRANGER}")


async def _list_and_end(scene: Scene) -> None:
    login, password, database = scene.user.login, scene.user.password, scene.database.name
    async with _manager(scene) as manager:
        tokens = [
            await manager.authenticate(login, password, database, client_ip=_OFFICE, label=label)
            for label in ("Firefox on Linux", "Safari on iPhone")
        ]
        scene.say(f"a session token: {tokens[0][:12]}..., of which the store holds the SHA-256")
        client = await manager.client(tokens[0])
        found = await client.search_count("res.partner", [])
        scene.say(f"its client is logged in to Odoo as {client.username} and sees {found} partners")
        for session in await manager.list_sessions(tokens[0]):
            minutes = (session.expires_at - session.created_at) / 60
            scene.say(f"session {session.id}: {session.label}, from {session.client_ip}, {minutes:.0f} minutes at most")
        await manager.end_others(tokens[0])
        expect(await _has_ended(manager, tokens[1]), "another session goes on")
        scene.say("the others were ended from here, and their tokens are worthless")
        await manager.logout(tokens[0])
        expect(await _has_ended(manager, tokens[0]), "the session outlived its logout")
        scene.say("logged out")


async def _second_factor(scene: Scene) -> None:
    login, password, database = scene.user.login, scene.user.password, scene.database.name
    async with _manager(scene) as manager:
        token = await manager.authenticate(login, password, database, client_ip=_OFFICE)
        principal = (await manager.session(token)).principal
        enrollment = await manager.mfa.enroll(principal)
        totp, now = Totp(enrollment.secret), time.time()
        codes = await manager.mfa.confirm(principal, totp.code(now - totp.period_s))
        scene.say(f"enrolled with a code, and given {len(codes)} recovery codes such as {codes[0]}")
        try:
            await manager.authenticate(login, password, database, client_ip=_OFFICE)
        except SecondFactorRequired as asked:
            scene.say(f"the right password alone: {asked}")
            token = await manager.complete(asked.ticket, totp.code(now))
        session = await manager.session(token)
        expect("totp" in session.principal.factors, "the code was not asked for")
        scene.say(f"with it: logged in by {' and '.join(sorted(session.principal.factors))}")
        await manager.mfa.reset(database, scene.user.uid)


async def _has_ended(manager: SecureAuthManager, token: str) -> bool:
    try:
        await manager.session(token)
    except SessionEnded:
        return True
    return False


STEPS = (
    Step(
        "Lock out a guesser",
        "Attempts are counted before the password is looked at, in a store that all workers share.",
        _lock_out,
    ),
    Step(
        "See the sessions and end them", "A session is an opaque token; the user sees where it is used.", _list_and_end
    ),
    Step("Log in with a second factor", "The password first, then a code, with the same counters.", _second_factor),
)
