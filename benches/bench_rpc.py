"""Encrypted fields through RPC, on a real Odoo that is started for these rows alone."""

from __future__ import annotations

import asyncio
import atexit
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness import Row

from zenoo_security import Encrypted, EncryptedFields, KeyRing, SecureZenooClient
from zenoo_security.client import ensure_columns
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.progress import PlainProgress

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from zenoo_security.testing.database import OdooDatabase

MODEL = "res.partner"
PARTNERS = 10_000
BATCH = 1_000
FIELDS = EncryptedFields(
    {
        MODEL: {
            "email": Encrypted(index="email"),
            "phone": Encrypted(index="digits"),
            "vat": Encrypted(),
            "ref": Encrypted(),
        }
    }
)
NAMES = ["name", "email", "phone", "vat", "ref"]
COLUMNS = ["name", "x_email_enc", "x_phone_enc", "x_vat_enc", "x_ref_enc"]
UNDECRYPTED = "the same columns, not decrypted"


def partner(number: int) -> dict[str, str]:
    """A partner of ordinary lengths."""
    return {
        "name": f"Partner {number}",
        "email": f"anna.schmidt{number:06}@example.com",
        "phone": f"+49 30 1234{number:06}",
        "vat": f"DE{number:09}",
        "ref": f"Customer {number:06}",
    }


class Scene:
    """An Odoo with partners whose fields are encrypted, and two clients of it: one with keys and one without."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.key_ring = KeyRing.generate()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @cached_property
    def database(self) -> OdooDatabase:
        odoo = LocalOdoo(progress=PlainProgress(sys.stderr))
        odoo.start()
        atexit.register(odoo.stop)
        return odoo.create_database()

    @cached_property
    def plain(self) -> SecureZenooClient:
        return self.run(self._log_in(SecureZenooClient(self.database.url)))

    @cached_property
    def secure(self) -> SecureZenooClient:
        client = SecureZenooClient(self.database.url, encrypted_fields=FIELDS, key_ring=self.key_ring)
        self.run(ensure_columns(self.plain, FIELDS))
        return self.run(self._log_in(client))

    @cached_property
    def ids(self) -> list[int]:
        return self.run(self._create())

    async def _log_in(self, client: SecureZenooClient) -> SecureZenooClient:
        await client.login(self.database.name, self.database.admin_login, self.database.admin_password)
        return client

    async def _create(self) -> list[int]:
        created: list[int] = []
        for start in range(0, PARTNERS, BATCH):
            rows = [partner(number) for number in range(start, start + BATCH)]
            created += await self.secure.create(MODEL, rows, {"tracking_disable": True})
        return created

    def read(self) -> list[dict[str, Any]]:
        return self.run(self.secure.read(MODEL, self.ids, NAMES))

    def read_columns(self) -> list[dict[str, Any]]:
        return self.run(self.plain.read(MODEL, self.ids, COLUMNS))

    def check_reads(self) -> None:
        """Both read all rows, and the one what was written."""
        rows = self.read()
        assert [{name: row[name] for name in NAMES} for row in rows] == [partner(number) for number in range(PARTNERS)]
        assert all(row["x_ref_enc"].startswith("zs1.") for row in self.read_columns())


def rows() -> list[Row]:
    """Every row of the family."""
    scene = Scene()
    return [
        Row(
            name=f"read {PARTNERS:,} partners with four encrypted fields through RPC",
            ours=scene.read,
            peers={UNDECRYPTED: scene.read_columns},
            at_most_percent_more={UNDECRYPTED: 8},
            check=scene.check_reads,
        ),
    ]
