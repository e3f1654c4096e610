"""Odoo with the addon's encrypted fields, and models that have some."""

from __future__ import annotations

from pathlib import Path

import pytest

from patients import PATIENT, VALUES
from zenoo_security import KeyRing, keyring
from zenoo_security.testing import LocalOdoo

ADDONS = Path(__file__).parent / "addons"


@pytest.fixture(scope="session")
def fields_ring() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture(scope="session")
def fields_server(request, fields_ring, tmp_path_factory):
    if request.config.getoption("--odoo-url"):
        pytest.skip("the addon is tested on the local Odoo")
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keyring.save(fields_ring, path)
    with LocalOdoo(addons=[ADDONS], settings={"zenoo_security": {"key_ring_file": path}}) as server:
        yield server


@pytest.fixture(scope="session")
def fields_installed(fields_server):
    """A database with the models, to be copied."""
    database = fields_server.create_database()
    database.install("zenoo_fields_test")
    return database


@pytest.fixture(scope="module")
def fields_database(fields_server, fields_installed):
    database = fields_server.create_database(like=fields_installed)
    yield database
    fields_server.drop_database(database.name)


@pytest.fixture
def patient(fields_database):
    """A patient that is gone after the test."""
    record = fields_database.call(PATIENT, "create", {"name": "Anna", **VALUES})
    yield record
    fields_database.call(PATIENT, "unlink", [record])
