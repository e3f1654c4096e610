"""Defect 48: int("abc") was a bare ValueError without a name, and no number had an upper bound."""

from __future__ import annotations

import pytest

from zenoo_security import SecurityConfig
from zenoo_security.errors import ConfigurationError


def test_what_is_no_number_names_its_variable(monkeypatch):
    """The error is ours, and says which variable and what is allowed."""
    monkeypatch.setenv("ZENOO_SECURITY_LOCKOUT_DURATION", "abc")
    with pytest.raises(ConfigurationError, match=r"ZENOO_SECURITY_LOCKOUT_DURATION.*from 30 to 86400") as raised:
        SecurityConfig()
    assert "abc" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOCKOUT_DURATION", 10**9),
        ("SESSION_TIMEOUT", 315_360_000),
        ("HSTS_MAX_AGE", 0),
        ("MAX_FAILED_ATTEMPTS", 10**6),
    ],
)
def test_a_number_that_switches_protection_off_is_refused(monkeypatch, name, value):
    """A lockout of 31 years, a session of ten, HSTS of nothing, a million guesses."""
    monkeypatch.setenv(f"ZENOO_SECURITY_{name}", str(value))
    with pytest.raises(ConfigurationError, match=name):
        SecurityConfig()
