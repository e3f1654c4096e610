"""The store that a command reads: that of the option, or else of the environment."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.config import SecurityConfig
    from zenoo_security.stores import Store

__all__ = ["Database", "database_of", "opened", "settings"]

Database = Annotated[
    str | None, typer.Option("--database", metavar="NAME", help="The user's; or ZENOO_SECURITY_ODOO_DATABASE.")
]


def settings(url: str | None) -> SecurityConfig:
    """The settings of a store that this process shares with others.

    Args:
        url: of the option; else the environment has it.

    Raises:
        ConfigurationError: there is none, or a setting is wrong.
    """
    from zenoo_security.config import SecurityConfig

    config = SecurityConfig() if url is None else SecurityConfig(store_url=url)
    if config.store_url.get_secret_value() == "memory://":
        raise ConfigurationError("give --store, or set ZENOO_SECURITY_STORE_URL; memory:// is that of one process")
    return config


def database_of(config: SecurityConfig, given: str | None) -> str:
    """The database in Odoo that what is stored belongs to: that of the option, or else of the environment.

    Raises:
        ConfigurationError: there is none.
    """
    if not (name := given or config.odoo_database):
        raise ConfigurationError("give --database, or set ZENOO_SECURITY_ODOO_DATABASE")
    return name


@asynccontextmanager
async def opened(config: SecurityConfig) -> AsyncIterator[Store]:
    """The store, until the block ends.

    Raises:
        ConfigurationError, InsecureTransport, MissingExtra, StoreIncompatible, StoreUnavailable: as `open_store`.
    """
    from zenoo_security.stores import open_store

    store = open_store(config.store_url.get_secret_value(), allow_insecure=config.allow_insecure)
    try:
        yield store
    finally:
        await store.aclose()
