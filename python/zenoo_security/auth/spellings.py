"""Under which spellings an account was logged in to: who shares its counters must not clear them.

Failures count for all spellings of a login together, and in Odoo `alice` and `Alice` may be two users. Where a stranger
can sign up, they choose a login that differs from the victim's by case alone, and would begin the victim's count anew
with each login of their own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from zenoo_security.accounts import canonical_login
from zenoo_security.errors import StoreUnavailable
from zenoo_security.fields import BlindIndex

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["Spellings"]

_TTL_S: Final = 366 * 86_400.0
_MOST: Final = 2
_TRIES: Final = 20


class Spellings:
    """The spellings of all accounts, two of each at most. Only who has logged in leaves one.

    Args:
        store: where they are, until nobody has logged in for a year.
        key_ring: hides the names of the accounts.
    """

    def __init__(self, store: Store, key_ring: KeyRing) -> None:
        self._store = store
        self._names = BlindIndex(key_ring, normalizer="exact", length=32)

    async def is_only_one(self, database: str, login: str) -> bool:
        """Note a login as Odoo has it. Returns whether nobody logged in whose login differs in its spelling alone.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        key = b"spellings/" + self._digest(database, canonical_login(login))
        spelling = self._digest(database, login)
        for _ in range(_TRIES):
            raw = await self._store.get(key)
            known = (raw or b"").split()
            if spelling not in known and len(known) < _MOST:
                known.append(spelling)
            # Also when nothing is new: what is forgotten makes room for a stranger who comes first then.
            if await self._store.compare_and_set(key, raw, b"\n".join(known), ttl_s=_TTL_S):
                return known == [spelling]
        raise StoreUnavailable("the logins of this account change too fast: try again")

    def _digest(self, database: str, login: str) -> bytes:
        return self._names.compute(json.dumps([database, login]), context=("zenoo_security", "spellings")).encode()
