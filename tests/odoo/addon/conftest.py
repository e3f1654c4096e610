"""One Odoo with worker processes and the addon, for all tests of it."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from odoo_entrances import Entrances
from zenoo_security import KeyRing, keyring
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.database import hash_as_odoo

# Never reached, and so slow to come back that each request can be seen in what is left.
UNREACHED = dict.fromkeys(
    ("rpc_address_limit", "rpc_user_limit", "web_user_limit", "login_address_limit"), "100000/30 days"
)
SERVER = {"proxy_mode": True, "server_wide_modules": "base,rpc,web,zenoo_security,zenoo_dated_build"}


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory) -> Path:
    """A file with a `p`, a `k` or an `n` for each password, key or nothing that was compared with a hash."""
    path = tmp_path_factory.mktemp("looked") / "at"
    path.touch()
    return path


@pytest.fixture(scope="session")
def addon_keys(tmp_path_factory) -> Path:
    """The key ring of the server."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keyring.save(KeyRing.generate(), path)
    return path


@pytest.fixture(scope="session")
def addon_server(request, looked_at, addon_keys):
    """Four workers, the addon, and a module of the tests that notes what is compared."""
    if request.config.getoption("--odoo-url"):
        pytest.skip("the addon is tested on the local Odoo")
    with LocalOdoo(
        workers=4,
        addons=[Path(__file__).parent / "modules"],
        settings={
            "options": {**SERVER, "zenoo_looked_at": looked_at},
            "zenoo_security": {"key_ring_file": addon_keys, **UNREACHED},
        },
    ) as server:
        yield server


@pytest.fixture(scope="session")
def addon_installed(addon_server):
    """A database with the addon, to be copied. Odoo does not see it: with two to choose from it asks for one."""
    database = addon_server.create_database()
    database.install("zenoo_security", "zenoo_looked_at", "auth_signup", "auth_password_policy", "http_routing")
    addon_server.sql("postgres", f'ALTER DATABASE "{database.name}" IS_TEMPLATE true')
    return database


@pytest.fixture(scope="module")
def addon_database(addon_server, addon_installed):
    """A database with the addon. Each test has its own users and addresses: failures of one would slow down the next."""
    database = addon_server.create_database(like=addon_installed)
    yield database
    addon_server.drop_database(database.name)


@pytest.fixture
def entrances(addon_database):
    """The ways in, by name; each a function of login, password and address that tells whether it let in."""
    return Entrances(addon_database).ways()


@pytest.fixture(scope="session")
def give_api_key():
    """A function that gives a user of a database an API key."""

    def give(database, user) -> str:
        key = secrets.token_hex(20)
        database.sql(
            """INSERT INTO res_users_apikeys (name, user_id, scope, key, index) VALUES ('test', %s, 'rpc', %s, %s)
            RETURNING index""",
            [user.uid, hash_as_odoo(key, rounds=6000), key[:8]],
        )
        return key

    return give
