"""Partners from outside: what the model takes, what it refuses, and what reaches Odoo."""

from __future__ import annotations

import copy
import json
import pickle
import re
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError, field_validator

from zenoo_security import InvalidInput, SecurePartnerInput, create_partner_secure, types, validate
from zenoo_security.errors import InputTooLarge, InvalidFields
from zenoo_security.types import Checked, Email, Language, Line, PersonName, Phone, Vat, Website

GOOD = {
    "name": "O'Brien & Söhne",
    "email": "Info@Example.COM",
    "phone": "+49 (0)30 901820",
    "website": "https://www.example.com/?a=1&b=2",
    "vat": "de 123456789",
    "is_company": True,
    "street": "Hauptstraße 5 <Hof>",
    "zip": "10115",
    "city": "Berlin",
    "country_id": 57,
    "lang": "de_DE",
}


class FakeClient:
    """Remembers what it is told to create."""

    def __init__(self):
        self.created = []

    async def create(self, model, values):
        self.created.append((model, values))
        return 41 + len(self.created)


def problems(data):
    with pytest.raises(InvalidFields) as caught:
        SecurePartnerInput.parse(data)
    return {error.field: error.code for error in caught.value.errors}


def test_a_partner_holds_the_normal_forms():
    assert SecurePartnerInput.parse(GOOD).to_odoo() == GOOD | {
        "email": "Info@example.com",
        "phone": "+4930901820",
        "vat": "DE123456789",
    }


def test_a_partner_parses_to_itself():
    partner = SecurePartnerInput.parse(GOOD)
    assert SecurePartnerInput.parse(partner.to_odoo()) == partner


def test_only_fields_that_were_given_are_sent_and_none_is_not():
    assert SecurePartnerInput.parse({"name": "A", "email": None}).to_odoo() == {"name": "A"}


def test_all_problems_are_told_at_once():
    data = {
        "name": "<script>",
        "email": "x",
        "phone": "((((+++",
        "website": "javascript:alert(1)",
        "vat": "12",
        "zip": "",
    }
    assert problems(data) == {
        "name": "name_characters",
        "email": "email_at",
        "phone": "phone_characters",
        "website": "url_scheme",
        "vat": "vat_country",
        "zip": "empty",
    }


def test_the_first_problem_is_that_of_the_exception():
    with pytest.raises(InvalidInput) as caught:
        SecurePartnerInput.parse({"name": "", "email": "x"})
    assert (caught.value.field, caught.value.code) == ("name", "empty")
    assert str(caught.value) == f"name: {validate.CODES['empty']}; email: {validate.CODES['email_at']}"


@pytest.mark.asvs("v5.0.0-15.3.3")
@pytest.mark.parametrize(
    "field",
    ["mobile", "user_id", "company_id", "parent_id", "active", "group_ids", "category_id", "comment", "bank_ids", "id"],
)
def test_fields_that_odoo_19_lacks_or_that_grant_something_are_refused(field):
    assert problems({"name": "A", field: 1}) == {field: "unknown_field"}


@pytest.mark.asvs("v5.0.0-15.3.5")
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", None, "type"),
        ("name", 1, "type"),
        ("name", b"A", "type"),
        ("name", ["A"], "type"),
        ("email", {"a": 1}, "type"),
        ("is_company", "yes", "type"),
        ("is_company", 1, "type"),
        ("country_id", True, "type"),
        ("country_id", "57", "type"),
        ("country_id", 57.0, "type"),
        ("country_id", 0, "out_of_range"),
        ("country_id", -1, "out_of_range"),
        ("state_id", 2**31, "out_of_range"),
        ("state_id", 2**80, "out_of_range"),
        ("type", "private", "choice"),
        ("type", 1, "choice"),
        ("type", "\ud800", "encoding"),
        ("lang", "English", "language"),
        ("city", "a\nb", "control"),
        ("city", "\ud800", "encoding"),
        ("street", "x" * 257, "too_long"),
        ("street", "x" * 10_000_000, "too_long"),
    ],
)
def test_types_are_strict(field, value, code):
    assert problems({"name": "A"} | {field: value}) == {field: code}


@pytest.mark.parametrize("data", [None, "name", b"name", 1, [("name", "A")], {"name"}])
def test_what_is_no_mapping_is_refused(data):
    with pytest.raises(InvalidInput) as caught:
        SecurePartnerInput.parse(data)
    assert caught.value.code == "type"


def test_a_hundred_thousand_keys_are_refused_by_their_number():
    with pytest.raises(InputTooLarge) as caught:
        SecurePartnerInput.parse({f"key{number}": 1 for number in range(100_000)})
    assert caught.value.code == "too_many_fields"


