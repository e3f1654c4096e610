"""Why a policy refuses some domains: to Odoo, who sees less matches more by them."""

from __future__ import annotations

import pytest

from zenoo_security.errors import PolicyError
from zenoo_security.policy import Facts, Narrowing, Policy

pytestmark = pytest.mark.odoo

MODEL = "x_thing"
FACTS = Facts(uid=1, partner_id=1, company_id=1, company_ids=(1,), groups=frozenset())

OPENS = {
    "not any": [("x_owner_id", "not any", [("company_id", "=", "{company_id}")])],
    "! path": ["!", ("x_owner_id.company_id", "=", "{company_id}")],
    "! negative path": ["!", ("x_owner_id.login", "!=", "mia")],
    "! any": ["!", ("x_owner_id", "any", [("login", "=", "mia")])],
    "! name": ["!", ("x_owner_id", "ilike", "mia")],
    "name": [("x_owner_id", "not ilike", "mia")],
}
NARROWS = {
    "path": [("x_owner_id.company_id", "=", "{company_id}")],
    "negative path": [("x_owner_id.company_id", "!=", "{company_id}")],
    "path, not in": [("x_owner_id.login", "not in", ["mia"])],
    "path, no name": [("x_owner_id.name", "not ilike", "nobody")],
    "path, empty": [("x_owner_id.company_id", "in", [False, 99])],
    "any": [("x_owner_id", "any", [("login", "!=", "mia")])],
    "name": [("x_owner_id", "ilike", "mia")],
    "id": ["!", ("x_owner_id", "=", "{uid}")],
}


@pytest.fixture(scope="module")
def seen(odoo_database):
    """Which things match a domain: to a portal user, who does not see their owners, and to who sees everything."""
    call = odoo_database.call
    owner = {"name": "x_owner_id", "ttype": "many2one", "relation": "res.users", "field_description": "owner"}
    model = call("ir.model", "create", {"name": "thing", "model": MODEL, "field_id": [(0, 0, owner)]})
    everybody = {f"perm_{name}": True for name in ("read", "write", "create", "unlink")}
    call("ir.model.access", "create", {"name": "all", "model_id": model, **everybody})
    portal = odoo_database.create_user(["base.group_portal"])
    owners = [odoo_database.create_user(["base.group_portal"], login=login) for login in ("mia", "noa")]
    call(MODEL, "create", [{"x_owner_id": user.uid} for user in [*owners, portal]])

    def matching(domain) -> tuple[set[int], set[int]]:
        filled = Narrowing(MODEL, domain).fill(FACTS)
        return set(call(MODEL, "search", filled, user=portal)), set(call(MODEL, "search", filled))

    return matching


@pytest.mark.asvs("v5.0.0-8.4.1")
@pytest.mark.parametrize("domain", OPENS.values(), ids=OPENS)
def test_a_domain_by_which_who_sees_less_matches_more_is_refused(seen, domain):
    to_portal, to_all = seen(domain)
    assert to_portal - to_all
    with pytest.raises(PolicyError, match="hidden from the user"):
        Policy({}, narrow=[Narrowing(MODEL, domain)])


@pytest.mark.asvs("v5.0.0-8.4.1")
@pytest.mark.parametrize("domain", NARROWS.values(), ids=NARROWS)
def test_the_others_match_no_more_than_they_would_to_who_sees_everything(seen, domain):
    to_portal, to_all = seen(domain)
    assert to_portal <= to_all
    Policy({}, narrow=[Narrowing(MODEL, domain)])
