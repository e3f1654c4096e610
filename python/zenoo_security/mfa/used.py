"""Time steps that were used: each code is good for once."""

from __future__ import annotations

import hmac
import secrets
import threading
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError, RateLimitExceeded, StoreIncompatible
from zenoo_security.fields import BlindIndex
from zenoo_security.stores import forks

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing
    from zenoo_security.otp import Totp
    from zenoo_security.stores import Store

__all__ = ["KEEP_S", "SharedUsedSteps", "UsedSteps"]

KEEP_S: Final = 366 * 86_400.0
"""Seconds for which a store keeps the last step of a secret. It could go once the code of that step has expired, but
for clocks that are set back: a used code is good again only if that is by more than a year."""

_STEP_BYTES: Final = 8


class UsedSteps:
    """The last accepted time step of each secret, in the memory of this process.

    It holds no secret: the key of an entry is an HMAC under a random key that dies with the object. When it is full,
    the entries whose codes have expired are forgotten, and from then on no code that old is accepted for anybody, even
    if the clock is set back. Only accepted codes make an entry, so an attacker cannot fill it.

    Args:
        capacity: the most entries; about 200 bytes each.

    Raises:
        ParameterError: if `capacity` is not positive.
    """

    def __init__(self, capacity: int = 100_000) -> None:
        if capacity < 1:
            raise ParameterError("capacity must be at least 1")
        self._capacity = capacity
        self._key: Final = secrets.token_bytes(32)
        self._lock: Final = threading.Lock()
        self._last: Final[dict[bytes, tuple[int, int]]] = {}
        self._forgotten_s = 0
        forks.register(self)

    def take(self, totp: Totp, step: int, *, at: float) -> bool:
        """Mark a step as used, unless it or a later one is used already: one atomic step, whatever threads there are.

        Args:
            totp: whose step it is.
            step: what `Totp.verify` gave.
            at: the time in Unix seconds.

        Returns:
            Whether this call is the first to use the step.

        Raises:
            RateLimitExceeded: if the capacity is used up by codes that have not expired.
        """
        entry = hmac.digest(self._key, f"{totp.period_s} {totp.reveal_secret()}".encode(), "sha256")
        ends_s = (step + 1) * totp.period_s
        with self._lock:
            last, _ = self._last.get(entry, (-1, 0))
            if step <= last or ends_s <= self._forgotten_s:
                return False
            if last < 0 and len(self._last) >= self._capacity:
                self._forget(at - totp.steps_back * totp.period_s)
            self._last[entry] = (step, ends_s)
            return True

    def before_fork(self) -> None:
        """Keep other threads out: the child has none that could let go of the lock."""
        self._lock.acquire()

    def after_fork(self, *, in_child: bool) -> None:
        """Let them in again."""
        del in_child
        self._lock.release()

    def _forget(self, before_s: float) -> None:
        """Drop the entries whose step ended by then."""
        expired = [entry for entry, (_, ends_s) in self._last.items() if ends_s <= before_s]
        if not expired:
            first_end_s = min(ends_s for _, ends_s in self._last.values())
            raise RateLimitExceeded(retry_after=first_end_s - before_s)
        for entry in expired:
            self._forgotten_s = max(self._forgotten_s, self._last.pop(entry)[1])


class SharedUsedSteps:
    """The last accepted time step of each secret, in a store: good for all processes that share it.

    The key of an entry is a keyed digest of the secret, and its value is the step.

    Args:
        store: where the steps are kept.
        key_ring: its index key makes the digests.
    """

    __slots__ = ("_index", "_store")

    def __init__(self, store: Store, key_ring: KeyRing) -> None:
        self._store: Final = store
        self._index: Final = BlindIndex(key_ring, length=32)

    async def take(self, totp: Totp, step: int) -> bool:
        """Mark a step as used, unless it or a later one is: of any number of processes one succeeds.

        Args:
            totp: whose step it is.
            step: what `Totp.verify` gave.

        Returns:
            Whether this call is the first to use the step.

        Raises:
            StoreUnavailable: the store does not answer, so the code counts as used.
            StoreIncompatible: something else is kept there.
        """
        key, value = self._key(totp), step.to_bytes(_STEP_BYTES, "big")
        while True:
            last = await self._store.get(key)
            if last is not None and step <= _step(last):
                return False
            # A call that comes between takes a step too, so the last one grows each time that this fails.
            if await self._store.compare_and_set(key, last, value, ttl_s=KEEP_S):
                return True

    async def last(self, totp: Totp) -> int | None:
        """The last accepted step of a secret.

        Raises:
            StoreUnavailable, StoreIncompatible: as in `take`.
        """
        last = await self._store.get(self._key(totp))
        return None if last is None else _step(last)

    def _key(self, totp: Totp) -> bytes:
        digest = self._index.compute(totp.reveal_secret(), context=("otp-step", str(totp.period_s)))
        return b"otp-step/" + digest.encode()


def _step(value: bytes) -> int:
    if len(value) != _STEP_BYTES:
        raise StoreIncompatible("the store has something else where the used codes are kept")
    return int.from_bytes(value, "big")
