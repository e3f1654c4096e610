"""One model's encrypted fields: what is stored of a value, and what a row of Odoo becomes."""

from __future__ import annotations

import itertools
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.client.model import EncryptedModel
from zenoo_security.errors import DecryptionError, InputTooLarge, InvalidInput, ParameterError, QueryRefused
from zenoo_security.fields import TYPES, Encrypted, EncryptedFields, FieldCipher, Undecryptable
from zenoo_security.keyring import KeyRing

RING = KeyRing.generate()
MODEL = "res.partner"


def model(database="production", name=MODEL, ring=RING, undecryptable="mark", **fields: Encrypted) -> EncryptedModel:
    declared = EncryptedFields({name: fields}).for_model(name)
    assert declared is not None
    return EncryptedModel(name, declared, ring, database, undecryptable)


def as_read(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The row that Odoo answers with after it has stored this one."""
    return {"id": 7, "company_id": [3, "Company"], **row, **more}


def events(caplog) -> list[dict[str, Any]]:
    return [record.event for record in caplog.records if record.name == "zenoo_security.audit"]


# --- types ---

BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "char": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    "date": st.dates().map(str),
    "datetime": st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds")),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "html": st.sampled_from(["<p>hello</p>", "<div>a &amp; b</div>", False]),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "monetary": st.floats(allow_nan=False, allow_infinity=False),
    "selection": st.sampled_from(["one", "two", False]),
    "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
}
EVERY_TYPE = {f"f_{name}": Encrypted(type=name) for name in sorted(TYPES)}
ROWS = st.fixed_dictionaries({}, optional={f"f_{name}": values for name, values in BY_TYPE.items()})


@given(st.lists(ROWS, max_size=5))
def test_every_type_comes_back_as_odoo_would_answer_with_it(rows):
    every = model(**EVERY_TYPE)
    opened = every.open([as_read(row) for row in every.seal(rows)], None)
    expected = [{name: value or every.fields[name].empty for name, value in row.items()} for row in rows]
    assert opened == [as_read(row) for row in expected]
    assert all(
        type(row[name]) is type(value)
        for row, kept in zip(opened, expected, strict=True)
        for name, value in kept.items()
    )


@given(ROWS)
def test_nothing_of_a_value_is_stored_but_its_token(row):
    [sealed] = model(**EVERY_TYPE).seal([row])
    for name in row:
        assert sealed[name] is False
        assert sealed[f"x_{name}_enc"] is False or sealed[f"x_{name}_enc"].startswith("zs1.")
    assert set(sealed) == {column for name in row for column in (name, f"x_{name}_enc")}


@pytest.mark.parametrize("odoo_type", sorted(TYPES - {"boolean"}))
def test_the_empty_values_of_a_type_are_stored_as_false(odoo_type):
    one = model(f=Encrypted(type=odoo_type, index="exact"))
    for empty in (None, False, "", one.fields["f"].empty):
        assert one.seal([{"f": empty}]) == [{"f": False, "x_f_enc": False, "x_f_idx": False}]
    assert one.open([{"id": 1, "x_f_enc": False}], ["f"]) == [{"id": 1, "f": one.fields["f"].empty}]


@pytest.mark.asvs("v5.0.0-2.2.1")
@pytest.mark.parametrize("value", [5, "not a number", ["x"], {"id": 1}, b"x", object()])
def test_a_value_of_another_type_is_refused_by_the_name_of_its_field(value):
    some = model(number=Encrypted(type="integer"), text=Encrypted())
    name = "text" if value == 5 else "number"
    with pytest.raises(InvalidInput) as caught:
        some.seal([{"number": 1, "text": "x"}, {name: value}])
    assert (caught.value.field, caught.value.code) == (name, "type")
    assert "not a number" not in str(caught.value)


def test_what_cannot_be_encrypted_or_indexed_is_refused_by_the_name_of_its_field():
    some = model(a=Encrypted(), b=Encrypted(index="digits"))
    for row, kind, code in (
        ({"a": "\ud800"}, InvalidInput, "encoding"),
        ({"a": "x" * (2**24 + 1)}, InputTooLarge, "too_large"),
        ({"b": "no digits"}, InvalidInput, "no_digits"),
    ):
        with pytest.raises(kind) as caught:
            some.seal([row])
        assert (caught.value.field, caught.value.code) == (next(iter(row)), code)


def test_an_index_of_other_types_is_exact():
    dated = model(born=Encrypted(type="date", index="exact"))
    [sealed] = dated.seal([{"born": "1990-05-17"}])
    assert dated.rewriters["born"]("=", "1990-05-17") == [["x_born_idx", "=", sealed["x_born_idx"]]]
    assert dated.rewriters["born"]("in", ["1990-05-17 08:00:00"]) == [["x_born_idx", "in", [sealed["x_born_idx"]]]]
    with pytest.raises(InvalidInput):
        dated.rewriters["born"]("=", "17 May")
    with pytest.raises(ParameterError, match="exact"):
        Encrypted(type="date", index="casefold")


def test_zero_is_the_empty_value_that_a_search_for_it_finds():
    some = model(points=Encrypted(type="integer"))
    assert some.rewriters["points"]("=", 0) == [["x_points_enc", "=", False]]
    with pytest.raises(QueryRefused, match="no index"):
        some.rewriters["points"]("=", 1)


# --- contexts, padding, length of the index ---

PLACES = {
    "field": (model(a=Encrypted(), b=Encrypted()), "b"),
    "model": (model(name="res.users", a=Encrypted()), "a"),
    "database": (model("staging", a=Encrypted(bind=("database",))), "a"),
}


@pytest.mark.asvs("v5.0.0-11.3.2")
@pytest.mark.parametrize("moved", PLACES)
def test_a_token_that_was_moved_does_not_open(moved):
    bind = ("database",) if moved == "database" else ()
    [sealed] = model(a=Encrypted(bind=bind)).seal([{"a": "secret"}])
    there, name = PLACES[moved]
    [row] = there.open([as_read({f"x_{name}_enc": sealed["x_a_enc"]})], None)
    assert row[name].reason == "altered"


@pytest.mark.parametrize("bind", [("company",), ("record",), ("company", "record"), ("database", "company", "record")])
def test_a_token_opens_in_its_company_and_record_only(bind):
    late = model(a=Encrypted(bind=bind), b=Encrypted())
    [columns] = late.seal_late([{"id": 7, "company_id": [3, "Company"], "a": "secret"}])
    places = list(itertools.product([7, 8], [[3, "Company"], 3, {"id": 3}, [4, "Other"], False]))
    rows = [{"id": record, "company_id": company, **columns} for record, company in places]
    opened = late.open(rows, ["a"])
    for (record, company), row in zip(places, opened, strict=True):
        fits = ("record" not in bind or record == 7) and (
            "company" not in bind or company in ([3, "Company"], 3, {"id": 3})
        )
        assert (row["a"] == "secret") is fits
        assert ("company_id" in row) is ("company" not in bind)
        assert isinstance(row["a"], str if fits else Undecryptable)


def test_late_values_are_left_out_until_the_record_is_known():
    late = model(a=Encrypted(bind=("record",), index="exact"), b=Encrypted())
    [sealed] = late.seal([{"a": "secret", "b": "other", "name": "x"}])
    assert set(sealed) == {"name", "a", "b", "x_b_enc"}
    assert (late.late, sealed["a"]) == ({"a"}, False)
    [columns] = late.seal_late([{"id": 7, "company_id": 3, "a": "secret"}])
    assert set(columns) == {"a", "x_a_enc", "x_a_idx"}
    assert late.rewriters["a"]("=", "secret") == [["x_a_idx", "=", columns["x_a_idx"]]], "a search knows no record"
    with pytest.raises(InvalidInput):
        late.seal([{"a": 5}])


def test_the_index_is_bound_to_the_database_where_the_token_is():
    ours, theirs = (
        model(database, a=Encrypted(bind=("database", "record"), index="exact"))
        for database in ("production", "staging")
    )
    assert ours.rewriters["a"]("=", "x") != theirs.rewriters["a"]("=", "x")


def test_padding_and_the_length_of_an_index_are_those_of_the_field():
    some = model(a=Encrypted(padding=64), b=Encrypted(), c=Encrypted(index="exact", index_length=8))
    rows = some.seal([{"a": text, "b": text, "c": text} for text in ("x", "x" * 40)])
    lengths = {name: {len(row[name]) for row in rows} for name in ("x_a_enc", "x_b_enc", "x_c_idx")}
    assert [len(lengths[name]) for name in lengths] == [1, 2, 1]
    assert lengths["x_c_idx"] == {len("zi1.") + 11}


# --- what is asked for, what is handed on ---


def test_columns_are_asked_for_as_the_declaration_needs_them():
    some = model(
        a=Encrypted(),
        b=Encrypted(plaintext="allow"),
        c=Encrypted(in_place=True, plaintext="allow"),
        d=Encrypted(bind=("company",)),
    )
    assert some.request(["name", "a"]) == ["name", "x_a_enc"]
    assert some.request(["b", "c"]) == ["x_b_enc", "b", "c"]
    assert some.request(["d", "company_id"]) == ["x_d_enc", "company_id"]


def test_the_company_that_a_context_needs_is_handed_on_to_whoever_asked_for_it():
    some = model(a=Encrypted(bind=("company",)))
    [columns] = some.seal_late([{"id": 7, "company_id": 3, "a": "x"}])
    row = as_read(columns)
    assert some.open([row], ["a"]) == [{"id": 7, "a": "x"}]
    assert some.open([row], ["a", "company_id"]) == [{"id": 7, "a": "x", "company_id": [3, "Company"]}]
    assert some.open([row], None) == [{"id": 7, "a": "x", "company_id": [3, "Company"]}]


# --- plaintext ---


def sealed_token(some: EncryptedModel, value: str) -> str:
    token = some.seal([{"a": value}])[0][some.fields["a"].column]
    assert isinstance(token, str)
    return token


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("plaintext", ["allow", "warn", "refuse"])
def test_plaintext_is_read_as_declared(caplog, in_place, plaintext):
    caplog.set_level(logging.INFO)
    some = model(a=Encrypted(in_place=in_place, plaintext=plaintext))
    token = sealed_token(some, "encrypted")
    if in_place:
        rows = [{"id": 1, "a": token}, {"id": 2, "a": "SECRET"}, {"id": 3, "a": False}]
    else:
        rows = [
            {"id": 1, "a": False, "x_a_enc": token},
            {"id": 2, "a": "SECRET", "x_a_enc": False},
            {"id": 3, "a": False, "x_a_enc": False},
        ]
    opened = some.open(rows, ["a"])
    refused = opened[1]["a"]
    assert [row["a"] for row in opened] == ["encrypted", refused if plaintext == "refuse" else "SECRET", False]
    if plaintext != "refuse":
        wanted = [{"name": "field.plaintext", "model": MODEL, "field": "a", "count": 1}] if plaintext == "warn" else []
    elif in_place:
        assert refused.reason == "plaintext"
        details = {"model": MODEL, "field": "a", "reason": "plaintext", "key_id": None, "count": 1}
        wanted = [{"name": "field.undecryptable", **details}]
    else:
        assert refused is False, "the token counts: there is none"
        wanted = []
    assert events(caplog) == wanted
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize("token", ["encrypted", "garbage"])
def test_plaintext_beside_a_token_is_newer_and_counts(caplog, token):
    """Each write of ours empties the field, so that somebody else wrote there after it."""
    some = model(a=Encrypted(plaintext="allow"))
    stored = sealed_token(some, "old") if token == "encrypted" else "garbage"
    assert some.open([{"id": 1, "a": "new", "x_a_enc": stored}], ["a"]) == [{"id": 1, "a": "new"}]
    assert events(caplog) == []
    strict = model(a=Encrypted())
    [row] = strict.open([{"id": 1, "a": "new", "x_a_enc": stored}], None)
    assert row["a"] == "old" if token == "encrypted" else isinstance(row["a"], Undecryptable)


@pytest.mark.parametrize("plaintext", ["allow", "warn"])
def test_a_token_in_odoos_own_field_is_opened_and_never_handed_out_as_plaintext(caplog, plaintext):
    """It stands there from the time when that was the column, or somebody copied it there from another record."""
    some = model(a=Encrypted(plaintext=plaintext))
    own, column = sealed_token(some, "moved"), sealed_token(some, "in its column")
    rows = [
        {"id": 1, "a": own, "x_a_enc": False},
        {"id": 2, "a": own, "x_a_enc": column},
        {"id": 3, "a": FieldCipher(RING).encrypt("another", context=(MODEL, "b")), "x_a_enc": False},
    ]
    before = [dict(row) for row in rows]
    one, two, three = (row["a"] for row in some.open(rows, ["a"]))
    assert (one, two) == ("moved", "in its column")
    assert isinstance(three, Undecryptable)
    assert three.reason == "altered"
    assert rows == before
    assert [event["name"] for event in events(caplog)] == ["field.undecryptable"]


def test_a_damaged_token_in_place_is_never_taken_for_plaintext():
    """Half of the letters of a token that may flip make it one that is not well-formed."""
    some = model(a=Encrypted(in_place=True, plaintext="allow"))
    token = sealed_token(some, "value")
    damaged = [
        token[:n] + chr(ord(token[n]) ^ bit) + token[n + 1 :] for n in range(4, len(token)) for bit in (1, 4, 64)
    ]
    assert all(isinstance(row["a"], Undecryptable) for row in some.open([{"a": text} for text in damaged], ["a"]))


@pytest.mark.parametrize(
    ("odoo_type", "value", "empty"),
    [("integer", 5, 0), ("float", 1.5, 0.0), ("boolean", True, False), ("date", "2026-11-24", False)],
)
def test_plaintext_of_every_type_is_told_from_its_empty_value(odoo_type, value, empty):
    some = model(a=Encrypted(type=odoo_type, plaintext="allow"))
    [sealed] = some.seal([{"a": value}])
    rows = [{**sealed, "a": empty}, {"a": value, "x_a_enc": False}, {"a": empty, "x_a_enc": False}]
    assert [row["a"] for row in some.open(rows, ["a"])] == [value, value, empty]


# --- what cannot be decrypted ---


def test_marks_are_counted_by_field_reason_and_key(caplog):
    some = model(a=Encrypted(), b=Encrypted())
    stranger = FieldCipher(KeyRing.generate()).encrypt("x", context=(MODEL, "a"))
    good = sealed_token(some, "x")
    rows = [{"id": n, "x_a_enc": stranger, "x_b_enc": "SECRET" if n else good} for n in range(3)]
    opened = some.open(rows, ["a", "b"])
    assert not any(row["a"] or row["b"] for row in opened)
    counts = {(e["field"], e["reason"], e["key_id"]): e["count"] for e in events(caplog)}
    assert counts == {("a", "altered", 1): 3, ("b", "plaintext", None): 2, ("b", "altered", 1): 1}
    assert "SECRET" not in caplog.text


def test_a_mark_is_an_exception_by_choice_that_names_three_records(caplog):
    some = model(undecryptable="raise", a=Encrypted())
    rows = [{"id": n, "x_a_enc": "SECRET"} for n in (5, 6, 7, 8)]
    with pytest.raises(DecryptionError, match=r"a of 5, a of 6, a of 7 and 1 more .*plaintext") as caught:
        some.open(rows, ["a"])
    assert "SECRET" not in str(caught.value)
    assert [event["count"] for event in events(caplog)] == [4]


@pytest.mark.parametrize("late", [(), ("record",)])
def test_a_mark_or_a_token_cannot_be_written(late):
    some = model(a=Encrypted(bind=late))
    [row] = some.open([{"id": 1, "x_a_enc": "damaged"}], ["a"])
    token = FieldCipher(RING).encrypt("x", context=(MODEL, "a"))
    for value, says in ((row["a"], "could not be decrypted"), (str(row["a"]), "could not"), (token, "ciphertext")):
        with pytest.raises(QueryRefused, match=says):
            some.seal([{"a": value}])
