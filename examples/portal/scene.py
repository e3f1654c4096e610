"""An Odoo to try the portal on: three users, some partners, the columns for ciphertext, and a key ring."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from zenoo_security import EncryptedFields, KeyRing, SecureZenooClient, keyring
from zenoo_security.client import ensure_columns
from zenoo_security.testing import OdooDatabase, OdooUser

PARTNERS = [
    {"name": "O'Brien & Söhne", "email": "office@obrien.example", "phone": "+4930901820", "city": "Berlin"},
    {"name": "Azure Interior", "email": "hello@azure.example", "vat": "BE0477472701", "city": "Brussels"},
    {"name": "Deco Addict", "email": "desk@deco.example", "phone": "+33142685300", "city": "Paris"},
]
OWN = {"email": "ann@home.example", "phone": "+4930901821", "city": "Berlin"}
GROUPS = {
    "customer": ["base.group_portal"],
    "clerk": ["base.group_user", "base.group_partner_manager"],
    "manager": ["base.group_user", "base.group_partner_manager", "base.group_erp_manager"],
}


class Scene(NamedTuple):
    """What was made.

    Attributes:
        users: by their role.
        settings: for the environment of the portal.
    """

    users: dict[str, OdooUser]
    settings: dict[str, str]


def prepare(database: OdooDatabase, folder: Path) -> Scene:
    """Fill a database, and put the key ring and the store of the portal into a folder."""
    ring, path = KeyRing.generate(), folder / "key-ring.json"
    keyring.save(ring, path)
    users = {role: database.create_user(groups, login=f"{role}@example.com") for role, groups in GROUPS.items()}
    for role, user in users.items():
        database.call("res.users", "write", [user.uid], {"name": f"{role.title()} Example"})
    asyncio.run(_fill(database, ring, users["customer"]))
    settings = {
        "ZENOO_SECURITY_ODOO_URL": database.url,
        "ZENOO_SECURITY_ODOO_DATABASE": database.name,
        "ZENOO_SECURITY_KEY_RING_FILE": str(path),
        "ZENOO_SECURITY_STORE_URL": f"sqlite:///{folder / 'portal.db'}",
    }
    return Scene(users, settings)


async def _fill(database: OdooDatabase, ring: KeyRing, customer: OdooUser) -> None:
    fields = EncryptedFields.from_file(Path(__file__).parent / "fields.toml")
    async with SecureZenooClient(database.url) as plain:  # as `zenoo-security fields create` does
        await plain.login(database.name, database.admin_login, database.admin_password)
        await ensure_columns(plain, fields)
    async with SecureZenooClient(database.url, encrypted_fields=fields, key_ring=ring) as client:
        await client.login(database.name, database.admin_login, database.admin_password)
        await client.create("res.partner", PARTNERS)
        [user] = await client.read("res.users", [customer.uid], ["partner_id"])
        await client.write("res.partner", [user["partner_id"][0]], OWN)
