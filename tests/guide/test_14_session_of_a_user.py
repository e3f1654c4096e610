"""Defect 14: the guide's session named a login, and nothing of who logged in, how and when, or with what in Odoo."""

from __future__ import annotations

from zenoo_security import KeyRing, Principal
from zenoo_security.sessions import Sessions
from zenoo_security.stores.memory import MemoryStore


async def test_a_session_is_bound_to_the_user_and_the_login_in_odoo():
    """The guide kept the text of the login and dropped the client that had logged in."""
    sessions = Sessions(MemoryStore(), KeyRing.generate())
    groups, factors = frozenset({"base.group_user"}), frozenset({"password", "totp"})
    alice = Principal("shop", 7, "alice", groups, factors, authenticated_at=1_700_000_000.0)
    token = await sessions.start(alice, "her API key")
    assert (await sessions.get(token)).principal == alice
    assert await sessions.credential(token) == "her API key"


async def test_the_same_login_in_two_databases_is_two_accounts():
    """What ends the sessions of one does not touch the other."""
    sessions = Sessions(MemoryStore(), KeyRing.generate())
    await sessions.start(Principal("shop", 7, "alice"), "secret")
    other = await sessions.start(Principal("test", 7, "alice"), "secret")
    await sessions.end_all("shop", "alice")
    assert (await sessions.get(other)).principal.database == "test"
