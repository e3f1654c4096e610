"""Sessions that were decoded already, so that a look-up costs no decryption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zenoo_security.sessions.records import Records, Session

__all__ = ["SessionCache"]

_CAPACITY: Final = 2048


class SessionCache:
    """What the bytes of a record say, for the records that this process read last.

    It is asked only with the bytes that the store has just given, so it never lets anybody in by itself. It holds
    digests and sealed records, no token and no open credential.

    Args:
        records: opens what is not here.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._known: dict[bytes, tuple[bytes, Session]] = {}

    def session(self, digest: bytes, raw: bytes) -> Session:
        """The session in these bytes.

        Raises:
            SessionEnded: as `Records.open`.
        """
        known = self._known.get(digest)
        if known is not None and known[0] == raw:
            return known[1]
        self.forget(digest)
        session = self._records.open(digest, raw).session
        if len(self._known) >= _CAPACITY:
            self.forget(next(iter(self._known), b""))
        self._known[digest] = (raw, session)
        return session

    def forget(self, digest: bytes) -> None:
        """Drop a session that is not in the store any more."""
        self._known.pop(digest, None)
