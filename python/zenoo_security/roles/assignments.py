"""The assignments of all users, in a store: read for each decision, changed by compare-and-set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.audit import Detail, emit
from zenoo_security.errors import ParameterError, StoreError, StoreUnavailable
from zenoo_security.roles.assigned import MAX_ROLES, Assigned, Assignment, decode, encode, key_of
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.protocol import MAX_TTL_S
from zenoo_security.stores.store_time import StoreTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.clock import Clock
    from zenoo_security.roles.assigned import Account
    from zenoo_security.stores import Store

__all__ = ["Assignments"]

_TRIES: Final = 100
_UNKNOWN: Final[dict[str, Detail]] = {"outcome": "unknown", "reason": "store_unavailable"}


class Assignments:
    """Reads and changes what users were assigned.

    Args:
        store: where it is.
        clock: carries the store's time on between two questions for it.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store: Final = store
        #: The store, when it is in the memory of this process and nothing has to be waited for.
        self.memory: Final = store if isinstance(store, MemoryStore) else None
        self._time = StoreTime(store, clock)

    async def roles(self, account: Account, raw: bytes | None) -> tuple[frozenset[str], bool]:
        """The roles that a value gives now, and whether it gives them at any time.

        Raises:
            StoreIncompatible: it is damaged.
            StoreUnavailable: the store's time is not known.
        """
        assigned = decode(account, raw)
        if not assigned.expires:
            return assigned.roles, True
        return assigned.at(await self._time.now()).roles, False

    async def all_of(self, account: Account) -> Assigned:
        """What a user has now."""
        assigned = decode(account, await self.store.get(key_of(*account)))
        return assigned.at(await self._time.now()) if assigned.expires else assigned

    async def grant(self, account: Account, role: str, expires_in_s: float | None) -> None:
        """Assign a role; the latest assignment of a role is the one that counts."""
        _check_duration(expires_in_s)
        # The store is asked, so that what was meant to be short is as short as it was meant to be.
        now = await self._time.sync()
        assignment = Assignment(role, None if expires_in_s is None else now + expires_in_s)
        if assignment.expires_at == now:
            raise ParameterError("expires_in_s is too short for the store's time to tell")

        def granted(assigned: Assigned) -> Assigned:
            others = assigned.without(role).assignments
            if len(others) >= MAX_ROLES:
                raise ParameterError(f"a user has at most {MAX_ROLES} assigned roles: revoke one first")
            return Assigned((*others, assignment))

        def tell(**how: Detail) -> None:
            _tell(account, "assigned", role, expires_in_s, how)

        await self._change(account, granted, now=now, tell=tell)

    async def withdraw(self, account: Account, role: str) -> bool:
        """Take a role away. Returns whether the user had it."""

        def tell(**how: Detail) -> None:
            _tell(account, "revoked", role, None, how)

        return await self._change(account, lambda a: a.without(role), now=await self._time.sync(), tell=tell)

    async def forget(self, account: Account) -> bool:
        """Take everything away, readable or not. Returns whether there was something."""
        if await self.store.get(key_of(*account)) is None:
            return False
        _tell(account, "revoked", "*", None, {})
        try:
            return await self.store.delete(key_of(*account))
        except StoreError:
            _tell(account, "revoked", "*", None, _UNKNOWN)
            raise

    async def _change(
        self, account: Account, change: Callable[[Assigned], Assigned], *, now: float, tell: Callable[..., None]
    ) -> bool:
        """Replace what a user has by what `change` makes of it. Returns whether that is another thing."""
        told = False
        key = key_of(*account)
        for _ in range(_TRIES):
            raw = await self.store.get(key)
            before = decode(account, raw).at(now)
            after = change(before)
            if after == before:
                return False
            if not told:
                # Before it is done: where the audit log is required and fails, nothing is changed.
                tell()
                told = True
            try:
                if await self.store.compare_and_set(key, raw, encode(account, after), ttl_s=after.ttl_s(now)):
                    return True
            except StoreError:
                tell(**_UNKNOWN)
                raise
        tell(outcome="failure", reason="contention")
        raise StoreUnavailable("the roles of this user change too fast: try again")


def _tell(account: Account, change: str, role: str, expires_in_s: float | None, how: dict[str, Detail]) -> None:
    emit(
        "authz_change",
        database=account.database,
        whom=account.login,
        change=change,
        role=role,
        expires_in_s=expires_in_s,
        outcome=how.get("outcome", "success"),
        reason=how.get("reason"),
    )


def _check_duration(expires_in_s: object) -> None:
    if expires_in_s is None:
        return
    number = not isinstance(expires_in_s, bool) and isinstance(expires_in_s, (int, float))
    if not number or not 0 < expires_in_s <= MAX_TTL_S:  # type: ignore[operator]
        raise ParameterError(f"expires_in_s is over 0 and up to {MAX_TTL_S:.0f} seconds, or None")
