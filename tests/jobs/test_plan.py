"""What each operation makes of a field: nothing is lost, nothing is done twice, nothing is written unseen."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.cells import DECLARED, FERNET, OLD, PLACE, RING, STRANGER, applied, cells, codec_of, seen, unreadable
from zenoo_security.fields import Encrypted
from zenoo_security.jobs import finding
from zenoo_security.jobs.codec import Cell
from zenoo_security.jobs.plan import PLANS
from zenoo_security.jobs.report import Found

ANY = st.sampled_from(DECLARED).flatmap(cells)
OPERATIONS = st.sampled_from(sorted(PLANS))


def found(codec, cell):
    result = Found()
    finding.count(result, codec, cell)
    return result


STRANGERS = codec_of(DECLARED[0], STRANGER).seal("note", PLACE)
OLD_TOKEN = codec_of(DECLARED[0], OLD).seal("note", PLACE)


@given(OPERATIONS, ANY)
@example("rotate", (codec_of(DECLARED[0]), Cell(STRANGERS, OLD_TOKEN, False, PLACE)))
def test_a_reader_sees_the_same_value_before_and_after(operation, drawn):
    codec, cell = drawn
    decision = PLANS[operation](codec, cell)
    before, after = seen_or_none(codec, cell), seen_or_none(codec, applied(codec, cell, decision))
    if unreadable(before):
        assert unreadable(after)
        assert codec.target.own not in decision.values
        if token := decision.values.get(codec.target.column):
            # The one in Odoo's own field cannot be read, and the one behind it is not lost with the old key.
            assert (operation, bool(cell.own)) == ("rotate", True)
            assert codec.open(token, PLACE) == codec.open(cell.column, PLACE)
        else:
            assert codec.target.column not in decision.values
    else:
        assert after == before


def seen_or_none(codec, cell):
    try:
        return seen(codec, cell)
    except Exception as error:  # noqa: BLE001
        return type(error)


@given(OPERATIONS, ANY)
def test_what_has_been_done_is_not_done_again(operation, drawn):
    codec, cell = drawn
    plan = PLANS[operation]
    decision = plan(codec, cell)
    assert not plan(codec, applied(codec, cell, decision)).values
    assert bool(decision.values) == (decision.outcome not in {"kept", "empty", "left"})
    assert bool(decision.problem) == (decision.outcome == "left")


@given(OPERATIONS, ANY)
def test_a_write_compares_every_column_that_it_replaces(operation, drawn):
    codec, cell = drawn
    decision = PLANS[operation](codec, cell)
    index_column = codec.target.declaration.index_column
    read = {codec.target.own: cell.own, codec.target.column: cell.column, index_column: cell.index}
    assert set(decision.values) <= set(decision.expected)
    assert decision.expected.items() <= read.items()
    if decision.values and decision.outcome != "reindexed" and operation in {"encrypt", "decrypt"}:
        assert set(decision.expected) == set(codec.target.columns)
    assert all(value != read[column] for column, value in decision.values.items())


@given(ANY)
def test_after_encrypt_nothing_is_in_the_clear_that_was_not_reported(drawn):
    codec, cell = drawn
    decision = PLANS["encrypt"](codec, cell)
    after = found(codec, applied(codec, cell, decision))
    assert not after.plaintext or decision.problem
    if decision.values:
        assert not after.index_stale
        assert not after.undecryptable
        assert after.empty or after.keys == {RING.primary_id: 1}


@given(ANY)
def test_after_decrypt_there_is_neither_token_nor_index(drawn):
    codec, cell = drawn
    decision = PLANS["decrypt"](codec, cell)
    after = applied(codec, cell, decision)
    assert decision.problem or not (codec.is_token(after.column) or after.index)


@given(ANY)
def test_after_rotate_every_token_that_opens_has_the_primary_key(drawn):
    codec, cell = drawn
    decision = PLANS["rotate"](codec, cell)
    after = found(codec, applied(codec, cell, decision))
    assert decision.problem or set(after.keys) <= {RING.primary_id}


@given(ANY)
def test_after_reindex_no_index_is_stale(drawn):
    codec, cell = drawn
    decision = PLANS["reindex"](codec, cell)
    assert decision.problem or not found(codec, applied(codec, cell, decision)).index_stale


@given(ANY)
def test_each_record_is_counted_once(drawn):
    codec, cell = drawn
    counted = found(codec, cell)
    encrypted = sum(counted.keys.values())
    in_the_clear_only = counted.plaintext if not encrypted else 0
    assert counted.rows == counted.empty + encrypted + in_the_clear_only == 1
    assert sum(counted.undecryptable.values()) <= encrypted


SHADOW, IN_PLACE = codec_of(Encrypted(index="casefold")), codec_of(Encrypted(in_place=True))
TOKEN = SHADOW.seal("old", PLACE)


@pytest.mark.parametrize(
    ("operation", "codec", "own", "column", "outcome", "problem"),
    [
        ("encrypt", SHADOW, "new", False, "encrypted", ""),
        ("encrypt", SHADOW, "new", TOKEN, "rewritten", ""),
        ("encrypt", SHADOW, False, TOKEN, "kept", ""),
        ("encrypt", SHADOW, False, False, "empty", ""),
        ("encrypt", SHADOW, TOKEN, False, "migrated", ""),
        ("encrypt", SHADOW, TOKEN, TOKEN, "left", "token_in_field"),
        ("encrypt", SHADOW, FERNET.encrypt(b"x").decode(), False, "migrated", ""),
        ("encrypt", SHADOW, "gAAAAA" + "A" * 94, False, "left", "fernet"),
        ("encrypt", IN_PLACE, False, "gAAAAA" + "A" * 94, "left", "fernet"),
        ("encrypt", SHADOW, FERNET.encrypt(TOKEN.encode()).decode(), False, "left", "unfit"),
        ("encrypt", SHADOW, "long " * 4 * 1024 * 1024, TOKEN, "left", "unfit"),
        ("encrypt", codec_of(Encrypted(type="integer")), 17, False, "encrypted", ""),
        ("encrypt", codec_of(Encrypted(type="integer")), 0, False, "empty", ""),
        ("encrypt", codec_of(Encrypted(type="integer")), 0, "17", "left", "plaintext"),
        ("decrypt", SHADOW, False, TOKEN, "decrypted", ""),
        ("decrypt", SHADOW, "new", TOKEN, "rewritten", ""),
        ("decrypt", SHADOW, "new", False, "kept", ""),
        ("decrypt", SHADOW, False, "text", "left", "plaintext"),
        ("decrypt", codec_of(Encrypted(index="casefold"), OLD), False, TOKEN, "left", "unknown_key"),
        ("decrypt", codec_of(Encrypted(index="casefold"), OLD.rotate()), False, TOKEN, "left", "altered"),
        ("rotate", codec_of(Encrypted(index="casefold"), RING.rotate()), False, TOKEN, "rotated", ""),
        ("rotate", codec_of(Encrypted(), RING.rotate().retire(2)), False, TOKEN, "left", "retired_key"),
        ("rotate", SHADOW, "new", TOKEN, "kept", ""),
        ("reindex", SHADOW, False, TOKEN, "reindexed", ""),
    ],
    ids=lambda value: value[:6] if isinstance(value, str) else None,
)
def test_the_outcome_says_what_happened(operation, codec, own, column, outcome, problem):  # noqa: PLR0917
    decision = PLANS[operation](codec, Cell(own, column, False, PLACE))
    assert (decision.outcome, decision.problem) == (outcome, problem)


def test_a_value_that_the_normalizer_does_not_take_is_encrypted_and_counted_as_unindexed():
    """A search for it raises in the client, so there is nothing that could find it; it must not stay in the clear."""
    codec = codec_of(Encrypted(index="email"))
    cell = Cell("no address", False, False, PLACE)
    decision = PLANS["encrypt"](codec, cell)
    after = found(codec, applied(codec, cell, decision))
    assert (decision.outcome, after.unindexed, after.index_stale) == ("encrypted", 1, 0)
