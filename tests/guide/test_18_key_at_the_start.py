"""Defect 18: the guide took any text for its key and failed at the first login."""

from __future__ import annotations

import pytest

from zenoo_security import SecureAuthManager, SecurityConfig
from zenoo_security.errors import ConfigurationError, KeyRingError


@pytest.mark.parametrize("key_ring", ["sesame", "{}", '{"keys": []}', "[]", "null"])
def test_what_is_no_key_ring_is_refused_before_the_first_login(odoo, key_ring):
    with pytest.raises(KeyRingError) as raised:
        SecureAuthManager(SecurityConfig(key_ring=key_ring), odoo=odoo)
    assert "sesame" not in str(raised.value)


def test_no_key_ring_is_refused_too(odoo, monkeypatch):
    monkeypatch.delenv("ZENOO_SECURITY_KEY_RING", raising=False)
    monkeypatch.delenv("ZENOO_SECURITY_KEY_RING_FILE", raising=False)
    with pytest.raises(ConfigurationError, match="KEY_RING_FILE"):
        SecureAuthManager(SecurityConfig(), odoo=odoo)
