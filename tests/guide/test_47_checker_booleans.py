"""Defect 47: the guide's checker knew one boolean, "true"; DEBUG=1 passed as disabled, FORCE_HTTPS=1 as not enforced."""

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


@pytest.mark.asvs("v5.0.0-13.4.2")
@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "on", "2", "enabled"])
def test_debug_is_on_whatever_word_says_so(monkeypatch, value):
    """What is not understood is no less debug."""
    monkeypatch.setenv("DEBUG", value)
    lines = ProductionSecurityChecker().run_all_checks()
    assert "❌ Nothing that is for development is on: DEBUG is on (ENV-06)" in lines


@pytest.mark.parametrize("value", ["0", "false", "no", "off", ""])
def test_and_off_alike(monkeypatch, value):
    monkeypatch.setenv("DEBUG", value)
    assert "✅ Nothing that is for development is on (ENV-06)" in ProductionSecurityChecker().run_all_checks()


def test_https_is_enforced_whatever_word_says_so(monkeypatch):
    for value, off in (("1", False), ("yes", False), ("0", True), ("off", True)):
        monkeypatch.setenv("ZENOO_SECURITY_FORCE_HTTPS", value)
        lines = ProductionSecurityChecker().run_all_checks()
        assert any("FORCE_HTTPS is off" in line for line in lines) is off
