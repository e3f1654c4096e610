"""The partners of the scenarios, and the values that must not be seen anywhere but in results."""

from __future__ import annotations

from typing import Any

ANNA = {
    "email": "Anna.Kowalska@secret-mail.example",
    "phone": "+49 30 7654321-0",
    "vat": "BE-secret-0477",
    "ref": "REF/secret-0815",
    "function": "Secret Councillor",
    "comment": "<p>pays <b>secretly</b> in gold, naïve &amp; late</p>",
}
BRUNO = {
    "email": "bruno@secret-mail.example",
    "phone": "(030) 1112223",
    "vat": "DE-secret-1234",
    "ref": "ref-secret-b",
    "function": "Hidden Clerk",
    "comment": "<p>owes a secret</p>",
}
NEW = {
    "email": "new.address@secret-mail.example",
    "phone": "+43 1 9998887",
    "vat": "FR-secret-4030",
    "ref": "REF/secret-4711",
    "function": "Veiled Envoy",
    "comment": "<p>moved secretly</p>",
}
FIELDS = list(ANNA)


def secrets(fields: set[str]) -> list[str]:
    """Every value of these fields, also as JSON writes it."""
    values = [person[name] for person in (ANNA, BRUNO, NEW) for name in fields]
    return values + [value.encode("unicode_escape").decode() for value in values if not value.isascii()]


async def people(client: Any, tag: str) -> list[int]:
    """Make four partners: two with all values, one with an e-mail address only, one with none."""
    return await client.create(
        "res.partner",
        [
            {"name": f"{tag} Anna", "city": "Berlin", "color": 1, **ANNA},
            {"name": f"{tag} Bruno", "city": "Berlin", "color": 2, **BRUNO},
            {"name": f"{tag} Carla", "city": "Graz", "color": 3, "email": NEW["email"]},
            {"name": f"{tag} Dora", "city": "Graz", "color": 4},
        ],
    )


async def shown(client: Any, ids: list[int]) -> list[dict[str, Any]]:
    """What the partners hold."""
    return await client.read("res.partner", ids, ["name", "city", "active", *FIELDS])
