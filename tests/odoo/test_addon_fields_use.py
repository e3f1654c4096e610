"""Encrypted field types as any field: copies, import and export, forms, relations, groups and companies."""

from __future__ import annotations

import json

import pytest

from patients import PATIENT, VALUES, VISIT, read, search
from zenoo_security.errors import OdooRefused

pytestmark = pytest.mark.odoo


def test_copies_have_what_the_field_copies(fields_database, patient):
    [copied] = fields_database.call(PATIENT, "copy", [patient])
    expected = {**VALUES, "code": "none"}
    assert read(fields_database, copied, *VALUES) == expected
    assert set(search(fields_database, ("email", "=", VALUES["email"]))) == {patient, copied}
    fields_database.call(PATIENT, "unlink", [copied])


def test_import_and_export(fields_database, patient):
    table = fields_database.call(PATIENT, "export_data", [patient], ["id", "email", "diagnosis"])["datas"]
    assert table[0][1:] == [VALUES["email"], VALUES["diagnosis"]]
    changed = [[table[0][0], "imported@example.com", "healthy"]]
    assert fields_database.call(PATIENT, "load", ["id", "email", "diagnosis"], changed)["ids"] == [patient]
    assert read(fields_database, patient, "email", "diagnosis") == {
        "email": "imported@example.com",
        "diagnosis": "healthy",
    }


def test_forms(fields_database, patient):
    """A form is changed, and saved with what it says has changed."""
    spec = {"code": {}, "diagnosis": {}, "email": {}}
    answer = fields_database.call(PATIENT, "onchange", [patient], {"code": "A00"}, ["code"], spec)
    assert answer["value"] == {"diagnosis": "code A00"}
    fields_database.call(PATIENT, "web_save", [patient], {"code": "A00", **answer["value"]}, spec)
    assert read(fields_database, patient, *spec) == {
        "code": "A00",
        "diagnosis": "code A00",
        "email": VALUES["email"],
    }
    assert fields_database.call(PATIENT, "onchange", [], {}, [], spec)["value"]["code"] == "none"


def test_a_required_field_has_a_value(fields_database, patient):
    visit = fields_database.call(VISIT, "create", {"patient_id": patient})
    assert read(fields_database, visit, "note", model=VISIT) == {"note": "first visit"}
    [row] = fields_database.sql("SELECT note FROM zenoo_visit WHERE id = %s", [visit])
    assert row["note"].startswith("zs1.")
    for empty in (False, ""):
        with pytest.raises(OdooRefused):
            fields_database.call(VISIT, "write", [visit], {"note": empty})


def test_fields_computed_from_it_follow(fields_database, patient):
    assert read(fields_database, patient, "greeting", "domain_part") == {
        "greeting": "with number",
        "domain_part": "Example.com",
    }
    fields_database.call(PATIENT, "write", [patient], {"number": False, "email": "a@b.example"})
    assert read(fields_database, patient, "greeting", "domain_part") == {
        "greeting": "without",
        "domain_part": "b.example",
    }


def test_related_and_inherited_fields(fields_database, patient):
    visit = fields_database.call(VISIT, "create", {"patient_id": patient})
    names = ("email", "patient_email", "kept_email")
    assert read(fields_database, visit, *names, model=VISIT) == dict.fromkeys(names, VALUES["email"])
    [row] = fields_database.sql("SELECT kept_email FROM zenoo_visit WHERE id = %s", [visit])
    assert row["kept_email"].startswith("zs1.")
    for name in names:
        assert search(fields_database, (name, "=", "anna.berg@example.com"), model=VISIT) == [visit]
    fields_database.call(VISIT, "write", [visit], {"patient_email": "via@example.com"})
    assert read(fields_database, visit, *names, model=VISIT) == dict.fromkeys(names, "via@example.com")
    assert search(fields_database, ("visit_ids.kept_email", "=", "via@example.com")) == [patient]


@pytest.mark.asvs("8.2.3")
def test_groups_hold(fields_database, patient):
    user = fields_database.create_user(["base.group_user"])
    assert read(fields_database, patient, "email", user=user) == {"email": VALUES["email"]}
    shown = fields_database.call(PATIENT, "fields_get", [], ["type"], user=user)
    assert "email" in shown
    assert fields_database.call(PATIENT, "read_from_cache", patient, "email", user=user) == VALUES["email"]
    assert not {"salary", "x_email_enc", "x_email_idx", "x_salary_enc"} & set(shown)
    for name in ("salary", "x_email_enc", "x_email_idx"):
        with pytest.raises(OdooRefused):
            read(fields_database, patient, name, user=user)
        with pytest.raises(OdooRefused):
            fields_database.call(PATIENT, "read_from_cache", patient, name, user=user)
        with pytest.raises(OdooRefused):
            fields_database.call(PATIENT, "write", [patient], {name: "zs1.x"}, user=user)
    created = fields_database.call(PATIENT, "create", {"name": "Own", "email": "own@example.com"}, user=user)
    assert search(fields_database, ("email", "=", "OWN@example.com"), user=user) == [created]
    fields_database.call(PATIENT, "unlink", [created])


@pytest.mark.asvs("8.2.3")
@pytest.mark.parametrize("name", ["salary", "x_salary_enc", "x_email_idx"])
@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("search", [[("NAME", "!=", False)]]),
        ("search", [[("NAME", "in", ["v1."])]]),
        ("search_read", [[], ["name"], 0, 1, "NAME"]),
        ("export_data", [[], ["NAME"]]),
        ("formatted_read_group", [[], ["NAME"]]),
        ("formatted_read_group", [[], [], ["NAME:array_agg"]]),
        ("formatted_read_group", [[], ["name"], ["__count"], [("NAME:max", ">", "a")]]),
    ],
    ids=str,
)
def test_nothing_tells_what_a_field_of_others_holds(fields_database, patient, name, method, arguments):
    """No search, order, group or aggregate of it."""
    user = fields_database.create_user(["base.group_user"])
    arguments = json.loads(json.dumps(arguments).replace("NAME", name))
    if method == "export_data":
        arguments = [[patient], *arguments[1:]]
    with pytest.raises(OdooRefused):
        fields_database.call(PATIENT, method, *arguments, user=user)


@pytest.mark.asvs("8.2.3")
def test_the_token_is_for_who_may_read_the_value(fields_database, patient):
    """The group that sees tokens widens nothing: a field for administrators stays theirs."""
    user = fields_database.create_user(["base.group_user", "zenoo_security.group_ciphertext"])
    assert read(fields_database, patient, "x_email_enc", user=user)["x_email_enc"].startswith("zs1.")
    with pytest.raises(OdooRefused):
        read(fields_database, patient, "x_salary_enc", user=user)


def test_companies_read_and_search_the_same_keys(fields_database, patient):
    company = fields_database.call("res.company", "create", {"name": "Second"})
    other = fields_database.call(PATIENT, "create", {"name": "B", "company_id": company, "email": VALUES["email"]})
    found = search(fields_database, ("email", "=", VALUES["email"]), context={"allowed_company_ids": [company]})
    assert set(found) == {patient, other}
    fields_database.call(PATIENT, "unlink", [other])
