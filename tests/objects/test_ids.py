"""What is an id, and what is said of what is none."""

from __future__ import annotations

import pytest

from zenoo_security.errors import InputTooLarge, InvalidInput
from zenoo_security.objects.ids import MAX_IDS, checked_ids

LARGEST = 2**31 - 1


def test_ids_are_taken_in_their_order_each_once():
    assert checked_ids([5, 1, 5, LARGEST]) == [5, 1, LARGEST]
    assert checked_ids((1,)) == checked_ids({1}) == checked_ids(frozenset({1})) == [1]


@pytest.mark.parametrize(
    ("ids", "text", "code"),
    [
        ("12", "give a list of ids", "type"),
        (12, "give a list of ids", "type"),
        ([True], "an id is a whole number", "type"),
        (["1"], "an id is a whole number", "type"),
        ([0], f"an id is a whole number from 1 to {LARGEST}", "invalid"),
        ([LARGEST + 1], f"an id is a whole number from 1 to {LARGEST}", "invalid"),
    ],
    ids=repr,
)
def test_what_is_no_id_is_refused_with_its_reason(ids, text, code):
    with pytest.raises(InvalidInput) as refused:
        checked_ids(ids)
    assert (refused.value.message, refused.value.field, refused.value.code) == (text, "ids", code)


def test_a_million_ids_are_taken_and_no_more():
    most = list(range(1, MAX_IDS + 1))
    assert len(checked_ids(most)) == MAX_IDS
    with pytest.raises(InputTooLarge) as refused:
        checked_ids([*most, 1])
    assert (refused.value.message, refused.value.field) == ("at most 1000000 ids at once", "ids")
