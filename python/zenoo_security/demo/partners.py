"""Refuse bad input; create, read and find a partner whose fields are encrypted."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from zenoo_security.client import SecureZenooClient, ensure_columns
from zenoo_security.demo.scene import Scene, Step, administrator, expect
from zenoo_security.errors import InvalidInput, LocalOdooError
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.partner import SecurePartnerInput, create_partner_secure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.roles import AccessControlManager

__all__ = ["FIELDS", "STEPS", "client_of"]

PARTNER = {
    "name": "O'Brien & Söhne",
    "email": "office@obrien-soehne.example",
    "phone": "+4930901820",
    "vat": "DE136695976",
}
BAD_INPUTS: tuple[dict[str, object], ...] = (
    {"name": "<script>alert(1)</script>"},
    {"name": "Bob", "email": "bob@example.com\r\nBcc: everyone@example.com"},
    {"name": "Bob", "website": "javascript:alert(1)"},
    {"name": "Bob", "group_ids": [[4, 2]]},
)
FIELDS = EncryptedFields(
    {
        "res.partner": {
            "email": Encrypted(index="email", plaintext="allow"),
            "phone": Encrypted(index="digits", plaintext="allow"),
            "vat": Encrypted(plaintext="allow"),
        }
    }
)
COLUMNS = ("name", "email", "phone", "vat", "x_email_enc", "x_email_idx", "x_phone_enc", "x_phone_idx", "x_vat_enc")


async def _refuse(scene: Scene) -> None:
    for data in BAD_INPUTS:
        scene.say(f"refused: {_reason(data)}")


def _reason(data: dict[str, object]) -> str:
    try:
        SecurePartnerInput.parse(data)
    except InvalidInput as error:
        return str(error)
    expect(False, "a bad input was accepted")
    return ""


async def _create(scene: Scene) -> None:
    async with administrator(scene) as admin:
        await ensure_columns(admin, FIELDS)
    async with client_of(scene) as client:
        scene.partner_id = await create_partner_secure(client, PARTNER)
        found = await client.search_count("res.partner", [("id", "=", scene.partner_id)])
    expect(found == 1, "the partner is not there")
    scene.say(f"created partner {scene.partner_id}")


async def _look(scene: Scene) -> None:
    stored = await _without_keys(scene)
    for name, value in stored.items():
        scene.say(f"stored  {name:12} {value or '-'}")
    async with client_of(scene) as client:
        [row] = await client.read("res.partner", [scene.partner_id], list(PARTNER))
    for name in PARTNER:
        scene.say(f"read    {name:12} {row[name]}")
    secrets = set(PARTNER.values()) - {PARTNER["name"]}
    expect(
        not any(secret in str(value) for secret in secrets for value in stored.values()),
        "a value is stored in the clear",
    )
    expect({name: row[name] for name in PARTNER} == PARTNER, "what was read is not what was written")


@asynccontextmanager
async def client_of(scene: Scene, *, access: AccessControlManager | None = None) -> AsyncIterator[SecureZenooClient]:
    """A client of the user with few rights, which encrypts and decrypts."""
    async with SecureZenooClient(
        scene.database.url, encrypted_fields=FIELDS, key_ring=scene.key_ring, access=access
    ) as client:
        await client.login(scene.database.name, scene.user.login, scene.user.password)
        yield client


async def _without_keys(scene: Scene) -> dict[str, Any]:
    """The row as PostgreSQL holds it; where its tables are out of reach, as Odoo gives it to a client without keys."""
    try:
        [row] = scene.database.sql("SELECT * FROM res_partner WHERE id = %s", [scene.partner_id])
    except LocalOdooError:
        async with SecureZenooClient(scene.database.url) as client:
            await client.login(scene.database.name, scene.user.login, scene.user.password)
            [row] = await client.read("res.partner", [scene.partner_id], list(COLUMNS))
    return {name: row[name] for name in COLUMNS}


async def _find(scene: Scene) -> None:
    async with client_of(scene) as client:
        rows = await client.search_read("res.partner", [("email", "=", PARTNER["email"].upper())], fields=["name"])
    scene.say(f"searched for {PARTNER['email'].upper()}")
    expect([row["id"] for row in rows] == [scene.partner_id], "the partner was not found by its e-mail")
    scene.say(f"found partner {rows[0]['id']}, {rows[0]['name']}")


STEPS = (
    Step("Refuse bad input", "With the field and the reason, never with the input.", _refuse),
    Step(
        "Create a partner with encrypted fields",
        "E-mail, phone and VAT go to columns of their own. The keys never reach Odoo.",
        _create,
    ),
    Step("Look at it with and without the keys", "What is stored, and what the client reads from it.", _look),
    Step("Find it by its e-mail", "Odoo compares blind indexes; it never sees the address.", _find),
)
