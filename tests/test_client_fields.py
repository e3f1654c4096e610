"""Encrypted fields: what Odoo gets to see, what the caller gets back, and what is refused."""

from __future__ import annotations

import copy
import traceback
from typing import ClassVar

import pytest
from pydantic import ValidationError
from zenoo_rpc.models.base import OdooModel

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from zenoo_security import SecureDataHandler, SecureZenooClient
from zenoo_security.errors import (
    ConfigurationError,
    DecryptionError,
    InvalidFields,
    InvalidInput,
    OdooError,
    QueryRefused,
)
from zenoo_security.fields import BlindIndex, Encrypted, EncryptedFields, FieldCipher, Undecryptable
from zenoo_security.keyring import KeyRing

RING = KeyRing.generate()
FIELDS = EncryptedFields(
    {
        "res.partner": {
            "email": Encrypted(index="email", column="x_email_enc", index_column="x_email_idx"),
            "phone": Encrypted(column="x_phone_enc"),
            "comment": Encrypted(in_place=True),
        },
    },
)
CIPHER = FieldCipher(RING)
EMAIL = BlindIndex(RING, normalizer="email").compute("bob@example.com", context=("res.partner", "email"))


def token(field: str, value: object) -> str:
    return CIPHER.encrypt(value, context=("res.partner", field))


@pytest.fixture
def fake():
    server = FakeOdoo()
    yield server
    server.close()


@pytest.fixture
async def client(fake):
    async with SecureZenooClient(fake.url, encrypted_fields=FIELDS, key_ring=RING) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        yield client


# --- writing ---

VALUES = {"name": "Bob", "email": "bob@example.com", "phone": "+49 30 1234567", "comment": "secret"}
FORMS = [
    ("create", [VALUES], {}),
    ("create", [[VALUES, VALUES]], {}),
    ("create", [(VALUES,)], {}),
    ("create", [], {"vals_list": [VALUES]}),
    ("create", [], {"vals_list": VALUES}),
    ("write", [[1], VALUES], {}),
    ("write", [[1]], {"vals": VALUES}),
]


@pytest.mark.asvs("v5.0.0-14.2.4")
@pytest.mark.parametrize(("method", "args", "kwargs"), FORMS)
async def test_no_form_of_create_and_write_sends_plaintext(client, fake, method, args, kwargs):
    before = copy.deepcopy((args, kwargs))
    await client.execute_kw("res.partner", method, args, kwargs)
    assert (args, kwargs) == before
    sent = fake.calls(method)[0]
    assert all(value not in str(sent) for name, value in VALUES.items() if name != "name")
    given = sent["kwargs"].get("vals_list") or sent["kwargs"].get("vals") or sent["args"][-1]
    row = given[0] if isinstance(given, list) else given
    assert sorted(row) == ["comment", "email", "name", "phone", "x_email_enc", "x_email_idx", "x_phone_enc"]
    assert (row["email"], row["phone"]) == (False, False), "plaintext that was there before goes"
    assert row["x_email_idx"] == EMAIL
    assert CIPHER.decrypt(row["x_email_enc"], context=("res.partner", "email")) == "bob@example.com"


@pytest.mark.parametrize("empty", [None, False, ""])
async def test_an_empty_value_is_stored_as_odoos_empty_value(client, fake, empty):
    await client.write("res.partner", [1], {"email": empty, "comment": empty})
    assert fake.calls("write")[0]["args"][1] == {
        "comment": False,
        "email": False,
        "x_email_enc": False,
        "x_email_idx": False,
    }


async def test_a_write_without_encrypted_fields_is_sent_as_it_is(client, fake):
    await client.write("res.partner", [1], {"name": "Bob", "child_ids": [(6, 0, [2, 3])]})
    assert fake.calls("write")[0]["args"] == [[1], {"name": "Bob", "child_ids": [[6, 0, [2, 3]]]}]


@pytest.mark.parametrize("field", ["email", "phone"])
async def test_ciphertext_of_another_record_cannot_be_stored_to_have_it_decrypted(client, fake, field):
    with pytest.raises(QueryRefused, match="ciphertext"):
        await client.write("res.partner", [1], {"email": token(field, "bob@example.com")})
    assert not fake.calls("write")


