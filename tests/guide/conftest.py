"""What the guide's authentication manager is tested with: ours, on an Odoo in memory."""

from __future__ import annotations

import pytest

from scripted_odoo import ScriptedOdoo
from zenoo_security import KeyRing, SecureAuthManager, SecurityConfig
from zenoo_security.stores.memory import MemoryStore


@pytest.fixture
def odoo():
    return ScriptedOdoo()


@pytest.fixture
def auth(odoo):
    config = SecurityConfig(refusal_duration_ms=100)
    return SecureAuthManager(config, store=MemoryStore(), key_ring=KeyRing.generate(), odoo=odoo)
