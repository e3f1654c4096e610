"""What the guide's `DataEncryption` and `SecureDataHandler` do, defects 37 to 45 included, and partners to do it to."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet

if TYPE_CHECKING:
    from fake_odoo import FakeOdoo

SENSITIVE = ("email", "phone", "mobile", "vat")


class GuideEncryption:
    """Fernet under PBKDF2-HMAC-SHA256 of 100,000 rounds, base64 twice; the guide reads both texts from the environment."""

    def __init__(self, password: str = "x", salt: str = "y") -> None:
        if not password or not salt:
            raise ValueError("not configured")
        key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 100_000)
        self.cipher_suite = Fernet(base64.urlsafe_b64encode(key))

    def encrypt_sensitive_data(self, data: str) -> str:
        return base64.urlsafe_b64encode(self.cipher_suite.encrypt(data.encode())).decode()

    def decrypt_sensitive_data(self, encrypted_data: str) -> str:
        return self.cipher_suite.decrypt(base64.urlsafe_b64decode(encrypted_data.encode())).decode()


class GuideDataHandler:
    """Encrypts what is not false, in place, as text; what does not open reads as `[ENCRYPTED]`."""

    def __init__(self, encryption: GuideEncryption | None = None) -> None:
        self.encryption = encryption or GuideEncryption()

    async def store_sensitive_partner_data(self, client: Any, partner_data: dict[str, Any]) -> Any:
        encrypt = self.encryption.encrypt_sensitive_data
        given = {name: value for name, value in partner_data.items() if name in SENSITIVE and value}
        return await client.create(
            "res.partner", {**partner_data, **{name: encrypt(str(value)) for name, value in given.items()}}
        )

    async def retrieve_sensitive_partner_data(self, client: Any, partner_id: int) -> dict[str, Any] | None:
        rows = await client.read("res.partner", [partner_id])
        if not rows:
            return None
        for name in SENSITIVE:
            if rows[0].get(name):
                try:
                    rows[0][name] = self.encryption.decrypt_sensitive_data(rows[0][name])
                except Exception:  # noqa: BLE001 - the guide's
                    rows[0][name] = "[ENCRYPTED]"
        return rows[0]


class Partners:
    """A table of partners as Odoo keeps it: the rows are what a database dump shows."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, Any]] = {}

    async def create(self, _model: str, values: dict[str, Any]) -> int:
        """A client's `create`, for the guide's handler."""
        return self.add([values])[0]

    async def read(self, _model: str, ids: list[int]) -> list[dict[str, Any]]:
        """A client's `read`, for the guide's handler."""
        return self.get(ids)

    def serve(self, odoo: FakeOdoo) -> None:
        """Answer the calls that our client sends to an Odoo in memory."""
        odoo.answers |= {"create": self.add, "read": self.get, "write": self.change, "search": self.find}

    def add(self, vals_list: list[dict[str, Any]] | dict[str, Any]) -> Any:
        given = vals_list if isinstance(vals_list, list) else [vals_list]
        ids = [len(self.rows) + number for number in range(1, len(given) + 1)]
        self.rows |= {number: {"id": number, **values} for number, values in zip(ids, given, strict=True)}
        return ids if isinstance(vals_list, list) else ids[0]

    def get(self, ids: list[int], fields: list[str] | None = None, **_: Any) -> list[dict[str, Any]]:
        found = [self.rows[number] for number in ids if number in self.rows]
        return [{"id": row["id"], **{name: row.get(name, False) for name in fields or row}} for row in found]

    def change(self, ids: list[int], vals: dict[str, Any]) -> bool:
        for number in ids:
            self.rows[number] |= vals
        return True

    def find(self, domain: list[Any], **_: Any) -> list[int]:
        """Only conditions that all hold, with `=`."""
        leaves = [leaf for leaf in domain if not isinstance(leaf, str)]
        return [
            number
            for number, row in self.rows.items()
            if all(row.get(name, False) == value for name, _, value in leaves)
        ]
