"""Encrypted fields and blind indexes."""

from __future__ import annotations

import copy
import json
import os
import pickle
import sys
import threading
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenoo_security import BlindIndex, Encrypted, EncryptedFields, FieldCipher, KeyRing
from zenoo_security.errors import DecryptionError, InputTooLarge, InvalidInput, ParameterError
from zenoo_security.fields import Undecryptable
from zenoo_security.fields.unsuitable import why_not_in_place

CONTEXT = ("res.partner", "email")
RING = KeyRing.generate()
CIPHER = FieldCipher(RING)
NAIVE, AWARE = (
    datetime(2026, 11, 24, 13, 5, 0, 1),  # noqa: DTZ001
    datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
)


def same(left, right):
    return type(left) is type(right) and (repr(left) == repr(right) or left == right)


VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
    st.integers(),
    st.integers(min_value=-(2**4000), max_value=2**4000),
    st.floats(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)),
    st.decimals(allow_nan=True),
)


@given(value=VALUES, padding=st.none() | st.integers(2, 200))
def test_every_value_comes_back_with_its_type(value, padding):
    """What was encrypted is what is decrypted, type included, padded or not."""
    cipher = FieldCipher(RING, padding=padding)
    token = cipher.encrypt(value, context=CONTEXT)
    assert same(CIPHER.decrypt(token, context=CONTEXT), value)


def test_an_aware_datetime_keeps_its_offset():
    """The offset from UTC comes back; the name of the zone does not."""
    opened = CIPHER.decrypt(CIPHER.encrypt(AWARE, context=CONTEXT), context=CONTEXT)
    assert (opened, opened.utcoffset()) == (AWARE, AWARE.utcoffset())


