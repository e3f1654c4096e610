"""Whose results these are: the text that keeps what one user may see apart from what another may."""

from __future__ import annotations

import hashlib

__all__ = ["Scoped", "digest"]


class Scoped:
    """A client that knows for whom it asks; what zenoo-rpc stores for the whole process is kept apart by it."""

    def scope(self) -> str | None:
        """Return a digest of server, database, user, declaration and keys, or None while nobody is logged in."""
        raise NotImplementedError

    async def current_scope(self) -> str | None:
        """Return the scope with what the user may see at this moment; results are kept apart by it."""
        return self.scope()

    @property
    def enforces(self) -> bool:
        """Whether what the user may see can change from call to call."""
        return False


def digest(*parts: object) -> str:
    """Return 32 hexadecimal digits over the parts, each prefixed by its length so that none can run into the next."""
    joined = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (str(part).encode() for part in parts))
    return hashlib.sha256(joined).hexdigest()[:32]
