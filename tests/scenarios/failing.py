"""What Odoo refuses, with and without encryption; each scenario returns the classes of the exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.people import ANNA, NEW, people, shown

if TYPE_CHECKING:
    from collections.abc import Awaitable

#: Every exception that a scenario has seen, for whoever looks for values in them.
SEEN: list[BaseException] = []


async def _failure(call: Awaitable[Any]) -> tuple[str, Any]:
    try:
        await call
    except Exception as error:  # noqa: BLE001 - all of them are compared
        SEEN.append(error)
        return type(error).__name__, getattr(error, "odoo_type", None)
    return "nothing", None


async def wrong_values(client: Any) -> Any:
    [anna, *_] = await people(client, "wrong")
    return [
        await _failure(client.create("res.partner", {"name": False, **NEW})),
        await _failure(client.create("res.partner", [{"name": "x", "type": "no such type", **NEW}])),
        await _failure(client.write("res.partner", [anna], {"parent_id": anna, "email": NEW["email"]})),
        await _failure(client.write("res.partner", [anna], {"no_such_field": 1, "ref": NEW["ref"]})),
        await _failure(client.write("res.partner", [10**8], {"email": NEW["email"]})),
        await _failure(client.execute_kw("res.partner", "copy", [[anna], {"type": "none", **NEW}])),
        await _failure(client.execute_kw("res.partner", "web_save", [[anna], {"type": "none", **NEW}, {"ref": {}}])),
        await shown(client, [anna]),
    ]


async def wrong_values_in_batches(client: Any) -> Any:
    await client.setup_batch_manager(max_chunk_size=10)
    async with client.batch() as batch:
        await batch.create("res.partner", [{"name": "batch ok", **ANNA}, {"name": False, **NEW}])
    return await shown(client, await client.search("res.partner", [("name", "=", "batch ok")]))


async def wrong_questions(client: Any) -> Any:
    mine = [("email", "=", ANNA["email"]), ("no_such_field", "=", 1)]
    return [
        await _failure(client.search("res.partner", mine)),
        await _failure(client.search("no.such.model", [("name", "=", ANNA["email"])])),
        await _failure(client.execute_kw("res.partner", "export_data", [[1], ["email", "no_such_field"]])),
    ]
