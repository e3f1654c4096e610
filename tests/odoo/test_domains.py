"""Domains that are decided here are decided as a real Odoo 19 does."""

from __future__ import annotations

import random

import pytest

from zenoo_security.domains import decide, normalize

pytestmark = pytest.mark.odoo

#: Beside the type of each field: values to store, and more to compare to.
FIELDS = {
    "x_text": ("char", [False, "", "a", "b", "A"], []),
    "x_whole": ("integer", [False, 0, 1, 2, 5], [True, 1.0]),
    "x_float": ("float", [False, 0.0, 1.5, 2.0, 2], [1, True]),
    "x_flag": ("boolean", [False, True], [0, 1]),
    "x_kind": ("selection", [False, "a", "b"], []),
    "x_day": ("date", [False, "2026-01-01", "2026-02-01"], []),
    "x_company": ("many2one", [False, 1], [2, 0]),
}
#: Creates records, and filters them by each domain; what Odoo refuses to compare is no answer.
CODE = """
answers = []
records = model.create(env.context["zs_rows"])
env.flush_all()
env.invalidate_all()
for domain in env.context["zs_domains"]:
    found = records.filtered_domain(domain)
    answers.append([record in found for record in records])
action = {"answers": answers}
"""


@pytest.fixture(scope="module")
def ask(odoo_database):
    """Create records of a model with a field of each type, and tell which domain each of them matches."""
    names = [
        (0, 0, {"name": name, "ttype": kind, "field_description": name, **_more(kind)})
        for name, (kind, *_) in FIELDS.items()
    ]
    model = odoo_database.call(
        "ir.model", "create", {"name": "Decided", "model": "x_zs_decided", "state": "manual", "field_id": names}
    )
    group = odoo_database.resolve("base.group_system")
    rights = dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True)
    odoo_database.call("ir.model.access", "create", {"name": "x", "model_id": model, "group_id": group, **rights})
    values = {"name": "Decide", "model_id": model, "state": "code", "code": CODE}
    action = odoo_database.call("ir.actions.server", "create", values)

    def ask(rows, domains):
        context = {"zs_rows": rows, "zs_domains": domains}
        return odoo_database.call("ir.actions.server", "run", [action], context=context)["answers"]

    return ask


def _more(kind):
    return {"selection": {"selection": "[('a', 'A'), ('b', 'B')]"}, "many2one": {"relation": "res.company"}}.get(
        kind, {}
    )


def _leaf(chance):
    name = chance.choice(list(FIELDS))
    kind, stored, compared = FIELDS[name]
    several = [chance.choice([*stored, *compared]) for _ in range(chance.randrange(4))]
    ordered = [value for value in [*stored, *compared] if value is not False and not isinstance(value, bool)]
    if ordered and kind in {"integer", "float", "char", "date", "many2one"} and chance.random() < 0.3:
        return (name, chance.choice(["<", "<=", ">", ">="]), chance.choice(ordered))
    if chance.random() < 0.4:
        return (name, chance.choice(["in", "not in"]), several)
    return (name, chance.choice(["=", "!=", "=?"]), chance.choice([*stored, *compared]))


def _domain(chance, depth=0):
    if depth > 2 or chance.random() < 0.5:
        return [_leaf(chance)]
    if chance.random() < 0.3:
        return ["!", *_domain(chance, depth + 1)]
    return [chance.choice("&|"), *_domain(chance, depth + 1), *_domain(chance, depth + 1)]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_decided_is_what_odoo_filters(ask, seed):
    chance = random.Random(seed)
    rows = [{name: chance.choice(stored) for name, (_, stored, _) in FIELDS.items()} for _ in range(40)]
    domains = [normalize(_domain(chance)) for _ in range(100)]
    decided = 0
    for domain, answers in zip(domains, ask(rows, domains), strict=True):
        for row, answer in zip(rows, answers, strict=True):
            found = decide(domain, row)
            assert found in {None, answer}, (domain, row)
            decided += found is not None
    assert decided > 0.6 * len(rows) * len(domains)
