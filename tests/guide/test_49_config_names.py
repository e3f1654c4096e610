"""Defect 49: ZENOO_ENCRYPTION_KEY, ENCRYPTION_KEY and ENCRYPTION_PASSWORD were three names for one secret."""

from __future__ import annotations

import pytest

from zenoo_security import SecurityConfig
from zenoo_security.errors import ConfigurationError


@pytest.mark.parametrize("bare", ["ZENOO_ENCRYPTION_KEY", "ENCRYPTION_KEY", "ENCRYPTION_PASSWORD"])
def test_every_old_name_leads_to_the_one_setting(monkeypatch, bare):
    """Each is read as encryption_key and says what its name is now."""
    monkeypatch.setenv(bare, "sesame")
    with pytest.warns(DeprecationWarning, match="set ZENOO_SECURITY_ENCRYPTION_KEY"):
        config = SecurityConfig()
    assert config.encryption_key.get_secret_value() == "sesame"


def test_old_names_that_disagree_are_an_error(monkeypatch):
    """Which of two different keys is meant is not guessed."""
    monkeypatch.setenv("ENCRYPTION_KEY", "sesame")
    monkeypatch.setenv("ENCRYPTION_PASSWORD", "open")
    with pytest.raises(ConfigurationError, match="differ") as raised:
        SecurityConfig()
    assert "sesame" not in str(raised.value)


def test_a_secret_may_be_a_file(monkeypatch, tmp_path):
    """The new name with _FILE reads a file of mode 0600."""
    path = tmp_path / "key"
    path.write_text("sesame\n")
    path.chmod(0o600)
    monkeypatch.setenv("ZENOO_SECURITY_ENCRYPTION_KEY_FILE", str(path))
    assert SecurityConfig().encryption_key.get_secret_value() == "sesame"
