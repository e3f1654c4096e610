"""Encrypted field types on a real Odoo 19: what is stored, what users see, what a search answers."""

from __future__ import annotations

import pytest

from patients import PATIENT, VALUES, VISIT, read, search
from zenoo_security.errors import OdooRefused

pytestmark = pytest.mark.odoo


@pytest.mark.asvs("11.3.2", "14.2.4")
def test_postgresql_holds_tokens_and_odoo_shows_values(fields_database, patient):
    [row] = fields_database.sql("SELECT * FROM zenoo_patient WHERE id = %s", [patient])
    assert all(row[name].startswith("zs1.") for name in VALUES)
    assert read(fields_database, patient, *VALUES) == VALUES


@pytest.mark.asvs("14.2.4")
def test_no_table_holds_a_value_in_the_clear(fields_database, patient):
    """Neither messages about changed fields nor fields that are computed from it."""
    fields_database.call(PATIENT, "write", [patient], {"email": "berta@example.org", "code": "X99.9"})
    for table in ("zenoo_patient", "mail_message", "mail_tracking_value"):
        rows = fields_database.sql(
            f"SELECT t::text AS row FROM {table} t WHERE create_date > now() - interval '1 hour'"
        )
        text = "".join(row["row"] for row in rows)
        assert not [
            value for value in ("example.org", "Example.com", "X99.9", "4711 EUR", "influenza") if value in text
        ]


def test_equal_values_have_different_tokens(fields_database, patient):
    [other] = fields_database.call(PATIENT, "copy", [patient])
    rows = fields_database.sql("SELECT email FROM zenoo_patient WHERE id IN (%s, %s)", [patient, other])
    assert rows[0]["email"] != rows[1]["email"]
    fields_database.call(PATIENT, "unlink", [other])


@pytest.mark.parametrize(
    ("leaf", "found"),
    [
        (("email", "=", "anna.berg@example.com"), True),
        (("email", "=", "berta@example.com"), False),
        (("email", "=", "not an address"), False),
        (("email", "!=", "anna.berg@example.com"), False),
        (("email", "!=", "berta@example.com"), True),
        (("email", "in", ["berta@example.com", "anna.berg@example.com"]), True),
        (("email", "not in", ["berta@example.com", "anna.berg@example.com"]), False),
        (("email", "in", ["berta@example.com", False]), False),
        (("email", "not in", ["berta@example.com", False]), True),
        (("email", "=", False), False),
        (("diagnosis", "!=", False), True),
        (("diagnosis", "=", False), False),
        (("number", "=", "+49301234"), True),
        (("code", "=", "J11.1"), True),
        (("code", "=", "j11.1"), False),
        (("domain_part", "=", "Example.com"), True),
        (("visit_ids.patient_email", "=", "anna.berg@example.com"), False),
    ],
)
def test_exact_search(fields_database, patient, leaf, found):
    assert (patient in search(fields_database, leaf)) is found
    if "." not in leaf[0]:
        assert (patient in fields_database.call(PATIENT, "filter_in_memory", [patient], [leaf])) is found


def test_a_search_sees_what_was_just_written(fields_database, patient):
    fields_database.call(PATIENT, "write", [patient], {"email": "neu@example.com", "number": False})
    assert search(fields_database, ("email", "=", "neu@example.com")) == [patient]
    assert patient not in search(fields_database, ("email", "=", VALUES["email"]))
    assert patient in search(fields_database, ("number", "=", False))


@pytest.mark.parametrize("operator", ["like", "ilike", "=like", "=ilike", "not ilike", "<", ">="])
def test_other_operators_are_refused(fields_database, patient, operator):
    with pytest.raises(OdooRefused, match=r"Email is encrypted: it can only be searched for exact values"):
        search(fields_database, ("email", operator, "anna"))


