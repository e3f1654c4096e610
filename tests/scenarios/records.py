"""Records are created, read, written, copied, exported and deleted."""

from __future__ import annotations

from typing import Any

from scenarios.people import ANNA, BRUNO, FIELDS, NEW, people, shown


async def create_one(client: Any) -> Any:
    partner = await client.create("res.partner", {"name": "one", **ANNA})
    return partner, await shown(client, [partner])


async def create_many(client: Any) -> Any:
    ids = await people(client, "many")
    return ids, await shown(client, ids)


async def read_without_load(client: Any) -> Any:
    ids = await people(client, "load")
    return await client.execute_kw("res.partner", "read", [ids, ["email", "parent_id"]], {"load": None})


async def write_and_empty(client: Any) -> Any:
    ids = await people(client, "write")
    wrote = await client.write("res.partner", ids[:2], NEW)
    first = await shown(client, ids)
    await client.write("res.partner", ids[:1], {"email": False, "ref": None, "comment": False})
    return wrote, first, await shown(client, ids)


async def archive_and_unarchive(client: Any) -> Any:
    ids = await people(client, "archive")
    await client.execute_kw("res.partner", "action_archive", [ids[:2]])
    condition = [("email", "=", ANNA["email"]), ("name", "=like", "archive%")]
    hidden = await client.search("res.partner", condition)
    found = await client.search("res.partner", condition, context={"active_test": False})
    archived = await shown(client, ids[:2])
    await client.execute_kw("res.partner", "action_unarchive", [ids[:2]])
    return hidden, found, archived, await client.search("res.partner", condition)


async def unlink(client: Any) -> Any:
    ids = await people(client, "unlink")
    gone = await client.unlink("res.partner", ids[:2])
    return gone, await shown(client, ids), await client.search("res.partner", [("name", "=like", "unlink%")])


async def copy(client: Any) -> Any:
    ids = await people(client, "copy")
    copies = await client.execute_kw("res.partner", "copy", [ids[:2]])
    found = await client.search("res.partner", [("email", "=", ANNA["email"]), ("name", "like", "copy")], order="id")
    return copies, await shown(client, copies), found


async def copy_with_defaults(client: Any) -> Any:
    [anna, *_] = await people(client, "default")
    by_place = await client.execute_kw("res.partner", "copy", [[anna], {"name": "default 1", "email": NEW["email"]}])
    by_name = await client.execute_kw("res.partner", "copy", [[anna]], {"default": {"phone": NEW["phone"]}})
    return await shown(client, by_place + by_name)


async def export(client: Any) -> Any:
    anna, bruno, carla, dora = await people(client, "export")
    parent = await client.create("res.partner", {"name": "export parent", "email": NEW["email"]})
    await client.write("res.partner", [parent], {"child_ids": [(4, carla), (4, dora)]})
    paths = [".id", "email", "name", "child_ids/name", "phone", "ref", "email", "comment", "parent_id/name", "color"]
    by_place = await client.execute_kw("res.partner", "export_data", [[anna, parent, bruno, carla], paths])
    by_name = await client.execute_kw("res.partner", "export_data", [[dora]], {"fields_to_export": FIELDS})
    without = await client.execute_kw("res.partner", "export_data", [[bruno], ["name", "city"]])
    return by_place, by_name, without


async def metadata_and_rights(client: Any) -> Any:
    [anna, *_] = await people(client, "rights")
    [known] = await client.execute_kw("res.partner", "get_metadata", [[anna]])
    return known["id"], known["create_uid"], await client.check_model_access("res.partner", "write")


async def safe_calls(client: Any) -> Any:
    ids = await people(client, "safe")
    made = await client.safe_create("res.partner", {"name": "safe", **NEW})
    return await client.safe_read("res.partner", ids, FIELDS), await shown(client, [made])


async def pages(client: Any) -> Any:
    await people(client, "pages")
    condition = [("name", "=like", "pages%"), ("email", "!=", BRUNO["email"])]
    return [page async for page in client.search_read_pages("res.partner", condition, ["name", "email"], page_size=2)]
