"""The validators through Python: known answers, properties, and bad input."""

from __future__ import annotations

import pickle
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import load_vectors
from zenoo_security import errors, sanitize, validate
from zenoo_security.errors import InputTooLarge, InvalidInput, ParameterError

VECTORS = {name: vector for name, vector in load_vectors("validate").items() if isinstance(vector, dict)}
#: Those that are no validator of one text with a code for each mistake; they have tests of their own.
OTHERS = {
    "CODES",
    "DomainParser",
    "country",
    "host_looks_alike",
    "parse_domain",
    "parse_json",
    "partner",
    "partner_agreement",
}
TEXT_VALIDATORS = [name for name in validate.__all__ if name not in {*OTHERS, "domain"}]


def cases(kind):
    return [
        pytest.param(name, case, id=f"{name}-{number}")
        for name, vector in VECTORS.items()
        for number, case in enumerate(vector[kind])
    ]


def options_of(case):
    options = dict(case.get("options", {}))
    if "fields" in options:
        options["fields"] = frozenset(options["fields"])
    return options


def plain(value):
    """Tuples as lists, as JSON has them."""
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def refused(check, value, **options):
    with pytest.raises(InvalidInput) as caught:
        check(value, **options)
    return caught.value


def normal_or_code(check, value):
    """The normal form, or the code of the refusal; any other exception fails the test."""
    try:
        return check(value)
    except InvalidInput as error:
        return error.code


@pytest.mark.asvs("v5.0.0-2.2.1", "v5.0.0-1.3.3")
@pytest.mark.parametrize(("name", "case"), cases("valid"))
def test_a_valid_value_comes_back_in_its_normal_form_which_is_stable(name, case):
    check = getattr(validate, name)
    normal = check(case["value"], **options_of(case))
    assert plain(normal) == case["normal"]
    assert check(normal, **options_of(case)) == normal


@pytest.mark.asvs("v5.0.0-2.2.1", "v5.0.0-1.3.11")
@pytest.mark.parametrize(("name", "case"), cases("invalid"))
def test_an_invalid_value_is_refused_with_field_code_and_message(name, case):
    error = refused(getattr(validate, name), case["value"], field="x", **options_of(case))
    assert error.code == case["code"]
    assert error.field == "x"
    assert error.message == validate.CODES[error.code]
    assert str(error) == f"x: {error.message}"
    assert isinstance(error, InputTooLarge) == ("too_" in error.code)


def test_every_validator_has_vectors():
    assert set(VECTORS) == set(validate.__all__) - OTHERS


def test_every_code_that_a_vector_names_is_listed():
    assert {case["code"] for vector in VECTORS.values() for case in vector["invalid"]} <= set(validate.CODES)


def test_the_codes_cannot_be_changed():
    with pytest.raises(TypeError):
        validate.CODES["email_at"] = "x"


def test_a_value_in_normal_form_is_the_same_object():
    for value in ("marc@example.com", "marc.jörg@example.com"):
        assert validate.email(value) is value


def test_an_instance_of_a_subclass_of_str_comes_back_as_plain_text():
    class Loud(str):
        __slots__ = ()

        def __str__(self):
            return "evil"

    assert type(validate.email(Loud("a@example.com"))) is str


@pytest.mark.asvs("v5.0.0-15.3.5")
@pytest.mark.parametrize("name", TEXT_VALIDATORS)
@pytest.mark.parametrize(
    "value", [None, 1, 1.5, True, b"a@example.com", ["a"], {"a": 1}, object()], ids=lambda value: type(value).__name__
)
def test_what_is_not_text_is_refused(name, value):
    assert refused(getattr(validate, name), value).code == "type"


@pytest.mark.parametrize("name", TEXT_VALIDATORS)
@pytest.mark.parametrize("value", ["\ud800", "a\udfff@example.com", "+49\udc80"])
def test_lone_surrogates_are_refused(name, value):
    assert refused(getattr(validate, name), value).code == "encoding"


@pytest.mark.parametrize("name", [*TEXT_VALIDATORS, "domain"])
@pytest.mark.parametrize(("field", "code"), [("\ud800", "encoding"), (5, "type"), (b"email", "type")], ids=ascii)
def test_a_field_name_from_outside_is_a_text(name, field, code):
    """Where the keys of a form become field names, they come from outside as the values do."""
    with pytest.raises(InvalidInput) as caught:
        getattr(validate, name)([] if name == "domain" else "x", field=field)
    assert caught.value.code == code


