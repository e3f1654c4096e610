"""Defect 51: an unset ADMIN_PASSWORD was "strong"; four words were weak; no severity, no exit code, only the environment."""

from __future__ import annotations

import os

import pytest

from zenoo_security import ProductionSecurityChecker
from zenoo_security.checks import Severity, Status


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    """The environment of a machine on which nothing was set."""
    for name in list(os.environ):
        if name not in {"PATH", "HOME", "PYTHONPATH"}:
            monkeypatch.delenv(name)


@pytest.mark.asvs("v5.0.0-13.2.3")
def test_what_is_not_set_is_not_strong():
    """Nothing to look at is no pass, and no line says a good word of a password."""
    lines = ProductionSecurityChecker().run_all_checks()
    (line,) = [line for line in lines if "(ENV-02)" in line]
    assert line.startswith("⏭️ Not checked: ")
    assert not [line for line in lines if "strong" in line.lower()]


@pytest.mark.asvs("v5.0.0-13.2.3")
@pytest.mark.parametrize(
    "password",
    ["admin", "Password", "123456", "odoo", "Admin123", "letmein", "changeme-in-production", "aaaaaaaaaaaaaaaa"],
)
def test_more_than_four_words_are_weak(monkeypatch, password):
    monkeypatch.setenv("ADMIN_PASSWORD", password)
    assert any(
        line.startswith("❌") and "ADMIN_PASSWORD is short" in line
        for line in ProductionSecurityChecker().run_all_checks()
    )


def test_a_password_of_ones_own_passes(monkeypatch):
    monkeypatch.setenv("ADMIN_PASSWORD", "q7Xv-2mZk-98Rt-wLpd")
    assert any(line.startswith("✅") and "(ENV-02)" in line for line in ProductionSecurityChecker().run_all_checks())


def test_there_is_more_than_the_environment_and_each_finding_has_a_severity(tmp_path):
    path = tmp_path / "odoo.conf"
    path.write_text("[options]\n")
    report = ProductionSecurityChecker(conf=path).report()
    assert report.views == ("env", "conf")
    worst = report.findings[0]
    assert (worst.status, worst.severity) == (Status.FAIL, Severity.CRITICAL)
    assert worst.check.fix
    assert report.exit_code(Severity.HIGH) == 1
    assert report.grade == "F"


def test_lines_are_of_the_guides_kind():
    """A mark, a sentence, and the id by which the finding is looked up."""
    lines = ProductionSecurityChecker().run_all_checks()
    assert all(isinstance(line, str) and line.split()[0] in {"✅", "❌", "⚠️", "⏭️"} for line in lines)
    assert {line.rpartition("(")[2] for line in lines} == {f"ENV-{number:02})" for number in range(1, 17)}
