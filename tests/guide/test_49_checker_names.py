"""Defect 49: three names for one key; the guide's checker demanded two that its own code never read."""

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


@pytest.mark.asvs("v5.0.0-16.5.3")
def test_an_old_name_is_told_with_the_right_one(monkeypatch):
    monkeypatch.setenv("FORCE_HTTPS", "1")
    lines = ProductionSecurityChecker().run_all_checks()
    assert any(line.startswith("⚠️") and "set ZENOO_SECURITY_FORCE_HTTPS" in line for line in lines)


def test_a_name_with_a_mistake_protects_nothing_and_is_told(monkeypatch):
    monkeypatch.setenv("ZENOO_SECURITY_LOCKOUT_DURATOIN", "600")
    lines = ProductionSecurityChecker().run_all_checks()
    assert any(line.startswith("❌") and "is ZENOO_SECURITY_LOCKOUT_DURATION meant?" in line for line in lines)


def test_what_nothing_reads_is_not_demanded():
    """SECRET_KEY and DATABASE_PASSWORD are no settings of anything here."""
    assert not any("SECRET_KEY" in line or "DATABASE" in line for line in ProductionSecurityChecker().run_all_checks())
