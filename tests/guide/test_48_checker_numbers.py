"""Defect 48: a number with a mistake in it ended the guide's program with a bare ValueError."""

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
@pytest.mark.parametrize("value", ["abc", "", "1e9", "-1", "1000000000"])
def test_a_wrong_number_is_a_finding_and_what_needs_it_no_pass(monkeypatch, value):
    """The other checks go on."""
    monkeypatch.setenv("ZENOO_SECURITY_LOCKOUT_DURATION", value)
    by_id = {line.rpartition("(")[2].rstrip(")"): line for line in ProductionSecurityChecker().run_all_checks()}
    assert by_id["ENV-05"].startswith("❌ Every setting is understood: ZENOO_SECURITY_LOCKOUT_DURATION: ")
    assert by_id["ENV-13"].startswith("❌ Not possible to check: ")
    assert len(by_id) == 16
