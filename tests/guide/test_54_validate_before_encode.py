"""Defect 54: the guide escaped HTML before it validated, so that the validator never saw a `<`."""

from __future__ import annotations

import pytest

from zenoo_security import create_partner_secure
from zenoo_security.errors import InvalidFields


class FakeClient:
    def __init__(self):
        self.created = []

    async def create(self, model, values):
        self.created.append(values)
        return 1


@pytest.mark.asvs("v5.0.0-1.1.1", "v5.0.0-1.1.2")
async def test_markup_in_a_name_is_refused_and_never_created():
    client = FakeClient()
    with pytest.raises(InvalidFields) as caught:
        await create_partner_secure(client, {"name": "<script>"})
    assert caught.value.code == "name_characters"
    assert client.created == []


async def test_what_is_accepted_is_stored_without_entities():
    client = FakeClient()
    data = {"name": "O'Brien & Söhne", "website": "https://example.com/?a=1&b=2"}
    await create_partner_secure(client, data)
    assert client.created == [data]
