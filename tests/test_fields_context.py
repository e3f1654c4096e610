"""What a token is bound to: known answers, and tokens that were moved."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conftest import load_vectors
from zenoo_security import BlindIndex, FieldCipher, KeyRing
from zenoo_security.errors import DecryptionError
from zenoo_security.fields.context import context_of

VECTORS = load_vectors("context")
RING = KeyRing.from_json(json.dumps(VECTORS["key_ring"]))
CIPHER = FieldCipher(RING)
BINDINGS = ("database", "company", "record")

NAMES = st.from_regex(r"[a-z_][a-z0-9_.]{0,20}", fullmatch=True)
BIND = st.sampled_from([chosen for count in range(4) for chosen in combinations(BINDINGS, count)])
PLACES = st.fixed_dictionaries(
    {
        "model": NAMES,
        "field": NAMES,
        "bind": BIND,
        "database": st.sampled_from(["shop", "test", "1", "record"]),
        "company": st.sampled_from([0, 1, 2]),
        "record": st.sampled_from([1, 2, 11]),
    }
)


def bound_of(case):
    return {name: case[name] for name in case["bind"]}


@pytest.mark.parametrize("case", VECTORS["valid"], ids=lambda case: "-".join([case["field"], *case["bind"]]))
def test_known_contexts_tokens_and_indexes(case):
    """The frozen context is made, its token opens, and its index is computed; company and record are not in the latter."""
    context = context_of(case["model"], case["field"], case["bind"], **bound_of(case))
    assert list(context) == case["context"]
    assert CIPHER.decrypt(case["token"], context=context) == case["value"]
    searched = {name: value for name, value in bound_of(case).items() if name == "database"}
    index_context = context_of(case["model"], case["field"], tuple(searched), **searched)
    assert list(index_context) == case["index_context"]
    assert (
        BlindIndex(RING, normalizer=case["normalizer"]).compute(case["value"], context=index_context) == case["index"]
    )


@pytest.mark.asvs("v5.0.0-11.3.3")
def test_no_known_token_opens_under_the_context_of_another():
    """Each of the frozen tokens opens in one of the frozen places."""
    contexts = {tuple(case["context"]) for case in VECTORS["valid"]}
    assert len(contexts) == len(VECTORS["valid"])
    for case in VECTORS["valid"]:
        for context in contexts - {tuple(case["context"])}:
            with pytest.raises(DecryptionError):
                CIPHER.decrypt(case["token"], context=context)


@pytest.mark.asvs("v5.0.0-11.3.3")
@given(here=PLACES, there=PLACES)
def test_a_token_that_was_moved_is_refused(here, there):
    """To another field, model, record, company or database, and to a field that binds more or less than its own."""
    home, away = context_of(**here), context_of(**there)
    assume(home != away)
    token = CIPHER.encrypt("anna@example.com", context=home)
    assert CIPHER.decrypt(token, context=home) == "anna@example.com"
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(token, context=away)


@pytest.mark.asvs("v5.0.0-11.3.3")
@pytest.mark.parametrize(
    "moved",
    [{"model": "crm.lead"}, {"field": "phone"}, {"database": "test"}, {"company": 2}, {"record": 8}, {"company": 0}],
    ids=lambda moved: "-".join(f"{name} {value}" for name, value in moved.items()),
)
def test_each_binding_is_looked_at_alone_and_in_a_batch(moved):
    """One thing differs, and neither the value nor a row of a batch opens; a mark says so for this row alone."""
    home = {"model": "res.partner", "field": "email", "bind": BINDINGS, "database": "shop", "company": 1, "record": 7}
    token = CIPHER.encrypt("anna@example.com", context=context_of(**home))
    away = context_of(**home | moved)
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(token, context=away)
    own = CIPHER.encrypt("bob@example.com", context=away)
    first, second = CIPHER.decrypt_many([token, own], context=away, on_error="mark")
    assert (bool(first), second) == (False, "bob@example.com")


@given(here=PLACES, there=PLACES)
def test_what_is_not_bound_does_not_matter(here, there):
    """Two places have one context exactly when model, field, bindings and the values of these are the same."""
    same = all(here[name] == there[name] for name in ("model", "field", "bind", *here["bind"]))
    assert (context_of(**here) == context_of(**there)) is same


def test_what_is_not_said_is_bound_as_nothing():
    """Odoo has no record and no company 0, and no database without a name."""
    assert context_of("m", "f", BINDINGS) == ("m", "f", "database", "", "company", "0", "record", "0")
