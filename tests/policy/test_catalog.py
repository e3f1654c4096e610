"""What a policy names and an Odoo does not have."""

from __future__ import annotations

import pytest

from zenoo_security.policy import Narrowing, Policy, RoleRules
from zenoo_security.policy.catalog import Catalog, CatalogField, missing_models, unknown, wild_fields

FIELDS = {
    "res.partner": {
        "name": CatalogField("char", ""),
        "user_id": CatalogField("many2one", "res.users"),
        "create_date": CatalogField("datetime", ""),
        "properties": CatalogField("properties", ""),
    },
    "res.users": {"login": CatalogField("char", ""), "partner_id": CatalogField("many2one", "res.partner")},
}
CATALOG = Catalog(frozenset({*FIELDS, "account.move"}), FIELDS, frozenset({"name"}), frozenset({"base.group_user"}))


def found(*allow: str, **options) -> list[tuple[str, str]]:
    roles = {"a": RoleRules(allow=allow, groups=options.pop("groups", ()))}
    return [(finding.place, finding.text) for finding in unknown(Policy(roles, **options), CATALOG)]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("res.partner:read", None),
        ("res.partner:read:name", None),
        ("res.partner:read:*", None),
        ("account.*:read", None),
        ("*:read:name", None),
        ("*", None),
        ("export_reports", None),
        ("res.parter:read", "there is no model res.parter"),
        ("res.partner:read:nmae", "the model res.partner has no field nmae"),
        ("stock.*:read", "no model begins with stock."),
        ("account.*:read:nmae", "no model has a field nmae"),
        ("*:*:nmae", "no model has a field nmae"),
    ],
)
def test_rules(rule, text):
    assert found(rule) == ([("roles.a.allow[0]", text)] if text else [])


def test_permissions_groups_and_masks():
    assert found(permissions=["res.parter:read", "export"], groups=["base.group_user", "base.group_uesr"],
                 masks={"res.partner": {"name": "all", "nmae": "all"}, "res.parter": {"name": "all"}}) == [
        ("permissions res.parter:read", "there is no model res.parter"),
        ("roles.a.groups[1]", "there is no group base.group_uesr"),
        ("masks.res.partner.nmae", "the model res.partner has no field nmae"),
        ("masks.res.parter.name", "there is no model res.parter"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (("name", "=", "x"), None),
        ((1, "=", 1), None),
        (("user_id.partner_id.user_id.login", "=", "x"), None),
        (("create_date.year_number", "=", 2026), None),
        (("properties.abc", "=", "x"), None),
        (("user_id", "any", [("partner_id.name", "=", "x")]), None),
        (("nmae", "=", "x"), "the path nmae ends at res.partner, which has no field nmae"),
        (("user_id.name", "=", "x"), "the path user_id.name ends at res.users, which has no field name"),
        (
            ("user_id", "any", [("partner_id.nmae", "=", "x")]),
            "the path user_id.partner_id.nmae ends at res.partner, which has no field nmae",
        ),
        (("name.more", "=", "x"), "the path name.more ends at res.partner.name, which has no field more"),
    ],
    ids=str,
)
def test_paths_of_domains(term, text):
    assert found(narrow=[Narrowing("res.partner", [term])]) == ([("narrow[0].domain", text)] if text else [])


def test_a_domain_of_an_unknown_model_is_said_once():
    assert found(narrow=[Narrowing("res.parter", [("nmae", "=", 1)])]) == [
        ("narrow[0].model", "there is no model res.parter")
    ]


def test_only_what_is_named_is_asked_for():
    policy = Policy(
        {"a": RoleRules(allow=["a.b:read", "c.*:read:x", "*:read:y", "d"])},
        masks={"e": {"x": "all"}},
        narrow=[Narrowing("res.partner", [("user_id.partner_id", "=", 1)])],
    )
    assert missing_models(policy, {}) == {"a.b", "e", "res.partner"}
    assert missing_models(policy, {"a.b": {}, "e": {}, "res.partner": FIELDS["res.partner"]}) == {"res.users"}
    assert missing_models(policy, {"a.b": {}, "e": {}, **FIELDS}) == set()
    assert wild_fields(policy) == {"x", "y"}