def test_a_missing_name_is_told():
    assert problems({}) == {"name": "missing"}


@pytest.mark.parametrize("key", ["zq7 secret<script>", "zq7" * 1000, "zq7\ud800", 1, None, ("zq7",)], ids=ascii)
def test_a_key_that_is_no_field_name_is_not_repeated(key):
    with pytest.raises(InvalidFields) as caught:
        SecurePartnerInput.parse({"name": "A", key: 1})
    assert [error.field for error in caught.value.errors] == ["?"]
    assert "zq7" not in repr(caught.value)


def test_no_error_holds_the_input():
    with pytest.raises(InvalidFields) as caught:
        SecurePartnerInput.parse(dict.fromkeys(SecurePartnerInput.model_fields, "<zq7secret>\x00"))
    error = caught.value
    assert "zq7secret" not in f"{error!s}{error!r}{error.args}{error.__dict__}"
    assert error.__cause__ is None
    assert error.__context__ is None
    with pytest.raises(ValidationError) as raised:
        SecurePartnerInput(name="<zq7secret>", country_id="zq7secret")
    assert "zq7secret" not in str(raised.value)


def test_a_partner_cannot_be_changed():
    with pytest.raises(ValidationError):
        SecurePartnerInput.parse(GOOD).name = "<script>"


def test_text_is_stored_as_it_is():
    assert SecurePartnerInput.parse(GOOD).street == "Hauptstraße 5 <Hof>"


async def test_a_valid_partner_is_created_and_its_id_given_back():
    client = FakeClient()
    assert await create_partner_secure(client, {"name": "O'Brien & Söhne"}) == 42
    assert client.created == [("res.partner", {"name": "O'Brien & Söhne"})]


async def test_a_parsed_partner_is_created():
    client = FakeClient()
    await create_partner_secure(client, SecurePartnerInput.parse(GOOD))
    assert client.created[0][1]["email"] == "Info@example.com"


@pytest.mark.asvs("v5.0.0-2.2.2")
async def test_nothing_is_sent_when_a_field_is_refused():
    client = FakeClient()
    for data in ({}, {"name": "<script>"}, {"name": "A", "email": "a@b@c"}, None, {"name": "A", "user_id": 2}):
        with pytest.raises(InvalidInput):
            await create_partner_secure(client, data)
    assert client.created == []


async def test_a_partner_that_was_built_without_looking_is_refused():
    client = FakeClient()
    unchecked = SecurePartnerInput.model_construct(name="<script>")
    changed = SecurePartnerInput.parse(GOOD).model_copy(update={"email": "x"})
    for partner in (unchecked, changed):
        with pytest.raises(InvalidFields):
            await create_partner_secure(client, partner)
    assert client.created == []


async def test_the_names_of_the_guide_work_by_keyword():
    assert await create_partner_secure(client=FakeClient(), partner_data={"name": "A"}) == 42


async def test_the_data_of_the_caller_is_not_changed():
    data = dict(GOOD)
    await create_partner_secure(FakeClient(), data)
    assert data == GOOD


@given(st.dictionaries(st.sampled_from([*SecurePartnerInput.model_fields, "x"]), st.text() | st.integers() | st.none()))
def test_any_data_is_a_partner_or_refused(data):
    try:
        partner = SecurePartnerInput.parse(data)
    except InvalidFields as error:
        codes = {problem.code for problem in error.errors}
    else:
        codes = set()
        assert SecurePartnerInput.parse(partner.to_odoo()) == partner
    assert codes <= set(validate.CODES)


# --- the whole partner in one native call ---


class InPython(SecurePartnerInput):
    """A subclass: its fields are validated one by one."""


ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.lists(st.none(), max_size=1)
    | st.sampled_from([*GOOD.values(), "contact", "Contact", "", " ", "\ud800", 2**31 - 1, 2**31, 2**63, 10**30])
)
KEYS = [*SecurePartnerInput.model_fields, "mobile", "Name", "name ", "<b>", "?", 5, None]


@pytest.mark.asvs("v5.0.0-2.2.1")
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING) | st.just(GOOD), st.text() | st.just("A"))
def test_the_native_call_and_the_types_of_the_fields_say_the_same(data, name):
    """The fields of the model are its documentation and its JSON Schema; the native table must not differ from them."""
    data = data if "name" in data else data | {"name": name}
    try:
        natively, told = validate.partner(data), None
    except InvalidFields as error:
        natively, told = None, sorted(error.errors)
    for kind in (SecurePartnerInput, InPython):
        if told is None:
            assert kind.parse(data).model_dump(exclude_unset=True) == natively
            assert kind(**data).model_fields_set == set(natively)
            continue
        with pytest.raises(InvalidFields) as caught:
            kind.parse(data)
        assert sorted(caught.value.errors) == told


