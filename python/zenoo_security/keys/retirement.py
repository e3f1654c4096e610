"""Whether a key may be retired: what it sealed is counted where it lies, and nothing of it may be left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.errors import KeyInUse
from zenoo_security.fields.declaration import TEXT_TYPES
from zenoo_security.keys.sealed import ENROLLED, usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.fields import EncryptedFields
    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["Use", "require_unused", "uses_in_odoo", "uses_in_store"]


class Use(NamedTuple):
    """What one place holds that needs a key.

    Attributes:
        place: `MODEL.FIELD` of Odoo, or what a store holds.
        records: how many.
        remedy: what makes it none.
    """

    place: str
    records: int
    remedy: str


async def uses_in_odoo(
    client: SecureZenooClient, fields: EncryptedFields, key_ring: KeyRing, key_id: int
) -> tuple[list[Use], list[str]]:
    """Count the values of a key in all declared fields, as the user of the client sees them.

    Args:
        client: logged in, made without `encrypted_fields`.
        fields: the declaration.
        key_ring: the ring.
        key_id: the key.

    Returns:
        What was counted, and why there may be more: records that are hidden from this user, and misplaced tokens.

    Raises:
        OdooUnavailable: Odoo is down or slow.
        PermissionDenied: the user may not read a model.
    """
    from zenoo_security import jobs  # noqa: PLC0415 - needs the extra rpc, which a ring for sessions alone does not
    from zenoo_security.jobs.caller import identify  # noqa: PLC0415

    caller = await identify(client)
    report = await jobs.status(client, fields, key_ring)
    found = {name: field.found.keys.get(key_id, 0) for name, field in report.fields.items() if field.found}
    uses = [Use(name, count, "zenoo-security fields rotate") for name, count in found.items()]
    return uses, [*caller.warnings, *await _misplaced(client, fields, caller.context)]


async def _misplaced(client: SecureZenooClient, fields: EncryptedFields, context: dict[str, Any]) -> list[str]:
    """Tokens in Odoo's own field, from the time when that was the column: jobs count them as values in the clear."""
    from zenoo_security.jobs.targets import select  # noqa: PLC0415

    unknown = []
    for target in select(fields):
        if target.own is not None and target.declaration.type in TEXT_TYPES:
            domain = [(target.own, "=like", "zs1.%")]
            count = await client.execute_kw(target.model, "search_count", [domain], context=context)
            if count:
                unknown.append(f"{count} tokens in {target.name} itself: run zenoo-security fields encrypt first")
    return unknown


async def uses_in_store(store: Store, key_ring: KeyRing, key_id: int) -> list[Use]:
    """Count the records of a store that need a key.

    Args:
        store: the store.
        key_ring: the ring.
        key_id: the key.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    counts = await usage(store, key_ring)
    return [Use(place, counted[key_id], _remedy(place)) for place, counted in counts.items()]


def _remedy(place: str) -> str:
    return "zenoo-security keys reseal" if place == ENROLLED else "wait a day: they end by themselves"


def require_unused(key_id: int, uses: Iterable[Use]) -> None:
    """Refuse to retire a key while anything is left that it sealed.

    Args:
        key_id: the key.
        uses: what was counted.

    Raises:
        KeyInUse: with the counts, and what makes them none.

    >>> require_unused(1, [Use("res.partner.email", 0, "zenoo-security fields rotate")])
    """
    left = [use for use in uses if use.records]
    if left:
        counts = ", ".join(f"{use.place} {use.records}" for use in left)
        remedies = "; ".join(dict.fromkeys(use.remedy for use in left))
        raise KeyInUse(f"key {key_id} is in use: {counts}. First: {remedies}", sum(use.records for use in left))
