"""What the tests of second factors share: a user, a manager that hashes fast, and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security import MFAManager, PasswordHasher, Principal, Totp
from zenoo_security.passwords import Profile

if TYPE_CHECKING:
    from zenoo_security.clock import Clock

NOW = 1_700_000_010.0
PRINCIPAL = Principal("shop", 7, "alice", factors=frozenset({"password"}), authenticated_at=NOW)
WEAK = PasswordHasher(Profile(memory_kib=8, passes=1), danger_weak=True)


def manager_with(store: Any, ring: Any, clock: Clock, **options: Any) -> MFAManager:
    """A manager whose recovery codes cost next to nothing."""
    return MFAManager("Example", store=store, key_ring=ring, clock=clock, hasher=WEAK, **options)


def code_of(secret: str, clock: Clock, *, ahead_s: float = 0) -> str:
    """What the authenticator app shows."""
    return Totp(secret).code(clock.now() + ahead_s)


async def enrolled(mfa: MFAManager, clock: Clock, principal: Principal = PRINCIPAL) -> tuple[str, list[str]]:
    """Enroll and confirm; the secret and the recovery codes."""
    enrollment = await mfa.enroll(principal)
    return enrollment.secret, await mfa.confirm(principal, code_of(enrollment.secret, clock))