async def test_an_indexed_field_holds_text(client):
    for value in (5, "not an address"):
        with pytest.raises(InvalidInput) as caught:
            await client.write("res.partner", [1], {"email": value})
        assert caught.value.field == "email"
        assert str(value) not in str(caught.value)


REFUSED_WRITES = [
    ("res.partner", {"x_email_enc": "bob@example.com"}, "by encryption"),
    ("res.partner", {"x_email_idx": "bob@example.com"}, "by encryption"),
    ("res.partner", {"child_ids": [(0, 0, {"email": "bob@example.com"})]}, "through a relation"),
    ("sale.order", {"partner_id": 1, "x_ids": [[1, 3, {"y_ids": [(0, 0, {"phone": "1"})]}]]}, "through a relation"),
    ("res.users", {"login": "bob", "email": "bob@example.com"}, "another model"),
]


@pytest.mark.parametrize(("model", "values", "says"), REFUSED_WRITES)
async def test_a_write_that_would_leave_plaintext_somewhere_is_refused(client, fake, model, values, says):
    for method, args in (("create", [values]), ("create", [[values]]), ("write", [[1], values])):
        with pytest.raises(QueryRefused, match=says) as caught:
            await client.execute_kw(model, method, args)
        assert "bob@" not in str(caught.value)
    assert "bob@example.com" not in fake.sent()


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ([{"name": "x"}, VALUES], {}),
        ([{"name": "x"}], {"vals_list": VALUES}),
        ([{"name": "x"}], {"values": VALUES}),
        ([None], {}),
        ([["x"]], {}),
        ([], {}),
    ],
)
async def test_arguments_that_would_be_overlooked_are_refused(client, fake, args, kwargs):
    with pytest.raises(QueryRefused):
        await client.execute_kw("res.partner", "create", args, kwargs)
    assert not fake.calls("create")


async def test_a_default_in_the_context_is_refused(client, fake):
    for where in ({"context": {"default_email": "bob@example.com"}}, {"kwargs": {"context": {"default_email": "b"}}}):
        with pytest.raises(QueryRefused, match="default_email"):
            await client.execute_kw("res.partner", "create", [{"name": "x"}], **where)
    assert not fake.calls("create")


# --- reading ---


def stored(**more):
    return {
        "id": 1,
        "name": "Bob",
        "x_email_enc": token("email", "bob@example.com"),
        "x_email_idx": EMAIL,
        "x_phone_enc": False,
        **more,
    }


async def test_fields_are_read_from_their_columns_and_named_as_asked(client, fake):
    fake.answers["read"] = lambda _ids, fields: [{"id": 1, **{n: stored()[n] for n in fields}}]
    assert await client.read("res.partner", [1], ["name", "email", "phone"]) == [
        {"id": 1, "name": "Bob", "email": "bob@example.com", "phone": False},
    ]
    assert fake.calls("read")[0]["kwargs"]["fields"] == ["name", "x_email_enc", "x_phone_enc"]


async def test_all_fields_come_without_helper_columns(client, fake):
    row = stored(email="old plaintext", phone=False, comment=token("comment", "secret"))
    fake.answers["search_read"] = [row]
    assert await client.search_read("res.partner", []) == [
        {"id": 1, "name": "Bob", "email": "bob@example.com", "phone": False, "comment": "secret"},
    ]


async def test_a_field_whose_column_the_user_may_not_see_is_not_read_as_empty(client, fake):
    fake.answers["read"] = [{"id": 1, "email": False, "phone": "+49 of the web interface", "comment": False}]
    assert await client.read("res.partner", [1]) == [{"id": 1, "comment": False}]


@pytest.mark.parametrize("rows", [[1], ["x"], [None], [[]]])
async def test_an_answer_that_is_not_rows_is_an_error_of_odoo(client, fake, rows):
    fake.answers["read"] = rows
    with pytest.raises(OdooError, match="records"):
        await client.read("res.partner", [1])
    with pytest.raises(OdooError, match="records"):
        await client.read("res.users", [1])


