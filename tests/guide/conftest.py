"""What the guide's classes are tested with: ours, on an Odoo in memory."""

from __future__ import annotations

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from guide.encryption import Partners
from scripted_odoo import ScriptedOdoo
from zenoo_security import Encrypted, EncryptedFields, KeyRing, SecureAuthManager, SecureZenooClient, SecurityConfig
from zenoo_security.stores.memory import MemoryStore

FIELDS = EncryptedFields(
    {"res.partner": {"email": Encrypted(index="email"), "phone": Encrypted(index="digits"), "vat": Encrypted()}}
)


@pytest.fixture
def odoo():
    return ScriptedOdoo()


@pytest.fixture
def auth(odoo):
    config = SecurityConfig(refusal_duration_ms=100)
    return SecureAuthManager(config, store=MemoryStore(), key_ring=KeyRing.generate(), odoo=odoo)


@pytest.fixture
def partners():
    return Partners()


@pytest.fixture
def odoo_in_memory(partners):
    """An Odoo that speaks `/jsonrpc`, whose partners are `partners`."""
    fake = FakeOdoo()
    partners.serve(fake)
    yield fake
    fake.close()


@pytest.fixture
async def client(odoo_in_memory):
    """Our client of it, with e-mail, phone and VAT encrypted."""
    async with SecureZenooClient(odoo_in_memory.url, encrypted_fields=FIELDS, key_ring=KeyRing.generate()) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        yield client
