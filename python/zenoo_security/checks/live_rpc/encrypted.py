"""What encrypted fields hold, counted as `zenoo-security fields verify` counts it; no value is kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import SecurityError

if TYPE_CHECKING:
    from zenoo_security.client import SecureZenooClient
    from zenoo_security.jobs import FieldReport

__all__ = ["read_encrypted_fields"]

_READING_S: Final = 60.0


async def read_encrypted_fields(client: SecureZenooClient) -> list[dict[str, Any]] | None:
    """A row for each field that `ZENOO_SECURITY_FIELDS_FILE` declares; None without it.

    Raises:
        SecurityError: the declaration, the key ring or Odoo; no answer within a minute is one as well.
    """
    from zenoo_security.config import SecurityConfig  # noqa: PLC0415 - pydantic
    from zenoo_security.fields import EncryptedFields  # noqa: PLC0415
    from zenoo_security.jobs import verify  # noqa: PLC0415

    config = SecurityConfig()
    if not config.fields_file:
        return None
    ring = config.load_key_ring()
    fields = EncryptedFields.from_file(config.fields_file)
    try:
        report = await asyncio.wait_for(verify(client, fields, ring), _READING_S)
    except (TimeoutError, asyncio.TimeoutError):
        raise SecurityError(f"not read after {_READING_S:g} seconds") from None
    return [_row(name, ring.primary_id, field) for name, field in report.fields.items()]


def _row(name: str, primary: int, field: FieldReport) -> dict[str, Any]:
    found = field.found
    if found is None:
        raise SecurityError(f"{name} was not read")
    return {
        "name": name,
        "primary": found.keys.get(primary, 0),
        "tokens": sum(found.keys.values()),
        "plaintext": found.plaintext,
        "index_stale": found.index_stale,
        "undecryptable": sum(found.undecryptable.values()),
    }
