"""A store by its URL, as settings name it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final, cast

from zenoo_security.errors import ConfigurationError, MissingExtra

if TYPE_CHECKING:
    from zenoo_security.stores.protocol import Store

__all__ = ["open_store"]

_SERVERS: Final = {
    "postgresql": ("postgres", "PostgresStore", "psycopg"),
    "redis": ("redis", "RedisStore", "redis"),
    "rediss": ("redis", "RedisStore", "redis"),
    "unix": ("redis", "RedisStore", "redis"),
}
"""Scheme -> module here, which is also the name of the extra; class; what the extra installs."""

_NO_LIBPQ: Final = "psycopg found no libpq: install Debian's libpq5, or pip install 'psycopg[binary]'"


def open_store(url: str, *, allow_insecure: bool = False, **options: Any) -> Store:
    """Open the store that a URL names. Servers are connected to at the first call.

    | URL | store |
    |---|---|
    | `memory://` | `MemoryStore`: one process |
    | `sqlite:///relative/path`, `sqlite:////absolute/path` | `SqliteStore`: the processes of one machine |
    | `redis://`, `rediss://`, `unix://` | `RedisStore`: Redis or Valkey |
    | `postgresql://` | `PostgresStore` |

    Args:
        url: the URL. It may hold a password and is in no message.
        allow_insecure: reach a server on another machine without TLS that verifies it.
        options: keyword arguments of the store's class, such as `timeout_s`.

    Raises:
        ConfigurationError: no store has such a URL, its file cannot be used, or psycopg finds no libpq.
        InsecureTransport: others could read or change what is sent to the server.
        MissingExtra: the driver of that server is not installed.
        StoreIncompatible: the file was made by a newer version or by something else.
        StoreUnavailable: the file is locked by another process for too long.

    >>> import asyncio
    >>> store = open_store("memory://")
    >>> asyncio.run(store.put(b"greeting", b"hello", ttl_s=60))
    >>> asyncio.run(store.get(b"greeting"))
    b'hello'
    """
    scheme, separator, rest = str(url).partition("://")
    if separator and scheme in _SERVERS:
        return cast("Store", _server(scheme).from_url(url, allow_insecure=allow_insecure, **options))
    if scheme == "sqlite" and rest.startswith("/") and rest != "/" and not set(rest) & set("?#"):
        return cast("Store", _load("sqlite", "SqliteStore")(rest[1:], **options))
    if url == "memory://":
        return cast("Store", _load("memory", "MemoryStore")(**options))
    raise ConfigurationError(
        "no store has such a URL: use memory://, sqlite:///path, redis://, rediss://, unix:// or postgresql://"
    )


def _server(scheme: str) -> Any:
    module, name, driver = _SERVERS[scheme]
    try:
        return _load(module, name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != driver:
            raise
        raise MissingExtra(module, f"a store at {scheme}://") from None
    except ImportError as error:
        if driver != "psycopg" or "libpq" not in str(error):
            raise
        raise ConfigurationError(_NO_LIBPQ) from None


def _load(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"zenoo_security.stores.{module}"), name)
