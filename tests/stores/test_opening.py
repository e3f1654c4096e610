"""Stores by their URLs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import zenoo_security
from zenoo_security.errors import ConfigurationError, MissingExtra, ParameterError
from zenoo_security.stores import Store, open_store, opening
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.stores.sqlite import SqliteStore


async def test_memory():
    store = open_store("memory://", max_entries=100)
    assert isinstance(store, MemoryStore)
    assert isinstance(store, Store)


async def test_an_absolute_and_a_relative_path(tmp_path, monkeypatch):
    """Three slashes and four, as SQLAlchemy has them. A relative path is that of when the store was opened."""
    monkeypatch.chdir(tmp_path)
    for url, path in (
        (f"sqlite:///{tmp_path}/absolute.db", "absolute.db"),
        ("sqlite:///relative.db", "relative.db"),
        ("sqlite:///100%20.db", "100%20.db"),
    ):
        store = open_store(url, timeout_s=1)
        assert isinstance(store, SqliteStore)
        await store.put(b"k", b"v", ttl_s=60)
        await store.aclose()
        assert (tmp_path / path).is_file()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "memory",
        "memory://host",
        "memory:///path",
        "sqlite://",
        "sqlite:///",
        "sqlite://relative.db",
        "sqlite:relative.db",
        "sqlite:///store.db?mode=ro",
        "sqlite:///store.db#fragment",
        "SQLITE:///store.db",
        "mysql://user:secret@host/db",
        "redis:secret",
        "://secret",
        "http://[secret",
        None,
        Path("secret.db"),
    ],
)
def test_any_other_url_is_refused_and_not_repeated(url):
    with pytest.raises(ConfigurationError, match="use memory://") as raised:
        open_store(url)
    assert "secret" not in str(raised.value)


def test_options_go_to_the_store():
    with pytest.raises(ParameterError):
        open_store("memory://", max_entries=0)


@pytest.mark.parametrize(
    ("scheme", "extra"), [("redis", "redis"), ("rediss", "redis"), ("unix", "redis"), ("postgresql", "postgres")]
)
def test_a_driver_that_is_not_installed_is_named(monkeypatch, scheme, extra):
    """And nothing of the URL is."""

    def missing(module):
        raise ModuleNotFoundError(name=opening._SERVERS[scheme][2])

    monkeypatch.setattr(opening.importlib, "import_module", missing)
    with pytest.raises(MissingExtra, match=rf"zenoo-security\[{extra}\]") as raised:
        open_store(f"{scheme}://user:secret@host")
    assert raised.value.__suppress_context__
    assert "secret" not in str(raised.value)


def test_a_driver_without_its_library_is_explained():
    """A slim image has psycopg and no libpq: psycopg's own error is of four lines and names no package."""
    code = (
        "import ctypes.util, sys; ctypes.util.find_library = lambda name: None\n"
        "sys.modules['psycopg_binary'] = sys.modules['psycopg_c'] = None\n"
        "from zenoo_security import open_store; open_store('postgresql://localhost/x')"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr.splitlines()[-1] == (
        "zenoo_security.errors.ConfigurationError: "
        "psycopg found no libpq: install Debian's libpq5, or pip install 'psycopg[binary]'"
    )


def test_the_package_exports_it():
    assert zenoo_security.open_store is open_store


def test_drivers_are_imported_when_they_are_asked_for():
    code = "import sys, zenoo_security.stores; print(*sorted({'asyncio', 'psycopg', 'redis', 'sqlite3'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "\n"