async def test_names_of_fields_are_texts_and_are_read_once(client, fake):
    with pytest.raises(QueryRefused, match="list of names"):
        await client.execute_kw("res.partner", "read", [[1], [["email"]]])
    names = ["email"]

    def answer(_ids, fields):
        names[:] = ["x_email_enc"]
        return [{"id": 1, **{name: stored()[name] for name in fields}}]

    fake.answers["read"] = answer
    assert await client.read("res.partner", [1], names) == [{"id": 1, "email": "bob@example.com"}]


async def test_an_emptied_column_is_an_empty_value(client, fake):
    fake.answers["read"] = [{"id": 1, "x_email_enc": "", "x_phone_enc": False}]
    assert await client.read("res.partner", [1], ["email", "phone"]) == [{"id": 1, "email": "", "phone": False}]


async def test_a_helper_column_that_is_asked_for_comes_as_it_is(client, fake):
    row = stored()
    fake.answers["read"] = [{"id": 1, "x_email_enc": row["x_email_enc"]}]
    assert await client.read("res.partner", [1], ["x_email_enc"]) == [{"id": 1, "x_email_enc": row["x_email_enc"]}]
    both = await client.read("res.partner", [1], ["x_email_enc", "email"])
    assert both == [{"id": 1, "x_email_enc": row["x_email_enc"], "email": "bob@example.com"}]


async def test_positional_fields_are_mapped_too(client, fake):
    fake.answers["read"] = lambda _ids, fields: [{"id": 1, **{n: stored()[n] for n in fields}}]
    assert await client.execute_kw("res.partner", "read", [[1], ["email"]]) == [{"id": 1, "email": "bob@example.com"}]
    fake.answers["search_read"] = lambda _domain, fields: [{"id": 1, **{n: stored()[n] for n in fields}}]
    rows = await client.execute_kw("res.partner", "search_read", [[], ["email"]])
    assert rows == [{"id": 1, "email": "bob@example.com"}]


UNREADABLE = [
    "plaintext that someone wrote into the column",
    FieldCipher(KeyRing.generate()).encrypt("bob@example.com", context=("res.partner", "email")),
    token("phone", "moved from another field"),
]


@pytest.mark.parametrize("value", UNREADABLE, ids=["plaintext", "another key", "another field"])
async def test_what_cannot_be_decrypted_is_an_error_by_choice_that_names_the_record(fake, value):
    fake.answers["read"] = [stored(), {"id": 9, "x_email_enc": value}]
    async with SecureZenooClient(fake.url, encrypted_fields=FIELDS, key_ring=RING, undecryptable="raise") as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        with pytest.raises(DecryptionError, match="email of 9") as caught:
            await client.read("res.partner", [1, 9], ["email"])
    assert value not in str(caught.value)


@pytest.mark.parametrize("value", UNREADABLE, ids=["plaintext", "another key", "another field"])
async def test_a_read_keeps_the_rest_and_the_mark_cannot_be_written_back(client, fake, value):
    fake.answers["read"] = [{"id": 9, "name": "Bob", "x_email_enc": value, "x_phone_enc": token("phone", "+49")}]
    handler = SecureDataHandler()
    row = await handler.retrieve_sensitive_partner_data(client, 9)
    assert (row["name"], row["phone"]) == ("Bob", "+49")
    assert isinstance(row["email"], Undecryptable)
    assert not row["email"]
    for given in (row["email"], f"{row['email']}"):
        with pytest.raises(QueryRefused, match="could not be decrypted"):
            await client.write("res.partner", [9], {"email": given, "comment": given})
    assert not fake.calls("write")


