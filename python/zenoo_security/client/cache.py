"""zenoo-rpc's cache, kept apart by user and sealed.

Its key is the model, the domain, the fields and the context: no server, no database and no user, so that a second user
of the cache gets what the first one may see. It also hands out the very list that it stores, into which the query
builder then writes the client. Here every key ends in the scope of the client, with the user's rights
where a policy is held, and a value is stored as JSON, sealed with scope and key as its context: it opens for nobody
else and under no other key, and a copy comes out.
"""

from __future__ import annotations

import functools
import json
import logging
from typing import TYPE_CHECKING, Any

from zenoo_rpc.cache.manager import CacheManager

from zenoo_security.client.scope import digest
from zenoo_security.errors import DecryptionError, InputTooLarge
from zenoo_security.fields import FieldCipher
from zenoo_security.keyring import KeyRing

if TYPE_CHECKING:
    from zenoo_security.client.scope import Scoped

__all__ = ["ScopedCache"]

_LOG = logging.getLogger(__name__)
_PURPOSE = "zenoo-rpc cache"


class ScopedCache:
    """A cache manager as one client may use it; every other name is that of the `CacheManager` inside.

    Args:
        inner: a `zenoo_rpc.cache.CacheManager`, which clients may share.
        owner: the client; while nobody is logged in nothing is stored and nothing found.
        cipher: seals the values; by default with a key that lives as long as the process.
    """

    def __init__(self, inner: Any, owner: Scoped, cipher: FieldCipher | None = None) -> None:
        self.inner = inner
        self._owner = owner
        self._cipher = cipher or _process_cipher()

    # These call `get` and `set` of the object that they belong to: here they must be ours.
    cache_query_result: Any = CacheManager.cache_query_result
    get_cached_query_result: Any = CacheManager.get_cached_query_result
    cache_model_record: Any = CacheManager.cache_model_record
    get_cached_model_record: Any = CacheManager.get_cached_model_record

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def get(self, key: object, backend: str | None = None) -> Any:
        """Return a copy of what this user stored, or None."""
        scope = await self._owner.current_scope()
        sealed = await self.inner.get(_scoped(key, scope), backend) if scope else None
        if not isinstance(sealed, str) or scope is None:
            return None
        try:
            return json.loads(str(self._cipher.decrypt(sealed, context=(_PURPOSE, scope, digest(key)))))
        except (DecryptionError, ValueError, TypeError):
            return None

    async def set(
        self,
        key: object,
        value: Any,
        ttl: int | None = None,
        backend: str | None = None,
        *,
        scope: str | None = None,
    ) -> bool:
        """Store a value for this user; what cannot be written as JSON, such as a record with its client, is not.

        Args:
            key: what it is found by.
            value: plain data.
            ttl: seconds.
            backend: as for the manager inside.
            scope: that the value was asked for in; the present one unless given.
        """
        scope = scope or await self._owner.current_scope()
        if scope is None:
            return False
        try:
            sealed = self._cipher.encrypt(json.dumps(value), context=(_PURPOSE, scope, digest(key)))
        except (TypeError, ValueError, RecursionError, InputTooLarge):
            _LOG.debug("a result of type %s is not cached: it is not plain data, or too large", type(value).__name__)
            return False
        return bool(await self.inner.set(_scoped(key, scope), sealed, ttl=ttl, backend=backend))

    async def delete(self, key: object, backend: str | None = None) -> bool:
        """Remove what this user stored under the key."""
        scope = await self._owner.current_scope()
        return bool(scope and await self.inner.delete(_scoped(key, scope), backend))

    async def exists(self, key: object, backend: str | None = None) -> bool:
        """Whether this user stored something under the key."""
        return await self.get(key, backend) is not None

    async def invalidate_pattern(self, pattern: str, backend: str | None = None) -> int:
        """Remove what any user stored under keys that match."""
        return int(await self.inner.invalidate_pattern(pattern if pattern.endswith("*") else f"{pattern}@*", backend))

    async def invalidate_model(self, model: str, backend: str | None = None) -> int:
        """Remove every result of a model; zenoo-rpc's own misses the keys of its query builder."""
        queries = await self.invalidate_pattern(f"query:{model}:*", backend)
        return queries + await self.invalidate_pattern(f"{model}:*", backend)

    async def forget_user(self) -> int:
        """Remove what this user stored, whatever the user could see then."""
        scope = self._owner.scope()
        return int(await self.inner.invalidate_pattern(f"*@{scope}*")) if scope else 0


def _scoped(key: object, scope: str | None) -> str:
    return f"{key}@{scope}"


@functools.cache
def _process_cipher() -> FieldCipher:
    return FieldCipher(KeyRing.generate())
