"""What Odoo answers for a field in the clear and cannot answer for an encrypted one: `(model, method, args, kwargs)`."""

from __future__ import annotations

from scenarios.people import ANNA, NEW

EMAIL = ANNA["email"]
MINE = [("ref", "=", ANNA["ref"])]

REFUSED = {
    "part of a value": ("res.partner", "search", [[("ref", "ilike", ANNA["ref"][:6])]], {}),
    "pattern": ("res.partner", "search_count", [[("ref", "=like", ANNA["ref"])]], {}),
    "range": ("res.partner", "search", [[("ref", ">", ANNA["ref"])]], {}),
    "no index": ("res.partner", "search", [[("function", "=", ANNA["function"])]], {}),
    "path": ("res.partner", "search", [[("parent_id.ref", "=", ANNA["ref"])]], {}),
    "sub-domain": ("res.partner", "search", [[("child_ids", "any", [("ref", "=", ANNA["ref"])])]], {}),
    "order": ("res.partner", "search", [[]], {"order": "ref desc"}),
    "order of rows": ("res.partner", "search_read", [[], ["name"], 0, 1, "name, ref"], {}),
    "order of the web": ("res.partner", "web_search_read", [MINE, {"name": {}}], {"order": "ref"}),
    "group": ("res.partner", "formatted_read_group", [[], ["ref"], ["__count"]], {}),
    "group and more": ("res.partner", "read_group", [[], [], ["city", "ref"]], {"lazy": False}),
    "aggregate": ("res.partner", "formatted_read_group", [[], ["city"], ["ref:count_distinct"]], {}),
    "named aggregate": ("res.partner", "read_group", [[], ["n:count_distinct(ref)"], ["city"]], {}),
    "grouping sets": ("res.partner", "formatted_read_grouping_sets", [[], [["city"], ["ref"]]], {}),
    "order of groups": ("res.partner", "formatted_read_group", [[], ["city"]], {"order": "city, ref:max"}),
    "unfolded groups": ("res.partner", "web_read_group", [[], ["ref"]], {"limit": 1}),
    "progress": ("res.partner", "read_progress_bar", [[], "city", {"field": "ref", "colors": {"a": "b"}}], {}),
    "nested": ("res.partner", "web_read", [[1], {"child_ids": {"fields": {"ref": {}}}}], {}),
    "nested elsewhere": ("res.company", "web_read", [[1], {"partner_id": {"fields": {"ref": {}}}}], {}),
    "exported path": ("res.partner", "export_data", [[1], ["name", "parent_id/ref"]], {}),
    "import": ("res.partner", "load", [["name", "ref"], [["loaded", NEW["ref"]]]], {}),
    "name": ("res.partner", "name_create", ["named"], {}),
    "form": ("res.partner", "onchange", [[], {"ref": NEW["ref"]}, ["ref"], {"ref": {}}], {}),
    "default values": ("res.partner", "default_get", [["ref"]], {}),
    "command": ("res.partner", "create", [{"name": "c", "child_ids": [(0, 0, {"name": "d", "ref": NEW["ref"]})]}], {}),
    "default": ("res.partner", "create", [{"name": "c"}], {"context": {"default_ref": NEW["ref"]}}),
}
