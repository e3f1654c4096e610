"""The guide's `SecureDataHandler`: partners whose personal data Odoo never sees in the clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zenoo_security.client import SecureZenooClient

__all__ = ["SecureDataHandler"]

_MODEL = "res.partner"


class SecureDataHandler:
    """Stores and reads partners through a `SecureZenooClient`, which holds the keys and the columns.

    The guide encrypted in place and put the text "[ENCRYPTED]" where a value could not be decrypted, so that the next
    save destroyed it. Here such a value is an `Undecryptable`, which is false in a condition and which every write
    refuses.
    """

    async def store_sensitive_partner_data(self, client: SecureZenooClient, partner_data: Mapping[str, Any]) -> int:
        """Create a partner and return its id.

        Args:
            client: logged in, with `encrypted_fields` for `res.partner`.
            partner_data: field values; not changed.

        Raises:
            ConfigurationError: the client would store the data in the clear.
            ValidationRefused: Odoo does not take the values.
        """
        self._sensitive_fields(client)
        return int(await client.create(_MODEL, dict(partner_data)))

    async def retrieve_sensitive_partner_data(
        self,
        client: SecureZenooClient,
        partner_id: int,
        *,
        fields: Sequence[str] | None = None,
    ) -> dict[str, Any] | None:
        """Read a partner, or return None where there is none.

        Args:
            client: logged in, with `encrypted_fields` for `res.partner`.
            partner_id: the record.
            fields: what to read; by default the name and the encrypted fields.
        """
        names = list(fields) if fields else ["name", *self._sensitive_fields(client)]
        rows = await client.read(_MODEL, [partner_id], names)
        return rows[0] if rows else None

    @staticmethod
    def _sensitive_fields(client: SecureZenooClient) -> list[str]:
        declared = getattr(client, "encrypted_fields", None)
        fields = list(declared.for_model(_MODEL) or ()) if declared else []
        if not fields:
            raise ConfigurationError(
                "SecureDataHandler needs a SecureZenooClient with encrypted_fields for res.partner and a key_ring",
            )
        return fields
