"""Where failed logins are counted."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import psycopg
import pytest
from pydantic import SecretStr

from zenoo_security.addon.odoo_store import database_url, open_odoo_store
from zenoo_security.errors import ConfigurationError


def connection_to(**parameters):
    """What psycopg2 tells about a connection."""
    host, password = parameters.pop("host"), parameters.pop("password", "")
    return SimpleNamespace(info=SimpleNamespace(host=host, password=password, dsn_parameters=parameters))


def test_odoos_own_database_is_used(shared_postgres):
    """With the same server, role and password, whatever characters these have."""
    wanted = psycopg.conninfo.conninfo_to_dict(shared_postgres.url(shared_postgres.create_database()))
    store = open_odoo_store(None, connection_to(**wanted, options="-c nonsense=1"))
    assert asyncio.run(store.add(b"key", b"", ttl_s=60))
    asyncio.run(store.aclose())


def test_every_character_survives():
    given = {"host": "/run/post gres", "user": "a&b=c", "password": "p?%+ ü", "dbname": "x", "sslmode": "verify-full"}
    assert psycopg.conninfo.conninfo_to_dict(database_url(connection_to(**given))) == given


def test_memory_is_refused():
    with pytest.raises(ConfigurationError, match="do not share memory"):
        open_odoo_store(SecretStr("memory://"), connection_to(host="x"))


def test_another_store_is_opened(tmp_path):
    tmp_path.chmod(0o700)
    store = open_odoo_store(SecretStr(f"sqlite:///{tmp_path / 'store.db'}"), connection_to(host="x"))
    assert asyncio.run(store.add(b"key", b"", ttl_s=60))
    asyncio.run(store.aclose())