@pytest.mark.parametrize("field", SecurePartnerInput.model_fields)
def test_each_field_is_known_natively_and_refuses_what_it_does_not_take(field):
    for wrong in (b"x", [], {}, 1.5):
        with pytest.raises(InvalidFields) as caught:
            validate.partner({"name": "A"} | {field: wrong})
        assert [error.field for error in caught.value.errors] == [field]
        assert problems({"name": "A"} | {field: wrong}) == {field: caught.value.code}
    assert validate.partner({"name": "A"} | ({} if field == "name" else {field: None}))


def test_the_native_call_tells_everything_at_once_and_leaves_the_data_alone():
    data = {"name": " A ", "email": "x", "is_admin": True, "<b>": 1}
    with pytest.raises(InvalidFields) as caught:
        validate.partner(data)
    assert [tuple(error) for error in caught.value.errors] == [
        ("email", "email_at", validate.CODES["email_at"]),
        ("is_admin", "unknown_field", validate.CODES["unknown_field"]),
        ("?", "unknown_field", validate.CODES["unknown_field"]),
    ]
    data = {"name": " A "}
    assert validate.partner(data) == {"name": "A"}
    assert data == {"name": " A "}
    same = {"name": "A"}
    assert validate.partner(same) is not same
    for wrong in (None, [], "name", 5):
        with pytest.raises(InvalidInput) as refused:
            validate.partner(wrong)
        assert refused.value.code == "type"
    with pytest.raises(InputTooLarge):
        validate.partner(dict.fromkeys(range(65)))


def test_a_partner_has_all_fields_and_knows_which_were_given():
    partner = SecurePartnerInput(name="A", phone=None)
    assert partner.model_dump() == dict.fromkeys(SecurePartnerInput.model_fields) | {"name": "A"}
    assert partner.model_dump() == InPython(name="A", phone=None).model_dump()
    assert partner.model_fields_set == {"name", "phone"}
    assert partner.email is None


class Company(SecurePartnerInput):
    ref: Line

    @field_validator("name")
    @classmethod
    def no_limited(cls, name):
        if name.endswith("Ltd"):
            raise ValueError("no")
        return name


def test_validators_and_fields_of_a_subclass_are_not_gone_around():
    with pytest.raises(InvalidFields) as caught:
        Company.parse({"name": "A Ltd"})
    assert {error.field: error.code for error in caught.value.errors} == {"name": "invalid", "ref": "missing"}
    assert Company.parse({"name": "A", "ref": " 1 "}).to_odoo() == {"name": "A", "ref": "1"}


async def test_a_partner_of_a_subclass_is_validated_anew_by_its_own_class():
    client = FakeClient()
    assert await create_partner_secure(client, Company.parse({"name": "A", "ref": "1"})) == 42
    assert client.created == [("res.partner", {"name": "A", "ref": "1"})]
    for unchecked in (Company.model_construct(name="A Ltd", ref="1"), Company.model_construct(name="A")):
        with pytest.raises(InvalidFields):
            await create_partner_secure(client, unchecked)
    assert len(client.created) == 1


def test_a_partner_that_was_built_without_looking_is_no_field_of_another_model():
    class Order(BaseModel):
        partner: SecurePartnerInput

    class Company(SecurePartnerInput):
        ref: Line

    good = SecurePartnerInput.parse({"name": "A", "email": "a@b.example"})
    assert Order(partner=good).partner.to_odoo() == {"name": "A", "email": "a@b.example"}
    for wrong in (
        SecurePartnerInput.model_construct(name="<script>"),
        good.model_copy(update={"email": "x"}),
        good.model_copy(update={"user_id": 2}),
        Company.model_construct(name="A", ref="<b>"),
    ):
        with pytest.raises(ValidationError):
            Order(partner=wrong)
        with pytest.raises(ValidationError):
            SecurePartnerInput.model_validate(wrong)


def test_a_partner_is_a_field_of_other_models_and_reads_json():
    class Order(BaseModel):
        partner: SecurePartnerInput
        others: list[SecurePartnerInput] = []

    order = Order.model_validate_json('{"partner": {"name": " A "}, "others": [{"name": "B", "email": "b@B.EXAMPLE"}]}')
    assert order.partner == SecurePartnerInput(name="A")
    assert order.others[0].to_odoo() == {"name": "B", "email": "b@b.example"}
    assert Order.model_validate_json(order.model_dump_json(exclude_unset=True)) == order
    with pytest.raises(ValidationError) as caught:
        Order.model_validate({"partner": {"name": "A", "email": "x"}})
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [(("partner", "email"), "email_at")]
    assert SecurePartnerInput.model_validate_json('{"name": "A", "country_id": 57}').to_odoo() == {
        "name": "A",
        "country_id": 57,
    }
    assert pickle.loads(pickle.dumps(order.partner)) == copy.deepcopy(order.partner) == order.partner


