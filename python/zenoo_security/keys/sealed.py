"""What lies in a store sealed with a key ring, and with which of its keys.

Whatever a store holds under other prefixes is sealed with no key of the ring: devices, spellings, used codes, counters
and the lists of sessions stand under digests of the index key, which is not rotated.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import DecryptionError, SessionEnded
from zenoo_security.fields import FieldCipher
from zenoo_security.sessions.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["ENROLLED", "places", "usage"]

ENROLLED: Final = "second factors"

_PLACES: Final = {
    ENROLLED: b"mfa/enrolled/",
    "second factors to be confirmed": b"mfa/pending/",
    "sessions": b"session/",
    "logins without their code": b"ticket/",
}
_OF_SESSIONS: Final = frozenset({b"session/", b"ticket/"})


def places() -> tuple[str, ...]:
    """What `usage` counts."""
    return tuple(_PLACES)


async def usage(store: Store, key_ring: KeyRing) -> dict[str, Counter[int]]:
    """Count the records of a store by the keys that are needed to read them.

    A session needs two keys when it was used since a rotation: the credential inside keeps the seal that it got at
    login. It counts for both.

    Args:
        store: the store.
        key_ring: opens the sessions.

    Returns:
        Place -> key id -> records.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    records = Records(key_ring)
    counts: dict[str, Counter[int]] = {place: Counter() for place in _PLACES}
    for place, prefix in _PLACES.items():
        async for key, raw in store.scan(prefix):
            digest = key.removeprefix(prefix) if prefix in _OF_SESSIONS else None
            counts[place].update(set(_key_ids(raw, records, digest)))
    return counts


def _key_ids(raw: bytes, records: Records, digest: bytes | None) -> Iterator[int]:
    try:
        yield FieldCipher.key_id(raw.decode("ascii", "replace"))
        if digest is not None:
            yield FieldCipher.key_id(records.open(digest, raw).credential)
    except (DecryptionError, SessionEnded):
        # No token, or one that nobody can open any more: no key is needed for it.
        return
