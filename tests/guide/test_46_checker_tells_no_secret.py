"""Defect 46: the guide printed the key with its configuration; a report on it must not."""

from __future__ import annotations

import os

import pytest

from zenoo_security import ProductionSecurityChecker
from zenoo_security.checks.output import FORMATS, render
from zenoo_security.checks.output import text as people


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    """The environment of a machine on which nothing was set."""
    for name in list(os.environ):
        if name not in {"PATH", "HOME", "PYTHONPATH"}:
            monkeypatch.delenv(name)


SECRETS = ("ADMIN_PASSWORD", "SECRET_KEY", "ENCRYPTION_KEY", "ENCRYPTION_SALT", "ZENOO_SECURITY_ODOO_PASSWORD")


@pytest.mark.asvs("v5.0.0-16.2.5", "v5.0.0-13.3.1")
def test_no_form_of_the_report_shows_a_secret(monkeypatch):
    """Each is found wrong, by the name of its variable."""
    for name in SECRETS:
        monkeypatch.setenv(name, "sesame-changeme")
    monkeypatch.setenv("ZENOO_SECURITY_KEY_RING", "sesame-ring")
    monkeypatch.setenv("ZENOO_SECURITY_STORE_URL", "redis://:sesame-store@cache.internal")
    checker = ProductionSecurityChecker()
    report = checker.report()
    shown = [repr(report), people.render(report), *checker.run_all_checks()]
    shown += [render(report, output) for output in FORMATS[1:]]
    assert "sesame" not in "\n".join(shown)
    assert "ADMIN_PASSWORD" in "\n".join(shown)
