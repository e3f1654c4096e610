"""The addons on a database that is full of contacts: installed, upgraded and uninstalled, and nothing is lost."""

from __future__ import annotations

import pytest

from partner_lifecycle import ADDON, Lifecycle

pytestmark = pytest.mark.odoo

# Two batches of each column.
MANY = 1_500


@pytest.fixture(scope="module")
def life(fields_server):
    made = Lifecycle(fields_server, (ADDON,), MANY)
    yield made
    fields_server.drop_database(made.database.name)


def test_an_installation_that_is_killed_changes_nothing(life):
    life.kill_installation()
    assert life.is_as_before()


@pytest.mark.asvs("11.3.2", "14.2.4")
def test_it_is_installed_at_the_second_attempt(life):
    life.install()
    assert all(not value or value.startswith("zs1.") for row in life.stored() for value in row.values())
    assert life.read() == life.before


def test_an_upgrade_keeps_what_is_stored(life):
    tokens = life.stored()
    life.upgrade()
    assert life.stored() == tokens
    assert life.read() == life.before


def test_an_uninstallation_leaves_the_table_as_it_was(life):
    life.uninstall()
    assert life.is_as_before()
    assert life.read() == life.before
