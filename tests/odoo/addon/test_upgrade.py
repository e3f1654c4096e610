"""`-u zenoo_security` on a database in use: events, failed logins, second factors and hashes stay as they are."""

from __future__ import annotations

import pytest

import odoo_command
from odoo_entrances import Entrances
from odoo_second_factor import Enrolled

pytestmark = pytest.mark.odoo

ADDRESS = "198.51.100.77"
TABLES = """
    SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
    WHERE table_schema = 'zenoo_security'
        OR table_name IN ('zenoo_security_event', 'zenoo_security_recovery_code', 'zenoo_security_totp_step')
"""
USERS = "SELECT id, login, password, totp_secret FROM res_users ORDER BY id"


def kept(database):
    """What the addon has written, by table."""
    names = [row["name"] for row in database.sql(TABLES)]
    rows = {name: database.sql(f"SELECT t::text AS row FROM {name} t ORDER BY 1") for name in names}
    return {**rows, "users": database.sql(USERS)}


@pytest.mark.asvs("16.4.2")
def test_an_upgrade_keeps_what_the_addon_has_written(addon_server, addon_database, tmp_path):
    enrolled = Enrolled(addon_database, ADDRESS)
    guessed = addon_database.create_user()
    form = Entrances(addon_database).form
    assert not any(form(guessed.login, "wrong", ADDRESS) for _ in range(6))
    before = kept(addon_database)
    assert len([name for name, rows in before.items() if rows]) >= 5
    log = tmp_path / "log"
    assert odoo_command.run(addon_server, "-d", addon_database.name, "-u", "zenoo_security", "--no-http", log=log) == 0
    assert kept(addon_database) == before
    assert not form(guessed.login, guessed.password, ADDRESS)
    assert enrolled.enter(enrolled.codes[0]) is None