def test_a_country_from_outside_is_a_text():
    """A country that a form gives is refused with a code, as the number beside it."""
    for check, country in ((validate.phone, "country_code"), (validate.vat, "country")):
        with pytest.raises(InvalidInput) as caught:
            check("123456789", **{country: "\ud800"})
        assert caught.value.code == "encoding"


@pytest.mark.parametrize("names", [["\ud800"], "http", [None], 5], ids=ascii)
def test_lists_of_the_programmer_hold_texts(names):
    with pytest.raises(ParameterError, match="schemes must be a list of texts"):
        validate.url("https://example.com", schemes=names)
    if names != "http":
        with pytest.raises(ParameterError, match="fields must be a set of texts"):
            validate.domain([], fields=names)


@pytest.mark.asvs("v5.0.0-1.3.12")
@pytest.mark.parametrize("name", TEXT_VALIDATORS)
@pytest.mark.parametrize("character", ["a", ".", "@", "(", " ", "é", "\U0001f600", "\ud800"], ids=ascii)
def test_ten_megabytes_are_refused_by_their_length(name, character):
    assert refused(getattr(validate, name), character * 10_000_000).code == "too_long"


def test_errors_never_hold_the_input():
    for name, vector in VECTORS.items():
        if name == "domain":
            continue
        for case in vector["invalid"]:
            error = refused(getattr(validate, name), f"zq7secret\x00{case['value']}"[:40])
            assert "zq7secret" not in f"{error!s}{error!r}{error.args}{error.__dict__}"
            assert error.__cause__ is None
            assert error.__context__ is None


def test_errors_can_be_pickled():
    error = pickle.loads(pickle.dumps(refused(validate.email, "x", field="email")))
    assert (error.field, error.code, str(error)) == ("email", "email_at", f"email: {validate.CODES['email_at']}")
    fields = errors.InvalidFields([errors.FieldError("a", "empty", "no")])
    assert pickle.loads(pickle.dumps(fields)).errors == fields.errors


def test_an_unknown_country_code_is_the_mistake_of_the_programmer():
    with pytest.raises(ParameterError):
        validate.phone("030 901820", country_code="999")


def test_a_limit_of_the_programmer_has_limits():
    with pytest.raises(ParameterError):
        validate.name("a", max_length=0)
    with pytest.raises(ParameterError):
        validate.line("a", max_length=8193)
    with pytest.raises(ParameterError):
        validate.domain([], max_depth=65)


@given(st.text())
def test_any_text_is_normalized_or_refused(text):
    for name in TEXT_VALIDATORS:
        check = getattr(validate, name)
        normal = normal_or_code(check, text)
        assert normal in validate.CODES or check(normal) == normal


# --- search domains ---


@pytest.mark.asvs("v5.0.0-1.2.4")
def test_a_domain_cannot_name_a_field_that_is_not_on_the_list():
    fields = {"name", "parent_id", "parent_id.name"}
    assert validate.domain([("parent_id", "any", [("name", "=", "x")])], fields=fields)
    assert refused(validate.domain, [("password", "=", "x")], fields=fields).code == "domain_field_refused"
    hidden = [("parent_id", "any", [("password", "like", "a%")])]
    assert refused(validate.domain, hidden, fields=fields).code == "domain_field_refused"


@pytest.mark.asvs("v5.0.0-1.2.4")
@pytest.mark.parametrize("operator", ["any!", "not any!"])
def test_an_operator_that_goes_around_record_rules_is_refused(operator):
    assert refused(validate.domain, [("a", operator, [("b", "=", 1)])]).code == "domain_bypass"


def test_a_narrowed_domain_keeps_its_bounds():
    theirs = validate.domain(["|", ("a", "=", 1), ("b", "=", 2), ("c", "=", 3)])
    narrowed = ["&", ("company_id", "=", 1), *theirs]
    assert validate.domain(narrowed) == narrowed


def test_tuples_lists_and_their_mixtures_are_read_alike():
    assert validate.domain((("a", "=", 1), ["b", "in", (1, 2)])) == ["&", ("a", "=", 1), ("b", "in", [1, 2])]


@pytest.mark.asvs("v5.0.0-4.3.1")
def test_a_domain_that_contains_itself_is_refused():
    itself = []
    itself.append(itself)
    assert refused(validate.domain, itself).code == "domain_item"
    inside = [("a", "any", [])]
    inside[0][2].extend(inside)
    assert refused(validate.domain, inside).code == "path_too_deep"
    assert refused(validate.domain, inside, max_depth=4).code == "domain_too_deep"
    value = []
    value.append(value)
    assert refused(validate.domain, [("a", "in", value)]).code == "domain_value"
    twice = [("a", "any", []), ("b", "any", [])]
    twice[0][2].extend(twice)
    twice[1][2].extend(twice)
    assert refused(validate.domain, twice, max_depth=64, max_path=16).code == "path_too_deep"


