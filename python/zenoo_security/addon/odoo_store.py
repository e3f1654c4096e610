"""The store of the addon: Odoo's own database, in a schema of its own, unless settings name another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from zenoo_security.errors import ConfigurationError
from zenoo_security.stores import open_store

if TYPE_CHECKING:
    from pydantic import SecretStr

    from zenoo_security.stores import Store

__all__ = ["database_url", "open_odoo_store"]

# What a second connection to the same server needs; the rest is this package's own.
_PARAMETERS: Final = ("host", "hostaddr", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")
_CONNECTIONS: Final = 2


def open_odoo_store(url: SecretStr | None, connection: Any) -> Store:
    """Open the store that settings name, or Odoo's own database.

    Args:
        url: the settings' `store_url`.
        connection: one of psycopg2 to Odoo's database.

    Raises:
        ConfigurationError: it is kept in memory, which worker processes do not share, or is no store.
        SecurityError: as `open_store`.
    """
    if url is None:
        # The way that Odoo itself takes with all of its data.
        return open_store(database_url(connection), allow_insecure=True, connections=_CONNECTIONS)
    if url.get_secret_value().startswith("memory:"):
        raise ConfigurationError("store_url: Odoo's worker processes do not share memory; use another store")
    return open_store(url.get_secret_value())


def database_url(connection: Any) -> str:
    """The address of the database that a connection of psycopg2 leads to, with its password.

    Args:
        connection: the connection.
    """
    given = {**connection.info.dsn_parameters, "host": connection.info.host, "password": connection.info.password}
    wanted = {name: given[name] for name in (*_PARAMETERS, "password") if given.get(name)}
    return f"postgresql://?{urlencode(wanted, quote_via=quote)}"