# --- searching ---


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (("email", "=", "bob@example.com"), ["x_email_idx", "=", EMAIL]),
        (("email", "=", " BOB@example.com "), ["x_email_idx", "=", EMAIL]),
        (("email", "!=", "bob@example.com"), ["x_email_idx", "!=", EMAIL]),
        (("email", "in", ["bob@example.com", False]), ["x_email_idx", "in", [EMAIL, False]]),
        (("email", "not in", ("bob@example.com",)), ["x_email_idx", "not in", [EMAIL]]),
        (("email", "=", False), ["x_email_enc", "=", False]),
        (("email", "!=", None), ["x_email_enc", "!=", False]),
        (("phone", "!=", ""), ["x_phone_enc", "!=", False]),
        (("comment", "=", False), ["comment", "=", False]),
        (("name", "ilike", "bob"), ["name", "ilike", "bob"]),
    ],
)
async def test_an_exact_comparison_is_answered_by_the_index(client, fake, leaf, expected):
    domain = ["|", leaf, ("id", "=", 3)]
    await client.search("res.partner", domain)
    await client.search_count("res.partner", domain)
    await client.search_read("res.partner", domain)
    await client.execute_kw("res.partner", "search", [], {"domain": domain})
    sent = [c["args"][0] if c["args"] else c["kwargs"]["domain"] for m in SEARCHES for c in fake.calls(m)]
    assert sent == [["|", expected, ["id", "=", 3]]] * 4
    assert domain == ["|", leaf, ("id", "=", 3)]


SEARCHES = ("search", "search_count", "search_read")
REFUSED_LEAVES = [
    (("email", "ilike", "bob"), "'in' and 'not in'"),
    (("email", "=ilike", "bob@example.com"), "'in' and 'not in'"),
    (("email", "like", "bob%"), "'in' and 'not in'"),
    (("email", ">", "b"), "'in' and 'not in'"),
    (("email", "=?", "bob@example.com"), "'in' and 'not in'"),
    (("email", "child_of", "bob@example.com"), "'in' and 'not in'"),
    (("email", "child_of", [1]), "'in' and 'not in'"),
    (("phone", "=", "+49"), "no index"),
    (("phone", "in", ["+49"]), "no index"),
    (("comment", "ilike", "x"), "no index"),
    (("parent_id.email", "=", "bob@example.com"), "ids that it returns"),
    (("child_ids", "any", [("email", "=", "bob@example.com")]), "ids that it returns"),
]


@pytest.mark.parametrize(("leaf", "says"), REFUSED_LEAVES)
async def test_any_other_comparison_is_refused_and_says_what_to_use(client, fake, leaf, says):
    asked = len(fake.requests)
    for method in SEARCHES:
        for args, kwargs in (([["!", leaf]], {}), ([], {"domain": ["|", leaf, ("id", "=", 1)]})):
            with pytest.raises(QueryRefused, match=says) as caught:
                await client.execute_kw("res.partner", method, args, kwargs)
            assert "bob" not in str(caught.value)
    assert len(fake.requests) == asked


async def test_a_search_through_a_model_that_delegates_is_refused(client):
    with pytest.raises(QueryRefused, match="another model"):
        await client.search("res.users", [("email", "=", "bob@example.com")])
    await client.search("res.users", [("login", "=", "bob")])


async def test_a_malformed_domain_is_refused_before_odoo_sees_it(client, fake):
    with pytest.raises(InvalidInput):
        await client.search("res.partner", [("id", "=", 1), "|", ("id", "=", 2)])
    assert not fake.calls("search")


@pytest.mark.parametrize(
    "order", ["email", "name, email desc", 'id desc,"email" asc', "x_email_idx", " email nulls last"]
)
async def test_sorting_by_an_encrypted_field_is_refused(client, order):
    for args, kwargs in (([[]], {"order": order}), ([[], 0, 10, order], {})):
        with pytest.raises(QueryRefused, match="sort"):
            await client.execute_kw("res.partner", "search", args, kwargs)
    await client.search("res.partner", [], order="name desc, id")


UNKNOWN = ["name_create", "load", "onchange", "message_post", "default_get", "search_fetch", "copy_data", "_read_group"]
UNKNOWN += ["anything", ""]


@pytest.mark.parametrize("method", UNKNOWN)
async def test_a_method_that_may_carry_values_is_refused_on_an_encrypted_model_only(client, fake, method):
    with pytest.raises(QueryRefused, match="value_free_methods"):
        await client.execute_kw("res.partner", method, [[1]])
    await client.execute_kw("res.country", method, [[1]])
    assert [call["model"] for call in fake.calls(method)] == ["res.country"]


