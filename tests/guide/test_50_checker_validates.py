"""Defect 50: nothing called the guide's `validate()`; the checker says what it would have."""

from __future__ import annotations

import os

import pytest

from zenoo_security import ProductionSecurityChecker


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    """The environment of a machine on which nothing was set."""
    for name in list(os.environ):
        if name not in {"PATH", "HOME", "PYTHONPATH"}:
            monkeypatch.delenv(name)


@pytest.mark.asvs("v5.0.0-11.2.3", "v5.0.0-12.3.2")
def test_what_production_needs_is_looked_for(monkeypatch):
    """A key ring, and a way to Odoo that nobody can read."""
    monkeypatch.setenv("ZENOO_SECURITY_ODOO_URL", "http://odoo.invalid")
    monkeypatch.setenv("ZENOO_SECURITY_ODOO_LOGIN", "portal")
    lines = ProductionSecurityChecker().run_all_checks()
    assert any(line.startswith("❌") and "no key ring" in line and "(ENV-01)" in line for line in lines)
    assert any(line.startswith("❌") and "plain http to another machine" in line for line in lines)
