"""Refuse bad input; create, read and find a partner whose fields are encrypted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zenoo_security.client import SecureZenooClient
from zenoo_security.columns import create_columns
from zenoo_security.demo.scene import Scene, Step
from zenoo_security.errors import InvalidInput
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.keyring import KeyRing
from zenoo_security.partner import SecurePartnerInput, create_partner_secure

__all__ = ["STEPS"]

PARTNER = {
    "name": "O'Brien & Söhne",
    "email": "office@obrien-soehne.example",
    "phone": "+49 30 901820",
    "vat": "DE136695976",
}
BAD = (
    {"name": "<script>alert(1)</script>"},
    {"name": "Bob", "email": "bob@example.com\r\nBcc: everyone@example.com"},
    {"name": "Bob", "website": "javascript:alert(1)"},
    {"name": "Bob", "group_ids": [(4, 2)]},
)
FIELDS = EncryptedFields(
    {
        "res.partner": {
            "email": Encrypted(index="email", column="x_email_enc"),
            "phone": Encrypted(index="digits", column="x_phone_enc"),
            "vat": Encrypted(column="x_vat_enc"),
        }
    }
)


async def refuse(scene: Scene) -> None:
    """Four inputs that no form should let through."""
    for data in BAD:
        try:
            SecurePartnerInput.parse(data)
        except InvalidInput as error:
            scene.say(f"refused: {error}")
        else:
            scene.expect(False, "a bad input was accepted")


@asynccontextmanager
async def _client(scene: Scene, key_ring: KeyRing | None) -> AsyncIterator[SecureZenooClient]:
    """A client of the user with few rights; without a key ring it sees what Odoo holds."""
    assert scene.user is not None
    fields = FIELDS if key_ring else None
    async with SecureZenooClient(scene.url, encrypted_fields=fields, key_ring=key_ring) as client:
        await client.login(scene.database, scene.user.login, scene.user.password)
        yield client


async def create(scene: Scene) -> None:
    """Create the partner, and show it as PostgreSQL holds it and as the client reads it."""
    async with SecureZenooClient(scene.url) as admin:
        await admin.login(scene.database, scene.admin.login, scene.admin.password)
        await create_columns(admin, FIELDS)
    scene.key_ring = KeyRing.generate()
    async with _client(scene, scene.key_ring) as client:
        scene.partner_id = await create_partner_secure(client, PARTNER)
        for name, value in (await _stored(scene)).items():
            scene.say(f"  stored  {name}: {value}")
            scene.expect(value not in PARTNER.values() or name == "name", f"{name} is stored in the clear")
        row = (await client.read("res.partner", [scene.partner_id], list(PARTNER)))[0]
        for name, value in PARTNER.items():
            scene.say(f"  read    {name}: {row[name]}")
        scene.expect(row["name"] == PARTNER["name"], "the name was mangled")
        scene.expect(row["email"] == PARTNER["email"] and row["vat"] == PARTNER["vat"], "the fields came back changed")


async def _stored(scene: Scene) -> dict[str, str]:
    """The row without any key: from PostgreSQL, or by RPC where its tables are out of reach."""
    columns = ["name", "email", "phone", "vat", "x_email_enc", "x_email_idx", "x_phone_enc", "x_phone_idx", "x_vat_enc"]
    if scene.query is not None:
        values = scene.query(f"SELECT {', '.join(columns)} FROM res_partner WHERE id = {scene.partner_id}")[0]  # noqa: S608 - constants and an int
    else:
        async with _client(scene, None) as client:
            row = (await client.read("res.partner", [scene.partner_id], columns))[0]
            values = [str(row[name] or "") for name in columns]
    return dict(zip(columns, values, strict=True))


async def find(scene: Scene) -> None:
    """The server compares blind indexes; it never sees the address."""
    async with _client(scene, scene.key_ring) as client:
        rows = await client.search_read("res.partner", [("email", "=", PARTNER["email"].upper())], fields=["name"])
        scene.say(f"found by e-mail, in capitals: {[row['name'] for row in rows]}")
        scene.expect([row["id"] for row in rows] == [scene.partner_id], "the partner was not found by its e-mail")


STEPS = (
    Step("Refuse bad input", "Each with the field and the reason, never with the input.", refuse),
    Step(
        "Create a partner with encrypted fields",
        "E-mail, phone and VAT go to columns of their own; the key ring stays here.",
        create,
    ),
    Step("Find it by e-mail", "Exact match through the blind index.", find),
)
