"""Defect 46: the guide's dataclass printed the encryption key in its repr."""

from __future__ import annotations

import pytest

from zenoo_security import SecurityConfig


@pytest.mark.asvs("v5.0.0-16.2.5")
def test_no_form_of_the_configuration_shows_a_secret():
    """repr, str, format, the dump and its JSON hide all three secrets."""
    config = SecurityConfig(key_ring="sesame-ring", encryption_key="sesame-key", encryption_salt="sesame-salt")
    shown = f"{config!r} {config} {config.model_dump()} {config.model_dump_json()} {vars(config)}"
    assert "sesame" not in shown
    assert config.encryption_key.get_secret_value() == "sesame-key"