def test_subclasses_come_back_as_what_they_derive_from():
    """A subclass of a known type is stored as that type."""

    class Text(str):
        __slots__ = ()

        def encode(self, *_):
            raise AssertionError

    class Moment(datetime):
        def isoformat(self, *_):
            raise AssertionError

    opened = CIPHER.decrypt(CIPHER.encrypt(Text("x"), context=CONTEXT), context=CONTEXT)
    assert same(opened, "x")
    opened = CIPHER.decrypt(CIPHER.encrypt(Moment(2026, 1, 1), context=CONTEXT), context=CONTEXT)
    assert same(opened, datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.asvs("v5.0.0-11.2.1", "v5.0.0-11.2.5", "v5.0.0-11.3.1", "v5.0.0-11.3.2", "v5.0.0-11.3.3")
def test_known_answers(vectors):
    """The frozen tokens open to the frozen plaintexts, and the invalid ones all fail alike."""
    document = vectors("fields")
    cipher = FieldCipher(KeyRing.from_json(json.dumps(document["key_ring"])))
    read = {
        "str": str,
        "bytes": bytes.fromhex,
        "none": lambda _: None,
        "bool": lambda text: text == "true",
        "int": int,
        "float": float.fromhex,
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
        "decimal": Decimal,
    }
    for case in document["valid"]:
        opened = cipher.decrypt(case["token"], context=case["context"])
        assert same(opened, read[case["type"]](case["value"])), case
        assert cipher.key_id(case["token"]) == case["key_id"]
    failures = set()
    for case in document["invalid"]:
        with pytest.raises(DecryptionError) as error:
            cipher.decrypt(case["token"], context=case["context"])
        failures.add((type(error.value), str(error.value), error.value.__cause__))
    assert failures == {(DecryptionError, "the value cannot be decrypted", None)}


@pytest.mark.asvs("v5.0.0-11.3.3")
def test_one_changed_character_anywhere_fails():
    """Every other base64url character in every place of a token fails."""
    token = CIPHER.encrypt("anna", context=CONTEXT)
    for position in range(len(token)):
        for character in "AQgwZz059-_=. \n":
            if character != token[position]:
                with pytest.raises(DecryptionError):
                    CIPHER.decrypt(token[:position] + character + token[position + 1 :], context=CONTEXT)


@pytest.mark.parametrize(
    "context",
    [
        ("res.partner", "phone"),
        ("res.partner",),
        ("res.partner", "email", "1"),
        ("res.partnere", "mail"),
        ("email", "res.partner"),
    ],
)
def test_a_value_opens_only_under_its_context(context):
    """Another context, a longer or shorter one, or the same letters split elsewhere: all fail."""
    token = CIPHER.encrypt("x", context=CONTEXT)
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(token, context=context)


def test_keys_follow_the_ring():
    """Old values open after a rotation, not after their key is retired; another ring opens nothing."""
    token = CIPHER.encrypt("x", context=CONTEXT)
    rotated = RING.rotate()
    assert FieldCipher(rotated).decrypt(token, context=CONTEXT) == "x"
    assert FieldCipher.key_id(FieldCipher(rotated).encrypt("x", context=CONTEXT)) == 2
    for ring in (rotated.retire(1), KeyRing.generate()):
        with pytest.raises(DecryptionError):
            FieldCipher(ring).decrypt(token, context=CONTEXT)


@pytest.mark.parametrize(
    "token", ["", "zs1.", "x", None, False, 5, b"zs1.AAAA", "\ud800", "zs1.\ud800", "zs1." + "A" * 10_000_000, ["zs1."]]
)
@pytest.mark.asvs("v5.0.0-11.2.5")
def test_what_is_no_token_fails_like_a_wrong_one(token):
    """Anything at all in the place of a token is a DecryptionError with the one text."""
    with pytest.raises(DecryptionError) as error:
        CIPHER.decrypt(token, context=CONTEXT)
    assert str(error.value) == "the value cannot be decrypted"
    assert not CIPHER.is_encrypted(token)


@given(st.text() | st.from_regex(r"zs1\.[A-Za-z0-9_=-]*", fullmatch=True))
def test_arbitrary_texts_are_no_tokens(text):
    """The parser survives any text."""
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(text, context=CONTEXT)


@pytest.mark.parametrize(
    "token",
    [
        CIPHER.encrypt("x", context=CONTEXT),
        CIPHER.encrypt("x", context=("res.partner", "phone")),
        FieldCipher(KeyRing.generate()).encrypt("x", context=CONTEXT),
        FieldCipher(RING.rotate()).encrypt("x", context=CONTEXT),
    ],
    ids=["ours", "of another context", "of another ring", "of a key that is not known"],
)
def test_what_is_encrypted_is_not_encrypted_again(token):
    """A token is neither wrapped (two decryptions would be needed) nor stored as given (a stolen one would open)."""
    assert CIPHER.is_encrypted(token)
    for encrypt in (
        lambda: CIPHER.encrypt(token, context=CONTEXT),
        lambda: CIPHER.encrypt_many(["x", token], context=CONTEXT),
        lambda: CIPHER.encrypt_records([{"email": "x"}, {"email": token}], {"email": CONTEXT}),
    ):
        with pytest.raises(InvalidInput) as error:
            encrypt()
        assert error.value.code == "already_encrypted"
        assert token not in str(error.value)


def test_a_text_that_only_looks_like_a_token_is_encrypted():
    """A stranger cannot have his text stored as it is by writing zs1. before it."""
    for text in ("zs1.", "zs1.hello", "zs1." + "A" * 60, "zs1." + "B" * 59, "zs1." + "B" * 61, "zs1." + "B" * 60 + "="):
        assert not CIPHER.is_encrypted(text)
        assert CIPHER.decrypt(CIPHER.encrypt(text, context=CONTEXT), context=CONTEXT) == text


def test_padding_hides_lengths():
    """Values of different lengths within one multiple have tokens of one length."""
    cipher = FieldCipher(RING, padding=64)
    assert len({len(cipher.encrypt("x" * length, context=CONTEXT)) for length in range(60)}) == 1


def test_sizes_are_bounded():
    """10 MB go through; over 16 MiB, or 4096 bytes of an int, are refused before any work."""
    text = "ü" * 5_000_000
    assert CIPHER.decrypt(CIPHER.encrypt(text, context=CONTEXT), context=CONTEXT) == text
    for value in ("x" * (16 * 1024 * 1024 + 1), b"x" * (16 * 1024 * 1024 + 1), 1 << 40_000, Decimal("1" * 5000)):
        with pytest.raises(InputTooLarge):
            CIPHER.encrypt(value, context=CONTEXT)
    assert CIPHER.decrypt(CIPHER.encrypt((1 << 32_767) - 1, context=CONTEXT), context=CONTEXT) == (1 << 32_767) - 1


@pytest.mark.parametrize(
    ("value", "code"),
    [(object(), "encryptable_type"), ([], "encryptable_type"), (1j, "encryptable_type"), ("\ud800", "encoding")],
)
def test_what_cannot_be_encrypted_is_invalid_input(value, code):
    """Other types and lone surrogates are refused with a code, and the value is not in the text."""
    with pytest.raises(InvalidInput) as error:
        CIPHER.encrypt(value, context=CONTEXT)
    assert error.value.code == code


@pytest.mark.parametrize("context", [(), "email", ("",), ("a", ""), ("x" * 256,), ("a",) * 17, ("\ud800",)])
def test_a_context_that_is_none_is_refused(context):
    """No part, an empty part, one text, too many or too long parts: ParameterError."""
    with pytest.raises(ParameterError):
        CIPHER.encrypt("x", context=context)


def test_a_context_may_be_any_sequence():
    """A list and a tuple of the same texts are the same context, also after the list changes."""
    parts = list(CONTEXT)
    token = CIPHER.encrypt("x", context=parts)
    assert CIPHER.decrypt(token, context=CONTEXT) == "x"
    parts[1] = "phone"
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(token, context=parts)


def test_many_contexts_do_not_mix():
    """More contexts than any cache holds: each value still opens only under its own."""
    contexts = [("res.partner", "email", str(number)) for number in range(2500)]
    tokens = [CIPHER.encrypt(number, context=context) for number, context in enumerate(contexts)]
    assert [CIPHER.decrypt(token, context=context) for token, context in zip(tokens, contexts, strict=True)] == list(
        range(2500)
    )


def records(count):
    return [
        {"id": number, "name": f"N{number}", "email": f"a{number}@example.com", "vat": None, "day": date(2026, 1, 1)}
        for number in range(count)
    ]


FIELDS = {
    "email": CONTEXT,
    "vat": ("res.partner", "vat"),
    "day": ("res.partner", "day"),
    "missing": ("res.partner", "missing"),
}


@pytest.mark.parametrize("count", [0, 1, 7, 3000])
def test_records_come_back_and_the_callers_rows_stay(count):
    """Only the named fields change, in new rows; a field that a row lacks stays absent."""
    rows = records(count)
    sealed = CIPHER.encrypt_records(rows, FIELDS)
    assert rows == records(count)
    for row, before in zip(sealed, rows, strict=True):
        assert row.keys() == before.keys()
        assert (row["id"], row["name"]) == (before["id"], before["name"])
        assert all(row[name].startswith("zs1.") for name in ("email", "vat", "day"))
    assert CIPHER.decrypt_records(sealed, FIELDS) == rows
    assert CIPHER.decrypt_many([row["email"] for row in sealed], context=CONTEXT) == [row["email"] for row in rows]


def test_lists_come_back_in_order():
    """A long list of mixed values keeps its order and types, whatever the iterable."""
    values = ["x", 1, None, b"y", 1.5, True, date(2026, 1, 1), NAIVE, AWARE, Decimal("1.10")] * 500
    tokens = CIPHER.encrypt_many(iter(values), context=CONTEXT)
    opened = CIPHER.decrypt_many(tuple(tokens), context=CONTEXT)
    assert all(same(left, right) for left, right in zip(opened, values, strict=True))


def test_empty_columns_stay_empty():
    """None, False and the empty text, which Odoo gives for an empty column, are not taken for damaged tokens."""
    rows = [{"email": False}, {"email": None}, {"email": ""}]
    assert CIPHER.decrypt_records(rows, {"email": CONTEXT}) == rows


@pytest.mark.parametrize("count", [3, 3000])
def test_a_batch_error_names_row_and_field_and_no_value(count):
    """The text says where; neither the value nor the token is in it."""
    sealed = CIPHER.encrypt_records(records(count), FIELDS)
    sealed[2]["email"] = "mallory@example.com"
    with pytest.raises(DecryptionError) as error:
        CIPHER.decrypt_records(sealed, FIELDS)
    assert str(error.value) == "row 2, field email: the value cannot be decrypted"
    with pytest.raises(DecryptionError, match=r"^position 1: the value cannot be decrypted$"):
        CIPHER.decrypt_many([sealed[0]["email"], "zs1.x"], context=CONTEXT)
    rows = records(count)
    rows[1]["email"] = {"secret": 1}
    with pytest.raises(InvalidInput) as invalid:
        CIPHER.encrypt_records(rows, FIELDS)
    assert str(invalid.value).startswith("row 1, field email: a value must be str")
    assert (invalid.value.field, invalid.value.code) == ("email", "encryptable_type")
    with pytest.raises(InputTooLarge, match=r"^position 1: "):
        CIPHER.encrypt_many(["x", 1 << 40_000], context=CONTEXT)
    with pytest.raises(InvalidInput, match=r"^position 1: a record must be a dict"):
        CIPHER.encrypt_records([{}, 5], FIELDS)


def test_failures_can_be_marked():
    """With on_error="mark" the others are decrypted, and the mark is false, frozen and cannot be encrypted."""
    tokens = CIPHER.encrypt_many(["a", "b", "c"], context=CONTEXT)
    tokens[1] = CIPHER.encrypt("b", context=("res.partner", "phone"))
    tokens[2] = "no token"
    first, wrong, broken = CIPHER.decrypt_many(tokens, context=CONTEXT, on_error="mark")
    assert first == "a"
    assert isinstance(wrong, Undecryptable)
    assert (wrong.key_id, broken.key_id, bool(wrong)) == (1, None, False)
    assert (wrong.reason, broken.reason) == ("altered", "plaintext")
    assert (repr(wrong), repr(broken)) == ("<Undecryptable altered key_id=1>", "<Undecryptable plaintext>")
    with pytest.raises(AttributeError):
        wrong.key_id = 2
    with pytest.raises(InvalidInput):
        CIPHER.encrypt(wrong, context=CONTEXT)
    row = CIPHER.decrypt_records([{"email": "x"}], {"email": CONTEXT}, on_error="mark")[0]
    assert isinstance(row["email"], Undecryptable)
    with pytest.raises(ParameterError):
        CIPHER.decrypt_many([], context=CONTEXT, on_error="ignore")


def test_a_mark_names_one_of_four_reasons():
    """The reason follows from the token and from the ids and states of the ring, and is the same in a batch of rows."""
    ring = KeyRing.generate().rotate()
    one, two = (FieldCipher(of).encrypt("a", context=CONTEXT) for of in (ring.promote(1), ring))
    reader = FieldCipher(ring.retire(1))
    marks = reader.decrypt_many(
        [
            two,
            one,
            FieldCipher(ring.rotate()).encrypt("a", context=CONTEXT),
            two[:-1],
            two[:60] + "A" * len(two[60:]),
            None,
        ],
        context=CONTEXT,
        on_error="mark",
    )
    assert marks[0] == "a"
    assert [(mark.reason, mark.key_id) for mark in marks[1:]] == [
        ("retired_key", 1),
        ("unknown_key", 3),
        ("plaintext", None),
        ("altered", 2),
        ("plaintext", None),
    ]
    assert repr(marks[2]) == "<Undecryptable unknown_key key_id=3>"
    (row,) = reader.decrypt_records([{"email": one}], {"email": CONTEXT}, on_error="mark")
    assert (row["email"].reason, bool(row["email"])) == ("retired_key", False)


@pytest.mark.asvs("v5.0.0-11.3.4", "v5.0.0-11.5.1", "v5.0.0-11.5.2")
def test_forked_children_never_repeat_a_nonce():
    """Parent and children that were forked from it after use draw different nonces, alone and in batches."""
    CIPHER.encrypt_many(["x"] * 3000, context=CONTEXT)
    pipes = []
    for _ in range(4):
        readable, writable = os.pipe()
        if os.fork() == 0:
            tokens = CIPHER.encrypt_many(["x"] * 3000, context=CONTEXT) + [
                CIPHER.encrypt("x", context=CONTEXT) for _ in range(50)
            ]
            with os.fdopen(writable, "w") as pipe:
                pipe.write("\n".join(tokens))
            os._exit(0)
        os.close(writable)
        pipes.append(readable)
    tokens = CIPHER.encrypt_many(["x"] * 3000, context=CONTEXT)
    for readable in pipes:
        with os.fdopen(readable) as pipe:
            tokens += pipe.read().split("\n")
        assert os.wait()[1] == 0
    # 4 bytes of key id and 24 of nonce: the first 37 characters of base64url hold them but for two bits.
    assert len(tokens) == len({token[4:41] for token in tokens}) == 3000 + 4 * 3050


def test_other_threads_run_during_a_batch():
    """Batches from several threads at once give each its own values."""
    results = {}

    def work(number):
        values = [f"{number}-{position}" for position in range(2000)]
        results[number] = (
            CIPHER.decrypt_many(CIPHER.encrypt_many(values, context=("m", str(number))), context=("m", str(number)))
            == values
        )

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == dict.fromkeys(range(6), True)


@pytest.mark.parametrize("holder", [CIPHER, BlindIndex(RING)])
def test_what_holds_keys_cannot_be_copied(holder):
    """Neither pickled nor copied nor given attributes, and `repr` shows no key."""
    for leak in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            leak(holder)
    with pytest.raises(AttributeError):
        holder.note = "x"
    assert len(repr(holder)) < 100


def test_padding_is_a_sensible_number():
    """Padding of 0, 1 or more than 65535 is refused."""
    for padding in (-1, 0, 1, 65_536, "x"):
        with pytest.raises(ParameterError):
            FieldCipher(RING, padding=padding)


def test_known_indexes(vectors):
    """The frozen indexes are computed, and what a normalizer does not take is refused with its code."""
    document = vectors("blind_index")
    ring = KeyRing.from_json(json.dumps(document["key_ring"]))
    for case in document["valid"]:
        index = BlindIndex(ring, normalizer=case["normalizer"], length=case["length"])
        assert index.compute(case["value"], context=case["context"]) == case["index"], case
        assert index.compute_many([case["value"]], context=case["context"]) == [case["index"]]
    for case in document["invalid"]:
        with pytest.raises(InvalidInput) as error:
            BlindIndex(ring, normalizer=case["normalizer"]).compute(case["value"], context=CONTEXT)
        assert error.value.code == case["code"]


def test_the_decimal_context_of_the_program_does_not_matter():
    """With capitals=0, `str(Decimal)` has a small e: token and index are those of the capital E all the same."""
    value = Decimal("1E+5")
    index = BlindIndex(RING).compute(value, context=CONTEXT)
    with localcontext() as decimal_context:
        decimal_context.capitals = 0
        assert BlindIndex(RING).compute(value, context=CONTEXT) == index
        token = CIPHER.encrypt(value, context=CONTEXT)
        assert CIPHER.decrypt(token, context=CONTEXT) == value
    assert CIPHER.decrypt(token, context=CONTEXT) == value


def test_indexes_tell_types_apart():
    """Values of different types have different indexes, equal values of one type the same."""
    index = BlindIndex(RING)
    values = ["1", 1, b"1", 1.0, True, None, date(2026, 1, 1), Decimal(1)]
    assert len({index.compute(value, context=CONTEXT) for value in values}) == len(values)
    assert index.compute("x", context=CONTEXT) != index.compute("x", context=("res.partner", "phone"))
    with pytest.raises(InvalidInput) as error:
        BlindIndex(RING, normalizer="digits").compute(5, context=CONTEXT)
    assert error.value.code == "type"
    with pytest.raises(InvalidInput, match=r"^position 1: "):
        BlindIndex(RING, normalizer="email").compute_many(["a@b", "c"], context=CONTEXT)


def test_an_index_outlives_a_rotation():
    """Rotating the encryption key does not change an index; another ring does."""
    here, rotated, elsewhere = (
        BlindIndex(ring).compute("x", context=CONTEXT) for ring in (RING, RING.rotate(), KeyRing.generate())
    )
    assert here == rotated != elsewhere


@pytest.mark.parametrize("options", [{"normalizer": "lower"}, {"length": 7}, {"length": 33}, {"length": -1}])
def test_an_index_refuses_odd_options(options):
    """Unknown normalizers and lengths outside 8 to 32 are ParameterErrors."""
    with pytest.raises(ParameterError):
        BlindIndex(RING, **options)


def folded(text):
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text.strip(" \t\r\n")).casefold())


