"""The calls of Odoo's web client."""

from __future__ import annotations

from typing import Any

from scenarios.people import ANNA, BRUNO, NEW, people, shown

SPECIFICATION = {
    "name": {},
    "email": {},
    "ref": {},
    "comment": {},
    "parent_id": {"fields": {"display_name": {}}},
    "child_ids": {"fields": {"name": {}}, "limit": 2, "order": "name"},
}


async def web_read(client: Any) -> Any:
    anna, bruno, *_ = ids = await people(client, "web read")
    await client.write("res.partner", [bruno], {"parent_id": anna})
    return [
        await client.execute_kw("res.partner", "web_read", [ids, SPECIFICATION]),
        await client.execute_kw("res.partner", "web_read", [ids], {"specification": {"phone": {}}}),
        await client.execute_kw("res.partner", "web_read", [ids, {}]),
    ]


async def web_search_read(client: Any) -> Any:
    await people(client, "web search")
    mine = [("name", "=like", "web search%"), ("email", "!=", BRUNO["email"])]
    keywords = {"domain": mine, "specification": {"phone": {}}, "limit": 1, "order": "name desc", "count_limit": 100}
    return [
        await client.execute_kw("res.partner", "web_search_read", [mine, SPECIFICATION, 0, 2, "name"]),
        await client.execute_kw("res.partner", "web_search_read", [], keywords),
        await client.execute_kw("res.partner", "web_search_read", [[("ref", "=", "nothing")], {"email": {}}]),
    ]


async def web_save(client: Any) -> Any:
    made = await client.execute_kw("res.partner", "web_save", [[], {"name": "web save", **ANNA}, SPECIFICATION])
    ids = [row["id"] for row in made]
    changed = await client.execute_kw("res.partner", "web_save", [ids, NEW], {"specification": SPECIFICATION})
    other = await client.create("res.partner", {"name": "web next", **BRUNO})
    beside = await client.execute_kw(
        "res.partner", "web_save", [ids, {"email": False}, {"email": {}}], {"next_id": other}
    )
    return made, changed, beside, await shown(client, ids)


async def web_save_multi(client: Any) -> Any:
    ids = await people(client, "web multi")
    values = [{"email": NEW["email"]}, {"ref": NEW["ref"], "city": "Linz"}]
    saved = await client.execute_kw("res.partner", "web_save_multi", [ids[:2], values, SPECIFICATION])
    return saved, await shown(client, ids)


async def web_resequence(client: Any) -> Any:
    ids = await people(client, "web order")
    return await client.execute_kw("res.partner", "web_resequence", [ids, {"email": {}, "color": {}}, "color", 5])


async def another_model(client: Any) -> Any:
    """Models that only lead to partners are asked as before."""
    [tag] = await client.create("res.partner.category", [{"name": "email"}])
    [anna, *_] = await people(client, "tagged")
    await client.write("res.partner", [anna], {"category_id": [(4, tag)]})
    specification = {"name": {}, "partner_ids": {"fields": {"name": {}}}}
    found = await client.execute_kw(
        "res.partner.category", "web_search_read", [[("name", "=", "email"), ("id", "=", tag)], specification]
    )
    named = await client.execute_kw("res.partner.category", "name_search", ["email", [("id", "=", tag)]])
    copied = await client.execute_kw("res.partner.category", "copy", [[tag]])
    exported = await client.execute_kw("res.partner.category", "export_data", [[tag], ["name", "partner_ids/name"]])
    return found, named, await client.read("res.partner.category", copied, ["name"]), exported
