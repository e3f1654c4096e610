"""Defect 50: from_environment() never called validate()."""

from __future__ import annotations

import pytest

from zenoo_security import KeyRing, SecurityConfig
from zenoo_security.errors import ConfigurationError, InsecureTransport


def test_from_environment_validates(monkeypatch):
    """Without a key, and with a way to Odoo in the clear, no configuration comes out."""
    monkeypatch.delenv("ZENOO_SECURITY_KEY_RING", raising=False)
    with pytest.raises(ConfigurationError, match="no key ring: set ZENOO_SECURITY_KEY_RING_FILE"):
        SecurityConfig.from_environment()
    ring = KeyRing.generate()
    monkeypatch.setenv("ZENOO_SECURITY_KEY_RING", ring.to_json())
    assert SecurityConfig.from_environment().load_key_ring().to_json() == ring.to_json()
    monkeypatch.setenv("ZENOO_SECURITY_ODOO_URL", "http://odoo.example.com")
    with pytest.raises(InsecureTransport):
        SecurityConfig.from_environment()
