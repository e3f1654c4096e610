"""`FieldCipher.open_records`: rows of columns in, rows of fields out."""

from __future__ import annotations

import copy

import pytest

from zenoo_security import FieldCipher, KeyRing
from zenoo_security.errors import InvalidInput, ParameterError
from zenoo_security.fields import Undecryptable

CONTEXT = ("res.partner", "email")
CIPHER = FieldCipher(KeyRing.generate())


@pytest.mark.parametrize("count", [0, 1, 3, 3000])
def test_rows_are_opened_under_the_names_of_their_fields(count):
    """Columns become fields, what is to be dropped goes, everything else and the caller's rows stay."""
    rows = [
        {
            "id": n,
            "email": "old",
            "x_email": CIPHER.encrypt(f"{n}@x.com", context=CONTEXT),
            "x_idx": "i",
            "name": str(n),
        }
        for n in range(count)
    ]
    before = copy.deepcopy(rows)
    opened, marks = CIPHER.open_records(rows, {"x_email": ("email", CONTEXT)}, drop=["email", "x_idx", "absent"])
    assert opened == [{"id": n, "email": f"{n}@x.com", "name": str(n)} for n in range(count)]
    assert (rows, marks) == (before, [])


def test_rows_of_different_columns_are_opened_alike():
    """The columns of one row say nothing about those of the next."""
    token = CIPHER.encrypt("a@x.com", context=CONTEXT)
    rows = [{"a": token, "b": 1}, {"b": 2, "a": token}, {"a": token}, {}, {"c": 3, "a": False}, {"a": ""}, {"a": None}]
    opened, _ = CIPHER.open_records(rows, {"a": ("email", CONTEXT)}, drop={"b"})
    assert opened == [*[{"email": "a@x.com"}] * 3, {}, {"c": 3, "email": False}, {"email": ""}, {"email": None}]


def test_a_field_in_place_is_opened_where_it_stands():
    """A column may have the name of its field, and be among those to drop: it is not dropped."""
    token = CIPHER.encrypt("a@x.com", context=CONTEXT)
    opened, _ = CIPHER.open_records([{"email": token}], {"email": ("email", CONTEXT)}, drop=["email"])
    assert opened == [{"email": "a@x.com"}]


def test_marks_come_with_their_places():
    """Whoever reads many rows need not look for the marks."""
    good, other = CIPHER.encrypt("a", context=CONTEXT), ("res.partner", "vat")
    rows = [{"e": good, "v": good}, {"e": good, "v": False}, {"e": "plain", "v": 5}] * 700
    opened, marks = CIPHER.open_records(rows, {"e": ("email", CONTEXT), "v": ("vat", other)}, drop=[])
    places = {(n, "vat") for n in range(0, 2100, 3)} | {(n, f) for n in range(2, 2100, 3) for f in ("email", "vat")}
    assert set(marks) == places
    assert len(marks) == len(places)
    assert all(isinstance(opened[row][field], Undecryptable) for row, field in marks)
    assert (opened[0]["vat"].reason, opened[2]["email"].reason) == ("altered", "plaintext")


@pytest.mark.parametrize("rows", [[1], [{}, "x"], [None]])
def test_only_rows_are_opened(rows):
    """What is no dict is invalid input."""
    with pytest.raises(InvalidInput) as caught:
        CIPHER.open_records(rows, {"a": ("email", CONTEXT)}, drop=[])
    assert caught.value.code == "record"


def test_a_context_that_is_none_is_refused():
    """As by every other method."""
    with pytest.raises(ParameterError):
        CIPHER.open_records([], {"a": ("email", [])}, drop=[])


class Disturbing(str):
    """The name of a column whose hash changes the row that it is in."""

    row: dict[str, object] | None = None

    __slots__ = ()

    def __hash__(self) -> int:
        if self.row is not None:
            self.row.pop("b", None)
            self.row.update(dict.fromkeys(map(str, range(len(self.row) * 8))))
        return str.__hash__(self)


def test_a_row_that_changes_while_its_columns_are_looked_up_does_no_harm():
    row: dict[str, object] = {Disturbing("a"): 1, "b": 2}
    Disturbing.row = row
    try:
        opened, marks = CIPHER.open_records([row], {"x_email": ("email", CONTEXT)}, drop=[])
    finally:
        Disturbing.row = None
    assert (opened, marks) == ([{"a": 1, "b": 2}], [])
