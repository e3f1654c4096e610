"""Models that are built from what Odoo says of its fields."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from zenoo_security import validate
from zenoo_security.errors import InputTooLarge, InvalidFields, InvalidInput, OdooUnavailable, ParameterError
from zenoo_security.records import KINDS, model_for
from zenoo_security.records.kinds import MAX_FILE, MAX_TEXT
from zenoo_security.types import Email

FIELDS = {
    "name": {"type": "char", "required": True, "size": 10},
    "email": {"type": "char"},
    "note": {"type": "text"},
    "comment": {"type": "html"},
    "color": {"type": "integer"},
    "latitude": {"type": "float"},
    "credit": {"type": "monetary"},
    "active": {"type": "boolean"},
    "birthday": {"type": "date"},
    "called": {"type": "datetime"},
    "kind": {"type": "selection", "required": True, "selection": [["contact", "Contact"], ["other", "Other"]]},
    "country_id": {"type": "many2one", "relation": "res.country"},
    "state_id": {"type": "many2one", "relation": "res.country.state"},
    "category_ids": {"type": "many2many", "relation": "res.partner.category"},
    "image": {"type": "binary"},
    "copy": {"type": "char"},
    "model_id": {"type": "many2one", "relation": "ir.model"},
    "computed": {"type": "char", "readonly": True},
    "child_ids": {"type": "one2many", "relation": "res.partner"},
    "target": {"type": "reference"},
    "stats": {"type": "json"},
    "settings": {"type": "properties"},
}
ACCEPTED = [name for name, found in FIELDS.items() if found["type"] in KINDS and not found.get("readonly")]


class FakeOdoo:
    """Knows its fields, one default, and which records there are."""

    def __init__(self, answer=None, records=None):
        self.answer = answer
        self.records = records or {"res.country": {57, 58}, "res.partner.category": {1, 2}, "ir.model": {1}}
        self.calls = []

    async def execute_kw(self, model, method, args, kwargs):
        self.calls.append((model, method, args, kwargs))
        if method == "fields_get":
            return self.answer or {name: FIELDS[name] for name in args[0] if name in FIELDS}
        if method == "default_get":
            return {"kind": "contact"} if "kind" in args[0] else {}
        [[(_, _, ids)]] = args
        return [number for number in ids if number in self.records.get(model, ())]


@pytest.fixture
async def made():
    return await model_for(FakeOdoo(), "res.partner", fields=ACCEPTED)


def problems(kind, data):
    with pytest.raises(InvalidFields) as caught:
        kind.parse(data)
    assert all(error.message == validate.CODES[error.code] for error in caught.value.errors)
    return {error.field: error.code for error in caught.value.errors}


GOOD = {
    "name": " Ann ",
    "note": "one\r\ntwo\tthree",
    "comment": "<p onclick=x>hi<script>1</script></p>",
    "color": -5,
    "latitude": 52,
    "credit": 1.5,
    "active": False,
    "birthday": "2024-02-29",
    "called": "2026-01-31 23:59:59",
    "kind": "other",
    "country_id": 57,
    "category_ids": [1, 2],
    "image": "aGVsbG8=",
    "copy": "x",
    "model_id": 1,
    "email": None,
}


async def test_a_record_holds_normal_forms_and_odoo_gets_its_own(made):
    assert made.parse(GOOD).to_odoo() == GOOD | {
        "name": "Ann",
        "note": "one\ntwo\tthree",
        "comment": "<p>hi</p>",
        "category_ids": [[6, 0, [1, 2]]],
        "email": False,
    }


async def test_what_is_required_and_has_no_default_has_to_be_given(made):
    assert problems(made, {}) == {"name": "missing"}
    assert made.parse({"name": "A"}).to_odoo() == {"name": "A"}
    assert problems(made, {"name": None, "kind": None}) == {"name": "type", "kind": "choice"}


async def test_a_model_for_write_demands_nothing_and_empties_nothing_that_is_required():
    made = await model_for(FakeOdoo(), "res.partner", fields=["name", "email"], partial=True)
    assert made.parse({}).to_odoo() == {}
    assert made.parse({"email": None}).to_odoo() == {"email": False}
    assert problems(made, {"name": None}) == {"name": "type"}


@pytest.mark.asvs("v5.0.0-2.2.1", "v5.0.0-15.3.5")
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "x" * 11, "too_long"),
        ("name", "", "empty"),
        ("name", "a\nb", "control"),
        ("name", 1, "type"),
        ("email", "x" * 1025, "too_long"),
        ("note", "a\x00b", "control"),
        ("note", "a\u202eb", "control"),
        ("note", "a\rb", "control"),
        ("note", "a\u2028b", "control"),
        ("note", "\ud800", "encoding"),
        ("note", "x" * (MAX_TEXT + 1), "too_long"),
        ("note", b"x", "type"),
        ("comment", 5, "type"),
        ("comment", "x" * (MAX_TEXT + 1), "too_long"),
        ("color", True, "type"),
        ("color", "1", "type"),
        ("color", 1.0, "type"),
        ("color", 2**31, "out_of_range"),
        ("color", -(2**31) - 1, "out_of_range"),
        ("color", 10**400, "out_of_range"),
        ("latitude", float("nan"), "out_of_range"),
        ("latitude", float("inf"), "out_of_range"),
        ("latitude", "1.5", "type"),
        ("latitude", True, "type"),
        ("credit", 10**400, "type"),
        ("active", 1, "type"),
        ("active", "yes", "type"),
        ("birthday", "2025-02-29", "date"),
        ("birthday", "20250228", "date"),
        ("birthday", "2025-02-28\n", "date"),
        ("birthday", "\u0662\u0660\u0662\u0665-02-28", "date"),
        ("birthday", "2025-02-28 00:00:00", "date"),
        ("birthday", 20250228, "type"),
        ("birthday", "x" * 1000, "too_long"),
        ("called", "2025-02-28", "datetime"),
        ("called", "2025-02-28T00:00:00", "datetime"),
        ("called", "2025-02-28 24:00:00", "datetime"),
        ("called", "2025-02-28 00:00:00+01:00", "datetime"),
        ("kind", "private", "choice"),
        ("kind", 1, "choice"),
        ("kind", ["other"], "choice"),
        ("country_id", 0, "out_of_range"),
        ("country_id", True, "type"),
        ("country_id", [57, "Germany"], "type"),
        ("country_id", "57", "type"),
        ("category_ids", 1, "type"),
        ("category_ids", [[6, 0, [1]]], "type"),
        ("category_ids", [True], "type"),
        ("category_ids", [0], "out_of_range"),
        ("category_ids", {1: 2}, "type"),
        ("category_ids", [1] * 1001, "too_large"),
        ("image", "a", "base64"),
        ("image", "aGVs bG8=", "base64"),
        ("image", "\u00e4", "base64"),
        ("image", "A" * (MAX_FILE * 2), "too_long"),
        ("image", b"aGVsbG8=", "type"),
        ("group_ids", [1], "unknown_field"),
        ("model_id_", 1, "unknown_field"),
        ("copy_", "x", "unknown_field"),
    ],
    ids=lambda value: ascii(value)[:24],
)
async def test_a_value_that_the_field_does_not_take_is_refused(made, field, value, code):
    assert problems(made, {"name": "A"} | {field: value}) == {field: code}


async def test_a_text_of_combining_marks_takes_no_longer_than_others(made):
    """To put marks into their order one by one, as `unicodedata.normalize` does, takes seconds for so many."""
    started = time.process_time()
    made.parse({"name": "Ann", "note": "a" + "\u0315\u0300" * (MAX_TEXT // 2 - 1)})
    assert time.process_time() - started < 1


async def test_records_that_are_named_have_to_exist_for_this_user(made):
    odoo = FakeOdoo()
    record = await made.checked(odoo, GOOD)
    assert record.to_odoo()["country_id"] == 57
    assert len(odoo.calls) == 3
    assert odoo.calls[0][3] == {"limit": 1, "context": {"active_test": False}}
    with pytest.raises(InvalidFields) as caught:
        await made.checked(odoo, GOOD | {"country_id": 999, "state_id": 1, "category_ids": [1, 3]})
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("country_id", "record_missing"),
        ("state_id", "record_missing"),
        ("category_ids", "record_missing"),
    ]


async def test_nothing_is_asked_when_a_field_is_refused(made):
    odoo = FakeOdoo()
    with pytest.raises(InvalidFields):
        await made.checked(odoo, {"name": "A", "country_id": "57"})
    assert (await made.checked(odoo, {"name": "A"})).to_odoo() == {"name": "A"}
    assert odoo.calls == []


async def test_a_type_of_ones_own_is_stricter():
    made = await model_for(FakeOdoo(), "res.partner", fields=["name", "email"], types={"email": Email})
    assert made.parse({"name": "A", "email": "A@B.EXAMPLE"}).to_odoo()["email"] == "A@b.example"
    assert problems(made, {"name": "A", "email": "x"}) == {"email": "email_at"}


async def test_the_model_describes_itself_in_json_schema(made):
    schema = made.model_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["name"]
    assert schema["properties"]["name"] == {"title": "Name", "type": "string", "minLength": 1, "maxLength": 10}
    assert schema["properties"]["kind"]["enum"] == ["contact", "other"]
    assert set(schema["properties"]) == set(ACCEPTED)


@pytest.mark.parametrize("field", ["computed", "child_ids", "target", "stats", "settings", "absent"])
async def test_a_field_that_is_not_for_outsiders_is_our_error(field):
    with pytest.raises(ParameterError):
        await model_for(FakeOdoo(), "res.partner", fields=["name", field])


async def test_what_is_asked_for_has_to_be_names():
    for model, fields in (("res partner", ["name"]), ("res.partner", ["a b"]), ("res.partner", ["a.b"]), (5, ["name"])):
        with pytest.raises(InvalidInput):
            await model_for(FakeOdoo(), model, fields=fields)
    for fields, types in (([], None), (["name"], {"email": Email}), ("name", None)):
        with pytest.raises(ParameterError):
            await model_for(FakeOdoo(), "res.partner", fields=fields, types=types)
    for answer in (["x"], "x"):
        with pytest.raises(OdooUnavailable):
            await model_for(FakeOdoo(answer), "res.partner", fields=["name"])
    for selection in ([], [[1, "One"]]):
        answer = {"kind": {"type": "selection", "selection": selection}}
        with pytest.raises(ParameterError):
            await model_for(FakeOdoo(answer), "res.partner", fields=["kind"])


async def test_no_error_holds_the_input(made):
    data = dict.fromkeys(ACCEPTED, "<zq7secret>\x00")
    with pytest.raises(InvalidFields) as caught:
        made.parse(data)
    assert "zq7secret" not in f"{caught.value!s}{caught.value!r}{caught.value.args}{caught.value.__dict__}"
    assert caught.value.__context__ is None
    with pytest.raises(ValidationError) as raised:
        made(**data)
    assert "zq7secret" not in str(raised.value)


async def test_what_is_no_mapping_or_too_large_is_refused(made):
    for data in (None, [], "name", 5):
        with pytest.raises(InvalidInput):
            made.parse(data)
    with pytest.raises(InputTooLarge):
        made.parse({f"key{number}": 1 for number in range(1001)})


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=3)


@given(st.dictionaries(st.sampled_from([*ACCEPTED, "x"]), VALUES))
async def test_any_data_is_a_record_or_refused(data):
    made = await model_for(FakeOdoo(), "res.partner", fields=ACCEPTED)
    try:
        given_to_odoo = set(made.parse(data).to_odoo())
    except InvalidFields as error:
        codes = {problem.code for problem in error.errors}
    else:
        codes = set()
        assert given_to_odoo == set(data)
    assert codes <= set(validate.CODES)