def test_casefold_is_that_of_python_for_every_character():
    """Every code point that this Python knows folds as str.casefold between the two normalizations."""
    fold, exact = BlindIndex(RING, normalizer="casefold"), BlindIndex(RING, normalizer="casefold")
    texts = [
        chr(code) + "\u0345"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) not in ("Cn", "Cs")
    ]
    ours = fold.compute_many(texts, context=CONTEXT)
    assert ours == exact.compute_many([folded(text) for text in texts], context=CONTEXT)
    assert len(set(ours)) == len({folded(text) for text in texts})


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn"])))
def test_casefold_of_any_text_is_that_of_python(text):
    """A text and its folded form by Python have one index, and an exact index of both differs when they do."""
    fold = BlindIndex(RING, normalizer="casefold")
    assert fold.compute(text, context=CONTEXT) == fold.compute(folded(text), context=CONTEXT)


def test_declarations_are_filled_in_and_looked_up():
    """`for_model` gives the fields with the default column of the index; an unknown model gives None."""
    fields = EncryptedFields({"res.partner": {"email": Encrypted(index="email"), "vat": Encrypted(column="x_vat_enc")}})
    partner = fields.for_model("res.partner")
    assert partner is not None
    assert (partner["email"].column, partner["email"].index_column) == ("x_email_enc", "x_email_idx")
    assert (partner["vat"].column, partner["vat"].index_column, partner["vat"].type) == ("x_vat_enc", None, "char")
    assert fields.for_model("res.users") is None
    assert (list(fields), len(fields)) == (["res.partner"], 1)
    with pytest.raises(TypeError):
        partner["phone"] = Encrypted()
    with pytest.raises(AttributeError):
        partner["email"].index = None


