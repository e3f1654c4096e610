"""An Odoo in memory with record rules."""

from __future__ import annotations

import logging

import pytest

from objects.shop import Shop
from zenoo_security.audit import LOGGER_NAME


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def refusals(caplog):
    """The `authz_fail` events so far."""
    caplog.set_level(logging.INFO, logger=LOGGER_NAME)
    return lambda: [
        event for record in caplog.records if (event := getattr(record, "event", {})).get("name") == "authz_fail"
    ]