@pytest.mark.parametrize("method", ["fields_get", "check_access", "has_access", "unlink", "exists", "action_archive"])
async def test_a_method_without_values_passes(client, fake, method):
    await client.execute_kw("res.partner", method, [[1]])
    assert len(fake.calls(method)) == 1


async def test_a_method_can_be_declared_to_carry_no_values(fake):
    named = {"res.partner": ["action_mine"]}
    async with SecureZenooClient(fake.url, encrypted_fields=FIELDS, key_ring=RING, value_free_methods=named) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        await client.execute_kw("res.partner", "action_mine", [[1]])
        with pytest.raises(QueryRefused):
            await client.execute_kw("res.partner", "action_other", [[1]])
    with pytest.raises(ConfigurationError, match="list of method names"):
        SecureZenooClient(fake.url, value_free_methods={"res.partner": "action_mine"})


# --- the rest of the call ---


async def test_a_context_in_the_arguments_counts_and_the_callers_dicts_stay(client, fake):
    kwargs = {"context": {"active_test": False, "lang": "fr_FR"}}
    context = {"lang": "it_IT"}
    await client.execute_kw("res.partner", "search", [[]], kwargs, context=context)
    assert fake.calls("search")[0]["kwargs"]["context"] == {
        "lang": "it_IT",
        "tz": "Europe/Berlin",
        "active_test": False,
    }
    assert (kwargs, context) == ({"context": {"active_test": False, "lang": "fr_FR"}}, {"lang": "it_IT"})


def test_encrypted_fields_without_keys_are_a_configuration_error():
    with pytest.raises(ConfigurationError, match="key_ring"):
        SecureZenooClient("localhost", encrypted_fields=FIELDS)


async def test_fields_cannot_be_declared_after_the_client_was_made(fake):
    async with SecureZenooClient(fake.url, key_ring=RING) as client:
        with pytest.raises(AttributeError):
            client.encrypted_fields = FIELDS


class StrictPartner(OdooModel):
    odoo_name: ClassVar[str] = "res.partner"
    name: str
    comment: int


async def test_a_value_that_does_not_fit_its_class_is_not_quoted(client, fake):
    fake.answers["search_read"] = [{"id": 1, "name": "Bob", "comment": token("comment", "SECRET")}]
    with pytest.raises(InvalidFields, match="comment") as caught:
        await client.model(StrictPartner).filter(id=1).all()
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


async def _assign(record, value):
    record.comment = value


async def _update(record, value):
    await record.update(comment=value)


@pytest.mark.parametrize("set_comment", [_assign, _update])
async def test_a_value_that_does_not_fit_an_attribute_is_not_quoted(client, fake, set_comment):
    """By assignment, and by `update`; a record without a secure client raises what pydantic raises."""
    fake.answers |= {"search_read": [{"id": 1, "name": "Bob", "comment": False}], "write": True}
    [record] = await client.model(StrictPartner).filter(id=1).all()
    value = "unspeakable"
    with pytest.raises(InvalidFields, match="comment") as caught:
        await set_comment(record, value)
    assert value not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    record.name = "Anna"
    assert record.name == "Anna"
    with pytest.raises(ValidationError, match=value):
        StrictPartner(id=1, name="Bob", comment=0).comment = value


async def test_a_typed_record_has_no_place_for_a_mark(client, fake):
    fake.answers["search_read"] = [{"id": 9, "name": "Bob", "comment": "SECRET"}]
    with pytest.raises(DecryptionError, match=r"comment of 9 cannot be decrypted \(plaintext\)") as caught:
        await client.model(StrictPartner).filter(id=9).all()
    assert "SECRET" not in str(caught.value)


async def test_the_data_handler_refuses_a_client_that_would_store_plaintext(fake):
    async with SecureZenooClient(fake.url) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        with pytest.raises(ConfigurationError, match="encrypted_fields"):
            await SecureDataHandler().store_sensitive_partner_data(client, VALUES)
    assert not fake.calls("create")


async def test_without_encrypted_fields_values_pass_unchanged(fake):
    async with SecureZenooClient(fake.url) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        await client.create("res.partner", VALUES)
    assert fake.calls("create")[0]["args"] == [VALUES]
