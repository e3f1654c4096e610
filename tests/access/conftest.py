"""A client with a policy on an Odoo in memory, and the refusals that the audit log was told of."""

from __future__ import annotations

import logging

import pytest

from access.world import World
from zenoo_security.audit import LOGGER_NAME


@pytest.fixture
def world():
    return World()


@pytest.fixture
def refusals(caplog):
    """The `authz_fail` events so far."""
    caplog.set_level(logging.INFO, logger=LOGGER_NAME)
    return lambda: [
        event for record in caplog.records if (event := getattr(record, "event", {})).get("name") == "authz_fail"
    ]