NO_NAME = "must have a name that Odoo takes: lower-case letters, digits and underscores"
INSTEAD = "Leave in_place out, so that the token gets a column of its own; or pass force=True"


@pytest.mark.parametrize(
    ("models", "says"),
    [
        ({"res.partner": {}}, "res.partner: no field is named"),
        ({"Res.Partner": {"email": Encrypted()}}, f"a model {NO_NAME}"),
        ({"res.partner": {"E-Mail": Encrypted()}}, f"a field {NO_NAME}"),
        ({"res.partner": {"email\n": Encrypted()}}, f"a field {NO_NAME}"),
        ({"res.partner": {7: Encrypted()}}, f"a field {NO_NAME}"),
        ({"res.partner": {"x" * 64: Encrypted(column="x")}}, f"a field {NO_NAME}"),
        ({"res.partner": {"x" * 60: Encrypted(index="exact")}}, f"a column {NO_NAME}"),
        ({"res.partner": {"email": "email"}}, "res.partner.email: declare it with Encrypted(...)"),
        (
            {"res.partner": {"email": Encrypted(column="x"), "phone": Encrypted(column="x")}},
            "res.partner: the column x is used twice",
        ),
        (
            {"res.partner": {"email": Encrypted(column="phone"), "phone": Encrypted(in_place=True, force=True)}},
            "res.partner: the column phone is used twice",
        ),
        (
            {"res.partner": {"email": Encrypted(in_place=True)}},
            f"res.partner.email does not stand encryption in place: {why_not_in_place('res.partner', 'email')}. {INSTEAD}",
        ),
        ({"res.partner": {"x" * 58: Encrypted()}}, f"a column {NO_NAME}"),
        (
            {"res.partner": {"email": Encrypted(column="phone"), "phone": Encrypted(column="y")}},
            "res.partner: the column phone is used twice",
        ),
        (
            {"res.partner": {"email": Encrypted(index="email", index_column="email")}},
            "res.partner: the column email is used twice",
        ),
        (
            {
                "res.partner": {
                    "email": Encrypted(index="email", index_column="x"),
                    "phone": Encrypted(index="digits", index_column="x"),
                }
            },
            "res.partner: the column x is used twice",
        ),
    ],
)
def test_declarations_that_cannot_work_are_refused(models, says):
    """Empty models, names that Odoo would not take, and columns that are used twice."""
    with pytest.raises(ParameterError) as refused:
        EncryptedFields(models)
    assert str(refused.value) == says


