"""Lazy relations, without the store that zenoo-rpc shares between all clients of a process.

`LazyRelationship._prefetch_cache` is one dict for every client, user and database, keyed by model and id: a portal user
who awaited a relation got the record that an administrator had loaded, with the administrator's client inside.
`_batch_queue` merges what different users await and fetches it with the first one's client. A `Scoped` client uses
neither: each relation is fetched by its own client, once. Plain clients keep what they have.
"""

from __future__ import annotations

import functools
from typing import Any

from zenoo_rpc.models.relationships import LazyRelationship

from zenoo_security.client.scope import Scoped

__all__ = ["install"]

_MARK = "_zenoo_security"
_SCOPE = "_zenoo_security_scope"


def install() -> None:
    """Replace `LazyRelationship.load` for `Scoped` clients; a second call changes nothing."""
    plain_load = LazyRelationship.load
    if hasattr(plain_load, _MARK):
        return

    @functools.wraps(plain_load)
    async def load(self: LazyRelationship) -> Any:
        if not isinstance(self.client, Scoped):
            return await plain_load(self)
        scope = await self.client.current_scope()
        if not self._is_loaded or getattr(self, _SCOPE, scope) != scope:
            setattr(self, _SCOPE, scope)
            await self._fetch_data()
        return self._loaded_data

    setattr(load, _MARK, True)
    LazyRelationship.load = load  # type: ignore[method-assign]
