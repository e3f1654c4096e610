"""A store on Redis or Valkey, for several machines."""

from zenoo_security.stores.redis.store import RedisStore

__all__ = ["RedisStore"]
