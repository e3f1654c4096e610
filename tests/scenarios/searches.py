"""Records are searched, counted, named and grouped."""

from __future__ import annotations

from typing import Any

from scenarios.people import ANNA, BRUNO, NEW, people

EMAIL, OTHER = ANNA["email"], BRUNO["email"]


async def every_operator(client: Any) -> Any:
    ids = await people(client, "operator")
    leaves = [
        ("email", "=", EMAIL),
        ("email", "!=", EMAIL),
        ("email", "in", [EMAIL, OTHER]),
        ("email", "in", [EMAIL, False]),
        ("email", "in", []),
        ("email", "not in", [EMAIL, OTHER]),
        ("email", "not in", [EMAIL, False]),
        ("email", "=", False),
        ("email", "!=", False),
        ("ref", "=", ANNA["ref"]),
        ("ref", "!=", BRUNO["ref"]),
        ("ref", "in", [False]),
        ("comment", "=", False),
        ("comment", "!=", False),
        ("phone", "=", ANNA["phone"]),
    ]
    return [[ids.index(i) for i in await client.search("res.partner", [("id", "in", ids), leaf])] for leaf in leaves]


async def nested_domains(client: Any) -> Any:
    ids = await people(client, "nested")
    mine, email, ref = ("id", "in", ids), ("email", "=", EMAIL), ("ref", "=", BRUNO["ref"])
    domains = [
        [mine, "|", email, ref],
        [mine, "!", email],
        [mine, "!", "|", email, ref],
        ["&", mine, "|", "&", email, ("city", "=", "Berlin"), "!", ("email", "in", [EMAIL, OTHER])],
        [mine, "|", "|", email, ref, ("city", "=", "Graz")],
        [mine, ("child_ids", "any", [("city", "=", "Graz")])],
    ]
    return [await client.search("res.partner", domain, order="id") for domain in domains]


async def search_read_in_windows(client: Any) -> Any:
    await people(client, "window")
    condition = [("name", "=like", "window%"), ("email", "!=", False)]
    fields = ["name", "email", "phone"]
    return [
        await client.search_read("res.partner", condition, fields, order="name desc"),
        await client.search_read("res.partner", condition, fields, limit=1, offset=1, order="name"),
        await client.execute_kw("res.partner", "search_read", [condition, ["email"], 1, 1, "id"]),
        await client.execute_kw("res.partner", "search_read", [], {"domain": condition, "fields": ["ref"], "load": ""}),
    ]


async def counts(client: Any) -> Any:
    await people(client, "count")
    condition = [("name", "=like", "count%"), ("email", "in", [EMAIL, OTHER])]
    return (
        await client.search_count("res.partner", condition),
        await client.execute_kw("res.partner", "search_count", [condition], {"limit": 1}),
        await client.search("res.partner", condition, limit=1, offset=1, order="id desc"),
    )


async def name_search(client: Any) -> Any:
    await people(client, "named")
    domain = [("name", "=like", "named%")]

    async def find(*args: Any, **kwargs: Any) -> Any:
        return await client.execute_kw("res.partner", "name_search", list(args), kwargs)

    return [
        await find("named", [("email", "=", OTHER)]),
        await find("named", domain, "ilike", 2),
        await find(name="named", domain=[*domain, ("ref", "!=", ANNA["ref"])], limit=3),
        await find(EMAIL, domain),
        await find(OTHER, domain, "=", 5),
        await find([EMAIL, "named Dora"], domain, "in"),
        await find(BRUNO["ref"], domain),
        await find(OTHER, domain, "not ilike"),
        await find(ANNA["ref"], domain, "!="),
        await find("", domain, limit=2),
        await find("nobody", domain),
        await find("s1", domain),
    ]


async def web_name_search(client: Any) -> Any:
    await people(client, "web name")
    domain = [("name", "=like", "web name%")]
    return [
        await client.execute_kw("res.partner", "web_name_search", [EMAIL, {"display_name": {}}], {"domain": domain}),
        await client.execute_kw("res.partner", "web_name_search", ["web name", {"email": {}, "name": {}}, domain]),
    ]


async def groups(client: Any) -> Any:
    await people(client, "group")
    mine = [("name", "=like", "group%"), ("email", "in", [EMAIL, OTHER, NEW["email"]])]

    async def ask(method: str, *args: Any, **kwargs: Any) -> Any:
        return await client.execute_kw("res.partner", method, list(args), kwargs)

    return [
        await ask("formatted_read_group", mine, ["city"], ["__count", "color:sum"], [("color:sum", ">", 1)]),
        await ask("formatted_read_group", domain=mine, groupby=["city"], aggregates=["color:max"], order="city desc"),
        await ask("formatted_read_grouping_sets", mine, [["city"], []], ["__count"]),
        await ask("read_progress_bar", mine, "city", {"field": "type", "colors": {"contact": "success"}}),
    ]


async def deprecated_groups(client: Any) -> Any:
    await people(client, "read group")
    mine = [("name", "=like", "read group%"), ("email", "in", [EMAIL, OTHER, NEW["email"]])]
    other = {"lazy": False, "orderby": "city desc"}
    return [
        await client.execute_kw("res.partner", "read_group", [mine, ["color:sum"], ["city"]]),
        await client.execute_kw("res.partner", "read_group", [[("ref", "!=", False), *mine], ["city"], "city"], other),
    ]


async def groups_with_records(client: Any) -> Any:
    await people(client, "unfold")
    mine = [("name", "=like", "unfold%"), ("email", "!=", False)]
    opening = [{"value": "Berlin", "folded": False, "offset": 0, "limit": 5}]
    opening[0]["progressbar_domain"] = [("ref", "=", ANNA["ref"])]
    specification = {"name": {}, "email": {}, "ref": {}}
    asked = {"auto_unfold": True, "unfold_read_specification": specification}
    return [
        await client.execute_kw("res.partner", "web_read_group", [mine, ["city"]], asked),
        await client.execute_kw("res.partner", "web_read_group", [mine, ["city"]], {**asked, "opening_info": opening}),
        await client.execute_kw("res.partner", "web_read_group", [mine, ["city", "type"]], asked),
    ]