# --- the annotated types ---


class Everything(BaseModel):
    email: Email
    phone: Phone
    website: Website
    vat: Vat
    name: PersonName
    line: Line
    language: Language


def test_the_types_work_in_a_model_of_ones_own():
    model = Everything(
        email="A@B.EXAMPLE", phone="+49 30 901820", website="HTTPS://example.com", vat="gr123456789",
        name=" A ", line=" <b> ", language="en_US",
    )  # fmt: skip
    assert list(model.model_dump().values()) == [
        "A@b.example", "+4930901820", "https://example.com", "EL123456789", "A", "<b>", "en_US",
    ]  # fmt: skip
    assert Everything.model_validate_json(model.model_dump_json()) == model


def test_pydantic_tells_our_code_and_our_sentence():
    with pytest.raises(ValidationError) as caught:
        Everything.model_validate({"email": "x"})
    first = caught.value.errors()[0]
    assert (first["type"], first["msg"]) == ("email_at", validate.CODES["email_at"])


def test_the_types_describe_themselves_in_json_schema():
    properties = Everything.model_json_schema()["properties"]
    assert properties["email"] == {"title": "Email", "type": "string", "format": "email", "maxLength": 254}
    assert {schema["type"] for schema in properties.values()} == {"string"}
    assert Everything.model_json_schema(mode="serialization")["properties"]["email"]["type"] == "string"
    assert SecurePartnerInput.model_json_schema()["additionalProperties"] is False


NORMAL = {
    "Email": "a@b.example",
    "Phone": "+4930901820",
    "Website": "https://example.com/",
    "Vat": "IE9+99999AA",
    "PersonName": "O'Brien",
    "Line": "<b>",
    "Language": "sr@latin",
    "RecordId": 1,
}


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_each_type_has_a_schema_that_its_normal_form_fits(mode):
    assert set(NORMAL) == set(types.__all__) - {"Checked"}
    for name, value in NORMAL.items():
        adapter = TypeAdapter(getattr(types, name))
        schema = adapter.json_schema(mode=mode)
        assert adapter.validate_python(value) == adapter.validate_json(json.dumps(value)) == value
        assert schema["type"] == ("integer" if name == "RecordId" else "string")
        assert re.search(schema.get("pattern", ""), str(value))
        assert schema.get("minLength", 0) <= len(str(value)) <= schema.get("maxLength", 9999)
        assert len(schema) > 1, name


@pytest.mark.asvs("v5.0.0-2.1.1", document="openapi.json")
def test_the_description_of_an_application_shows_the_types():
    """FastAPI: the schema of the body, its limits, and that no other field is taken."""
    app = FastAPI()

    @app.post("/partners")
    def create(partner: SecurePartnerInput, email: Email) -> SecurePartnerInput:
        return partner

    described = app.openapi()
    [email] = described["paths"]["/partners"]["post"]["parameters"]
    assert email["schema"] == {"type": "string", "format": "email", "maxLength": 254, "title": "Email"}
    schemas = described["components"]["schemas"]
    partner = next(schema for name, schema in schemas.items() if name.startswith("SecurePartnerInput"))
    assert partner["additionalProperties"] is False
    assert partner["required"] == ["name"]
    assert set(partner["properties"]) == set(SecurePartnerInput.model_fields)
    texts = {choice.get("pattern") for choice in partner["properties"]["phone"]["anyOf"]}
    assert texts == {r"^\+[1-9][0-9]{7,14}$", None}
    assert SecurePartnerInput.model_json_schema()["properties"] == InPython.model_json_schema()["properties"]


async def test_an_application_answers_with_our_codes_and_takes_the_normal_forms():
    app = FastAPI()

    @app.post("/partners")
    def create(partner: SecurePartnerInput) -> dict[str, object]:
        return partner.to_odoo()

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client:
        accepted = await client.post("/partners", json={"name": " A ", "vat": "de 123456789"})
        refused = await client.post("/partners", json={"name": "A", "email": "x", "mobile": 1})
    assert accepted.json() == {"name": "A", "vat": "DE123456789"}
    assert refused.status_code == 422
    assert [error["type"] for error in refused.json()["detail"]] == ["email_at", "extra_forbidden"]


def test_a_type_of_ones_own_takes_any_validator():
    class Account(BaseModel):
        login: Annotated[str, Checked(validate.login)]

    assert Account(login=" admin ").login == "admin"
    with pytest.raises(ValidationError):
        Account(login="a b")