@pytest.mark.asvs("v5.0.0-4.3.1")
def test_nesting_beyond_the_recursion_limit_is_refused():
    deep = [("a", "=", 1)]
    for _ in range(sys.getrecursionlimit() * 10):
        deep = [("a", "any", deep)]
    assert refused(validate.domain, deep, max_depth=8, max_path=16).code == "domain_too_deep"
    assert refused(validate.domain, deep, max_depth=64, max_path=16).code == "path_too_deep"


@pytest.mark.asvs("v5.0.0-4.3.1")
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([("a", "=", 1)] * 1_000_000, "domain_too_many_leaves"),
        (["!"] * 1_000_000, "domain_too_many_leaves"),
        ([("a", "in", [1] * 1_000_000)], "domain_too_many_values"),
        ([("a", "=", "x" * 10_000_000)], "too_long"),
        ([("a" * 10_000_000, "=", 1)], "field_name"),
        ([("a", "=" * 10_000_000, 1)], "domain_operator"),
        (["&" * 10_000_000], "domain_item"),
    ],
    ids=["leaves", "negations", "values", "text", "field", "operator", "item"],
)
def test_a_huge_domain_is_refused(value, code):
    assert refused(validate.domain, value).code == code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([("a", "=", float("nan"))], "domain_value"),
        ([("a", "=", float("inf"))], "domain_value"),
        ([("a", "=", 2**63)], "domain_value"),
        ([("a", "=", b"x")], "domain_value"),
        ([("a", "in", {1, 2})], "domain_value"),
        ([("a", "=", object())], "domain_value"),
        ([("a", "=", "\ud800")], "encoding"),
        ([("a\ud800", "=", 1)], "field_name"),
        ([("a", "\ud800", 1)], "domain_operator"),
        ([b"&", ("a", "=", 1), ("b", "=", 2)], "domain_item"),
        ({("a", "=", 1)}, "type"),
        (iter([("a", "=", 1)]), "type"),
    ],
)
def test_what_json_cannot_carry_is_refused(value, code):
    assert refused(validate.domain, value).code == code


STRUCTURES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.sampled_from(["&", "|", "!", "=", "in", "any", "a", "a.b", "child_of"]),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner, inner) | st.dictionaries(st.text(), inner),
)


@given(STRUCTURES)
def test_any_structure_is_a_domain_or_refused(value):
    normal = normal_or_code(validate.domain, value)
    assert isinstance(normal, str) or validate.domain(normal) == normal


@pytest.mark.parametrize("limit", [-1, 2**70, "1", None])
def test_a_limit_that_is_no_number_of_things_is_our_error(limit):
    for call in (
        lambda: validate.name("x", max_length=limit),
        lambda: validate.field_name("x", max_path=limit),
        lambda: validate.domain([], max_leaves=limit),
        lambda: sanitize.clean([], max_depth=limit),
    ):
        with pytest.raises(ParameterError):
            call()


def test_a_line_refuses_all_that_cleaning_takes_out():
    for code in (*range(0xD800), *range(0xE000, sys.maxunicode + 1)):
        text = f"a{chr(code)}b"
        if sanitize.clean_text(text) == "ab":
            assert normal_or_code(validate.line, text) == "control", hex(code)


#: Letters and marks that show nothing, by Unicode's Default_Ignorable_Code_Point.
INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u3164\ufe00\ufe0f\uffa0\U000e0100"


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_a_letter_that_shows_nothing_is_part_of_no_login_address_or_host(character):
    assert refused(validate.login, f"admin{character}").code == "login"
    assert refused(validate.email, f"admin{character}@example.com").code == "email_local"
    assert refused(validate.email, f"a@exam{character}ple.com").code == "email_domain"
    assert refused(validate.host, f"exam{character}ple.com").code == "url_host"


def test_a_name_keeps_the_shapes_of_its_letters_and_no_other_invisible_letter():
    assert validate.name("葛\U000e0100城") == "葛\U000e0100城"
    for character in set(INVISIBLE) - set("\ufe00\ufe0f\U000e0100"):
        assert refused(validate.name, f"a{character}b").code == "name_characters"