def test_without_an_index_only_emptiness_can_be_searched(fields_database, patient):
    with pytest.raises(OdooRefused, match="Diagnosis is encrypted"):
        search(fields_database, ("diagnosis", "=", "influenza"))


@pytest.mark.parametrize("name", ["email", "diagnosis", "domain_part"])
def test_sorting_and_grouping_are_refused(fields_database, patient, name):
    calls = [
        lambda: search(fields_database, order=name),
        lambda: fields_database.call(PATIENT, "formatted_read_group", [], [name], ["__count"]),
        lambda: fields_database.call(PATIENT, "formatted_read_group", [], [], [f"{name}:count_distinct"]),
        lambda: fields_database.call(VISIT, "formatted_read_group", [], [f"patient_id.{name}"], ["__count"]),
    ]
    for call in calls:
        with pytest.raises(OdooRefused, match="not be sorted, grouped or aggregated"):
            call()


def test_views_are_told_so(fields_database):
    """The web client offers neither; a field that shows an encrypted one is no way around."""
    told = {"type", "sortable", "groupable", "searchable"}
    fields = fields_database.call(PATIENT, "fields_get", ["email", "letter"], list(told))
    assert fields["email"] == {"type": "char", "sortable": False, "groupable": False, "searchable": True}
    assert fields["letter"]["type"] == "html"
    shown = fields_database.call(VISIT, "fields_get", ["patient_email", "email"], list(told))
    assert not any(field["sortable"] or field["groupable"] for field in shown.values())
    for name in shown:
        with pytest.raises(OdooRefused, match="is encrypted"):
            search(fields_database, model=VISIT, order=name)


def test_what_an_index_does_not_take_is_refused(fields_database, patient):
    for name, value in (("email", "no address"), ("number", "none")):
        with pytest.raises(OdooRefused, match=name.title()):
            fields_database.call(PATIENT, "write", [patient], {name: value})
    assert read(fields_database, patient, "email")["email"] == VALUES["email"]


@pytest.mark.asvs("11.3.2")
def test_a_token_is_no_value(fields_database, patient):
    """Whoever has a token, as from a backup, would read it in a record of their own."""
    [row] = fields_database.sql("SELECT diagnosis FROM zenoo_patient WHERE id = %s", [patient])
    with pytest.raises(OdooRefused, match="Diagnosis"):
        fields_database.call(PATIENT, "write", [patient], {"diagnosis": row["diagnosis"]})


def test_html_is_cleaned_as_odoo_does(fields_database, patient):
    fields_database.call(PATIENT, "write", [patient], {"letter": "<p>Hello<script>alert(1)</script></p>"})
    assert read(fields_database, patient, "letter") == {"letter": "<p>Hello</p>"}


def test_one_native_call_decrypts_a_batch(fields_database):
    records = fields_database.call(
        PATIENT, "create", [{"name": str(n), "email": f"p{n}@example.com"} for n in range(50)]
    )
    assert fields_database.call(PATIENT, "count_native_calls", records, "name") == []
    calls = fields_database.call(PATIENT, "count_native_calls", records, "email")
    assert set(calls) == {50}
    assert len(calls) <= len(VALUES) + 1, "one for each encrypted field"
    fields_database.call(PATIENT, "unlink", records)


@pytest.mark.parametrize("attribute", [{"translate": True}, {"company_dependent": True}, {"size": 40}])
def test_what_ciphertext_cannot_have_is_refused(fields_database, attribute):
    [name] = attribute
    assert f"is encrypted and cannot have {name}" in fields_database.call(PATIENT, "declare", attribute)
    assert fields_database.call(PATIENT, "declare", {}) is None


def test_a_module_cannot_declare_it_as_a_plain_field(fields_database, patient):
    """Its values would be stored in the clear from then on, and tokens shown."""
    with pytest.raises(OdooRefused, match="another module declares it as a plain field"):
        fields_database.install("zenoo_fields_redeclared")
    assert read(fields_database, patient, "email") == {"email": VALUES["email"]}
