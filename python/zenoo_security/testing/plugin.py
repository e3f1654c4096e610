"""The pytest plugin: `odoo_server`, `odoo_database`, `odoo_session_database`, `odoo_client`, `odoo_user`.

pytest imports this at each of its starts wherever the package is installed: it imports nothing that costs.
"""

from __future__ import annotations

import os
import sys
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.testing.database import OdooDatabase, OdooServer, OdooUser
    from zenoo_security.testing.progress import Progress

_MARKERS = (
    "asvs(*ids): the OWASP ASVS 5.0 requirements that the test proves",
    "odoo: needs an Odoo, the local one or that of --odoo-url",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that name an Odoo that already runs. Its password never stands on a command line."""
    group = parser.getgroup("odoo", "Odoo, of zenoo-security")
    group.addoption("--odoo-url", metavar="URL", help="test on the Odoo at this address, not on a local one")
    group.addoption("--odoo-db", metavar="NAME", help="its database; tests write to it")
    group.addoption("--odoo-login", metavar="LOGIN", default="admin", help="an administrator's login (admin)")
    group.addoption(
        "--odoo-password-file", metavar="FILE", help="a file with the password; ODOO_PASSWORD is read without it"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and refuse half of an address or one that would give the password away."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    if config.getoption("--odoo-url"):
        _require_usable(config)


@pytest.fixture(scope="session")
def odoo_server(pytestconfig: pytest.Config) -> Iterator[OdooServer]:
    """An Odoo: a local one for this session, or the one that --odoo-url names."""
    if pytestconfig.getoption("--odoo-url"):
        yield _external(pytestconfig)
        return
    from zenoo_security.testing.local import LocalOdoo

    with LocalOdoo(progress=_reporter(pytestconfig)) as server:
        yield server


@pytest.fixture(scope="session")
def odoo_session_database(odoo_server: OdooServer) -> Iterator[OdooDatabase]:
    """One database for the whole session, for tests that only read or tidy up."""
    yield from _database(odoo_server)


@pytest.fixture(scope="module")
def odoo_database(odoo_server: OdooServer) -> Iterator[OdooDatabase]:
    """A database of its own for each test module."""
    yield from _database(odoo_server)


@pytest.fixture
def odoo_user(odoo_database: OdooDatabase) -> Iterator[Callable[..., OdooUser]]:
    """Make a user of `odoo_database` with the groups whose external ids are given; archived after the test."""
    made: list[OdooUser] = []

    def make(groups: Sequence[str] = ("base.group_user",), *, login: str | None = None) -> OdooUser:
        made.append(odoo_database.create_user(groups, login=login))
        return made[-1]

    yield make
    if made:
        odoo_database.call("res.users", "write", [user.uid for user in made], {"active": False})


@pytest.fixture
def odoo_client(odoo_database: OdooDatabase) -> Callable[..., AbstractAsyncContextManager[SecureZenooClient]]:
    """Log in to `odoo_database`, as its administrator or as a user of `odoo_user`.

    Use `async with odoo_client() as client:`, or `odoo_client(user)`, with the keyword arguments of
    `SecureZenooClient` if it shall encrypt. A function that returns a context manager works under pytest-asyncio, anyio
    and `asyncio.run` alike.
    """
    from zenoo_security.client import SecureZenooClient

    @asynccontextmanager
    async def log_in(user: OdooUser | None = None, **options: Any) -> AsyncIterator[SecureZenooClient]:
        login = user.login if user else odoo_database.admin_login
        password = user.password if user else odoo_database.admin_password
        async with SecureZenooClient(odoo_database.url, **options) as client:
            await client.login(odoo_database.name, login, password)
            yield client

    return log_in


def _database(server: OdooServer) -> Iterator[OdooDatabase]:
    database = server.create_database()
    yield database
    server.drop_database(database.name)


def _require_usable(config: pytest.Config) -> None:
    from zenoo_security.errors import ConfigurationError

    if not (config.getoption("--odoo-db") and _password(config)):
        raise pytest.UsageError("--odoo-url needs --odoo-db, and ODOO_PASSWORD or --odoo-password-file")
    try:
        _external(config)
    except ConfigurationError as error:
        raise pytest.UsageError(f"--odoo-url: {error}") from None


def _external(config: pytest.Config) -> OdooServer:
    from zenoo_security.testing.database import ExternalOdoo

    url, database, login = (config.getoption(name) for name in ("--odoo-url", "--odoo-db", "--odoo-login"))
    return ExternalOdoo(url, database, login, _password(config))


def _password(config: pytest.Config) -> str:
    option = "--odoo-password-file"
    file = config.getoption(option)
    if not file:
        return os.environ.get("ODOO_PASSWORD", "")
    from zenoo_security.environment import read_secret_file
    from zenoo_security.errors import ConfigurationError

    try:
        return read_secret_file(option, file)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None


def _reporter(config: pytest.Config) -> Progress:
    """Return what writes long steps to the terminal although pytest captures output."""
    from zenoo_security.testing.progress import PlainProgress

    manager = config.pluginmanager.getplugin("capturemanager")
    return PlainProgress(_Uncaptured(manager.global_and_fixture_disabled if manager else nullcontext))


class _Uncaptured:
    def __init__(self, uncaptured: Callable[[], AbstractContextManager[None]]) -> None:
        self._uncaptured = uncaptured

    def write(self, text: str) -> None:
        with self._uncaptured():
            sys.stderr.write(text)
            sys.stderr.flush()

    def flush(self) -> None:
        """Have nothing left to write."""