def test_the_longest_names_of_postgresql_are_declared():
    """63 characters for a field and for a column."""
    fields = EncryptedFields({"m" * 63: {"x" * 63: Encrypted(column="y" * 63), "z" * 57: Encrypted()}})
    assert fields.for_model("m" * 63)["z" * 57].column == f"x_{'z' * 57}_enc"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"index": "lower"}, "index must be one of casefold, digits, email, exact, or None"),
        ({"index_column": "x"}, "index_column without index: name its normalizer"),
        ({"column": "X"}, f"a column {NO_NAME}"),
        ({"index": "exact", "index_column": "X"}, f"a column {NO_NAME}"),
        (
            {"type": "char; drop"},
            "type must be one of boolean, char, date, datetime, float, html, integer, monetary, selection, text",
        ),
        ({"type": "float", "in_place": True}, "a field of this type cannot hold a token: leave in_place out"),
        ({"column": "x", "in_place": True}, "in_place keeps the token in the field: leave column out"),
        ({"force": True}, "force belongs to in_place"),
        (
            {"type": "date", "index": "digits"},
            "values of type date are compared as they are: index must be 'exact' or None",
        ),
        ({"plaintext": "maybe"}, "plaintext must be one of allow, warn, refuse"),
        ({"bind": ("user",)}, "bind must be a tuple of database, company, record"),
        ({"bind": "record"}, "bind must be a tuple of database, company, record"),
        ({"padding": 1}, "padding must be 2 to 65535 bytes"),
        ({"padding": 65_536}, "padding must be 2 to 65535 bytes"),
        ({"index": "exact", "index_length": 7}, "index_length must be 8 to 32 bytes"),
        ({"index": "exact", "index_length": 33}, "index_length must be 8 to 32 bytes"),
    ],
)
def test_a_declaration_checks_itself(options, says):
    """Unknown normalizers, an index column without an index, and odd names."""
    with pytest.raises(ParameterError) as refused:
        Encrypted(**options)
    assert str(refused.value) == says


@pytest.mark.parametrize(
    "options",
    [
        {"padding": 2},
        {"padding": 65_535},
        {"index": "exact", "index_length": 8},
        {"index": "exact", "index_length": 32},
        {"type": "date", "index": "exact"},
        {"type": "html", "index": "casefold"},
        {"type": "text", "in_place": True},
    ],
)
def test_a_declaration_takes_what_is_at_its_limits(options):
    assert {name: getattr(Encrypted(**options), name) for name in options} == options
