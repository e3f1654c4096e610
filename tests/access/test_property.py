"""Whatever the rules and whatever is called: nothing forbidden is sent, and nothing forbidden comes back."""

from __future__ import annotations

import asyncio
import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from access.world import PARTNER, Manager, World, policy
from zenoo_security.errors import PermissionDenied

NAMES = ["comment", "email", "name", "phone", "vat"]
ROW = {"id": 1, **{name: f"value-of-{name}" for name in PARTNER if name not in {"id", "parent_id"}}}
FULL_ROW = {**ROW, "parent_id": [2, "value-of-complete_name"]}

fields = st.sets(st.sampled_from(NAMES))
name = st.sampled_from(NAMES)
leaf = st.one_of(
    st.tuples(name, st.just("="), st.just("x")),
    st.tuples(name.map("parent_id.{}".format), st.just("ilike"), st.just("x")),
    name.map(lambda n: ("parent_id", "any", [(n, "=", "x")])),
)
domain = st.lists(leaf, max_size=3)
rows = st.dictionaries(name, st.just("x"), max_size=3)
specification = st.recursive(
    st.dictionaries(name, st.just({}), max_size=3),
    lambda inner: st.dictionaries(st.just("parent_id"), inner.map(lambda spec: {"fields": spec})),
    max_leaves=3,
)
calls = st.one_of(
    st.tuples(st.just("read"), st.tuples(st.just([1]), st.lists(name, max_size=3)).map(list)),
    st.tuples(st.just("search_read"), st.tuples(domain, st.lists(name, max_size=3)).map(list)),
    st.tuples(st.just("search"), st.tuples(domain).map(list)),
    st.tuples(st.just("web_search_read"), st.tuples(domain, specification).map(list)),
    st.tuples(st.just("web_read"), st.tuples(st.just([1]), specification).map(list)),
    st.tuples(st.just("formatted_read_group"), st.tuples(domain, st.lists(name, max_size=2)).map(list)),
    st.tuples(st.just("write"), st.tuples(st.just([1]), rows).map(list)),
    st.tuples(st.just("create"), st.tuples(st.lists(rows, min_size=1, max_size=2)).map(list)),
)


def _mentioned(value: object) -> set[str]:
    return set(re.findall(rf"\b({'|'.join(NAMES)})\b", json.dumps(value)))


@settings(max_examples=150)
@given(sets=st.tuples(fields, fields, fields, fields), wide=st.booleans(), called=calls)
def test_nothing_forbidden_is_sent_or_shown(sets, wide, called):
    (readable, denied, written, masked), (method, args) = sets, called
    allow = [f"res.partner:read:{name}" for name in readable | {"parent_id"}] + ["res.partner:read"] * wide
    allow += [f"res.partner:{operation}:{name}" for name in written for operation in ("write", "create")]
    deny = tuple(f"res.partner:read:{name}" for name in denied)
    rules = policy(*allow, deny=deny, masks={"res.partner": dict.fromkeys(masked, "all")})
    may_read = (set(NAMES) if wide else readable) - denied
    result, sent = asyncio.run(_call(rules, method, args))
    for _, called_method, arguments, named in sent:
        allowed = written if called_method in {"write", "create"} else may_read
        assert _mentioned([arguments, named]) <= allowed
    shown = json.dumps(result)
    for field in NAMES:
        if field not in may_read or field in masked:
            assert f"value-of-{field}" not in shown
    if "name" in denied | masked:
        assert "value-of-complete_name" not in shown


async def _call(rules, method, args):
    world = World()
    nested = {**ROW, "parent_id": {**ROW, "parent_id": ROW}}
    world.answers.update(
        read=[FULL_ROW],
        search_read=[FULL_ROW],
        web_read=[nested],
        web_search_read={"length": 1, "records": [nested]},
    )
    async with world.client(Manager(rules, "clerk")) as client:
        try:
            result = await client.execute_kw("res.partner", method, args)
        except PermissionDenied:
            result = None
    return result, world.asked()
