"""What docs/guide/odoo.md has administrators type into `odoo shell` does what it says there."""

from __future__ import annotations

import re

import pytest

from docs.page import code
from odoo_command import shell

pytestmark = pytest.mark.odoo
SCRIPTS = [
    script
    for block in code("docs/guide/odoo.md", "bash")
    for script in re.findall(r"<<'END'\n(.*?)END\n", block, re.DOTALL)
]
CLEAR, UNLOCK, DISABLE = SCRIPTS


@pytest.fixture
def types(addon_server, addon_database):
    """Runs a script on the database of the tests."""
    return lambda script: shell(addon_server, addon_database.name, script)


def test_the_administrator_is_let_in_again(types, addon_database, entrances):
    """Who has failed too often, from wherever, gets in at once."""
    login, password = addon_database.admin_login, addon_database.admin_password
    way = entrances["jsonrpc"]
    for _ in range(6):
        assert not way(login, "wrong", "198.51.100.7")
    assert not way(login, password, "198.51.100.7")
    types(UNLOCK)
    assert way(login, password, "198.51.100.7")


def test_the_second_factor_of_the_administrator_is_taken_away(types, addon_database):
    """Also one that no key opens any more."""
    addon_database.sql(
        "UPDATE res_users SET totp_secret = 'zs1.unreadable' WHERE login = %s", [addon_database.admin_login]
    )
    types(DISABLE)
    rows = addon_database.sql("SELECT totp_secret FROM res_users WHERE login = %s", [addon_database.admin_login])
    assert [row["totp_secret"] for row in rows] == [None]


def test_hashes_that_odoo_does_not_know_are_taken_away(types, addon_database):
    """The users are named, so that they can be sent a link."""
    user = addon_database.create_user()
    assert addon_database.login(user.login, user.password)
    said = types(CLEAR)
    assert user.login in said
    rows = addon_database.sql("SELECT password FROM res_users WHERE login = %s", [user.login])
    assert [row["password"] for row in rows] == [None]
