"""Fields that cannot be encrypted as declared are told with the reason, from what `fields_get` says of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.client.suitable import why_not
from zenoo_security.fields import TYPES, Encrypted

MODEL = "x.model"


def field(type: str = "char", *, store: bool = True, **attributes: Any) -> dict[str, Any]:  # noqa: A002
    """A field as Odoo 19's `fields_get` describes it; what is not set is often left out."""
    return {"type": type, "store": store, "required": False, "company_dependent": False, "depends": [], **attributes}


def reasons(declaration: Encrypted, found: dict[str, Any], **others: dict[str, Any]) -> list[str]:
    return list(why_not(MODEL, "secret", declaration, {"secret": found, **others}))


@given(st.sampled_from(sorted(TYPES)), st.booleans())
def test_a_plain_stored_field_of_the_declared_type_is_suitable(type: str, bound: bool) -> None:  # noqa: A002
    bind = ("record", "company", "database") if bound else ()
    company = field("many2one", relation="res.company")
    assert reasons(Encrypted(type=type, bind=bind), field(type), company_id=company) == []


@pytest.mark.parametrize("declaration", [Encrypted(), Encrypted(in_place=True), Encrypted(in_place=True, force=True)])
@pytest.mark.parametrize(
    ("found", "says"),
    [
        (field("text"), "of the type text, declare it: Encrypted(type='text')"),
        (field(store=False, related="partner_id.secret", depends=["partner_id.secret"]), "declare the field there"),
        (field(store=True, related="partner_id.secret", depends=["partner_id.secret"]), "declare the field there"),
        (field(store=False, depends=["name"]), "computes it and stores nothing"),
        (field(company_dependent=True), "a value for each company"),
        (field(translate=True), "a value for each language"),
    ],
)
def test_what_no_column_can_hold_is_refused_however_it_is_declared(declaration, found, says):
    assert any(says in reason for reason in reasons(declaration, found))


def test_a_field_that_does_not_exist_is_refused():
    [reason] = why_not(MODEL, "secret", Encrypted(), {})
    assert reason == "Odoo has no such field, or this user may not see it"


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (field(required=True), "is required"),
        (field(depends=["d", "c", "b", "a"]), "computes it from a, b, c and 1 more and would store the value in the"),
    ],
)
def test_a_field_that_cannot_stay_empty_gets_no_column_of_its_own(found, says):
    [reason] = reasons(Encrypted(), found)
    assert says in reason
    forced = Encrypted(in_place=True, force=True)
    assert reasons(forced, found) == []


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("found", "says"), [(field(size=64), "it holds 64 characters"), (field("html", sanitize=True), "sanitize")]
)
def test_a_field_that_damages_tokens_is_refused_in_place_also_by_force(found, says, force):
    [reason] = reasons(Encrypted(type=found["type"], in_place=True, force=force), found)
    assert says in reason
    assert reason.endswith("leave in_place out")
    assert reasons(Encrypted(type=found["type"]), found) == []


@pytest.mark.parametrize(
    "path", ["secret", "parent_id.secret", "parent_id.parent_id.secret", "secret.anything", "child_ids.secret"]
)
def test_a_field_that_others_are_computed_from_is_refused_in_place_unless_forced(path):
    """As Odoo's own `email_normalized`, `phone_sanitized`, and `complete_name` by way of `parent_id.name`."""
    same = {"parent_id": field("many2one", relation=MODEL), "child_ids": field("one2many", relation=MODEL)}
    found = {"computed": field(depends=["active", path]), **same}
    [reason] = reasons(Encrypted(in_place=True), field(), **found)
    assert reason == "Odoo computes computed from it: leave in_place out, or add force=True"
    assert reasons(Encrypted(in_place=True, force=True), field(), **found) == []
    assert reasons(Encrypted(), field(), **found) == []


def test_a_field_of_the_same_name_on_another_model_does_not_count():
    found = {
        "user_id": field("many2one", relation="res.users"),
        "computed": field(depends=["user_id.secret", "x.secret"]),
    }
    assert reasons(Encrypted(in_place=True), field(), **found) == []


def test_a_binding_to_the_company_needs_the_record_to_have_one():
    bound = Encrypted(bind=("company",))
    for others in ({}, {"company_id": field("many2one", relation="res.partner")}, {"company_id": field("char")}):
        [reason] = reasons(bound, field(), **others)
        assert reason == "bind=('company',) needs a field company_id, which x.model does not have"


def test_all_reasons_are_given_at_once():
    found = field("text", required=True, company_dependent=True, translate=True)
    assert len(reasons(Encrypted(bind=("company",)), found)) == 5
