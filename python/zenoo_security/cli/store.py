"""The store that a command reads: that of the option, or else of the environment."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.stores import Store

__all__ = ["VARIABLE", "opened", "url_of"]

VARIABLE: Final = "ZENOO_SECURITY_STORE_URL"


def url_of(option: str | None) -> str | None:
    """The URL of the option, or else of the variable, or of the file that its `_FILE` names; None without any.

    Raises:
        ConfigurationError: both variables are set, the file cannot be read, or the store is the memory of a process.
    """
    from zenoo_security.environment import read_secret

    url = option or read_secret(VARIABLE) or None
    if url == "memory://":
        raise ConfigurationError("memory:// is the store of one process, and no other one sees what is in it")
    return url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """The store, until the block ends.

    Raises:
        ConfigurationError, InsecureTransport, MissingExtra, StoreIncompatible, StoreUnavailable: as `open_store`.
    """
    from zenoo_security.stores import open_store

    store = open_store(url)
    try:
        yield store
    finally:
        await store.aclose()
