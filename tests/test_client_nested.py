"""Encrypted fields that a call on another model, a relation, the context or a helper column would carry to Odoo."""

from __future__ import annotations

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from zenoo_security import SecureZenooClient
from zenoo_security.errors import InvalidInput, QueryRefused
from zenoo_security.fields import Encrypted, EncryptedFields, FieldCipher
from zenoo_security.keyring import KeyRing

RING = KeyRing.generate()
FIELDS = EncryptedFields(
    {"res.partner": {"email": Encrypted(index="email", column="x_email_enc"), "comment": Encrypted(in_place=True)}},
)
SECRET = "bob@secret.example"
COMMAND = [(0, 0, {"name": "x", "email": SECRET})]
LEAF = ("partner_id.email", "=", SECRET)


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


CARRIERS = [
    # the helper columns, which hold ciphertext and digests only
    ("res.partner", "search", [[("x_email_idx", "=", SECRET)]], {}, None),
    ("res.partner", "search_read", [[("x_email_enc", "=", SECRET)]], {}, None),
    ("res.partner", "search_count", [[("parent_id.x_email_idx", "=", SECRET)]], {}, None),
    ("res.partner", "search", [[("child_ids", "any", [("x_email_idx", "=", SECRET)])]], {}, None),
    ("res.partner", "create", [{"name": "x", "child_ids": [(0, 0, {"x_email_enc": SECRET})]}], {}, None),
    # values that are nested in other ways than a command
    ("res.partner", "create", [{"name": "x", "child_ids": [{"email": SECRET}]}], {}, None),
    ("res.partner", "write", [[1], {"parent_id": {"email": SECRET}}], {}, None),
    # defaults
    ("res.partner", "create", [{"name": "x"}], {}, {"default_x_email_enc": SECRET}),
    ("res.partner", "create", [{"name": "x"}], {}, {"default_child_ids": COMMAND}),
    ("sale.order", "create", [{"name": "x"}], {"context": {"default_partner_ids": COMMAND}}, None),
    ("res.users", "create", [{"login": "x"}], {}, {"default_email": SECRET}),
    # models whose fields are those of the partner
    ("res.users", "write", [[1], {"x_email_enc": SECRET}], {}, None),
    ("res.users", "search", [[("x_email_idx", "=", SECRET)]], {}, None),
    ("res.users", "web_save", [[1], {"email": SECRET}], {}, None),
    ("res.users", "web_search_read", [], {"domain": [("email", "=", SECRET)], "specification": {}}, None),
    ("res.company", "write", [[1], {"email": SECRET}], {}, None),
    # other methods of other models
    ("sale.order", "write", [[1]], {"values": {"partner_ids": COMMAND}}, None),
    ("sale.order", "web_save", [[1], {"partner_ids": COMMAND}], {"specification": {}}, None),
    ("sale.order", "onchange", [[], {"partner_ids": COMMAND}, [], {}], {}, None),
    ("sale.order", "load", [["name", "partner_id/email"], [["x", SECRET]]], {}, None),
    ("sale.order", "read_group", [[LEAF], [], []], {}, None),
    ("sale.order", "search_fetch", [[("parent_id." * 20 + "email", "=", SECRET)], ["name"]], {}, None),
    ("sale.order", "web_search_read", [], {"domain": ["|", LEAF, ["id", "=", 1]], "specification": {}}, None),
]


@pytest.mark.asvs("v5.0.0-14.2.4")
@pytest.mark.parametrize("call", CARRIERS)
async def test_no_way_around_the_fields_sends_plaintext(client, fake, call):
    with pytest.raises(QueryRefused) as caught:
        await client.execute_kw(*call)
    assert SECRET not in repr(caught.value)
    assert SECRET not in fake.sent()


SHOWN = [
    ("sale.order", "web_read", [[1]], {"specification": {"partner_id": {"fields": {"comment": {}}}}}),
    ("sale.order", "export_data", [[1], ["partner_id/comment"]], {}),
    ("sale.order", "formatted_read_group", [[], ["partner_id.comment"], []], {}),
    ("res.users", "read", [[1], ["comment"]], {}),
    ("res.users", "search_read", [[]], {"fields": ["name", "comment"]}),
]


@pytest.mark.parametrize("call", SHOWN)
async def test_ciphertext_is_not_read_through_another_model(client, fake, call):
    with pytest.raises(QueryRefused):
        await client.execute_kw(*call)
    assert not fake.calls(call[1])


async def test_reading_all_fields_of_a_user_leaves_out_what_the_partner_encrypts(client, fake):
    token = FieldCipher(RING).encrypt("secret", context=("res.partner", "comment"))
    fake.answers["read"] = [{"id": 1, "login": "bob", "email": False, "x_email_enc": token, "comment": token}]
    assert await client.read("res.users", [1]) == [{"id": 1, "login": "bob"}]


@pytest.mark.parametrize(
    "call",
    [
        ("crm.lead", "create", [{"name": "x", "email": "own@field.example"}], {}),
        ("crm.lead", "web_save", [[1], {"email": "own@field.example"}], {"specification": {"email": {}}}),
        ("crm.lead", "read_group", [[("email", "=", "x")], ["email"], ["create_date:month"]], {}),
        ("mail.template", "create", [{"email_to": "partner_id.email"}], {}),
        ("sale.order", "message_post", [[1]], {"body": "email", "partner_ids": [1, 2]}),
        ("res.users", "search_read", [[("login", "=", "email")], ["login", "partner_id"]], {}),
        ("res.country", "read", [[1, 2], ["name"]], {}),
    ],
)
async def test_a_field_of_the_same_name_in_another_model_passes(client, fake, call):
    await client.execute_kw(*call)
    assert len(fake.calls(call[1])) == 1


@pytest.mark.parametrize(
    ("delegate", "model"),
    [("hr.employee", "hr.version"), ("account.setup.bank.manual.config", "res.partner.bank")],
)
async def test_a_model_that_stores_into_an_encrypted_one_takes_no_plaintext_for_it(fake, delegate, model):
    """These models of Odoo 19 have another one's fields by `_inherits`."""
    fields = EncryptedFields({model: {"ssnid": Encrypted()}})
    async with SecureZenooClient(fake.url, encrypted_fields=fields, key_ring=RING) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        for values in ({"ssnid": SECRET}, {"x_ssnid_enc": SECRET}):
            with pytest.raises(QueryRefused, match="another model"):
                await client.create(delegate, values)
        with pytest.raises(QueryRefused, match="another model"):
            await client.search(delegate, [("ssnid", "=", SECRET)])
    assert SECRET not in fake.sent()


NAMED = EncryptedFields(
    {
        "res.partner": {
            "name": Encrypted(in_place=True, force=True),
            "ref": Encrypted(in_place=True),
            "comment": Encrypted(in_place=True),
        },
        "x.tag": {"ref": Encrypted(in_place=True)},
        "res.partner.bank": {"acc_number": Encrypted(in_place=True, force=True)},
    },
)


@pytest.mark.asvs("v5.0.0-11.3.2")
async def test_the_name_of_a_record_does_not_decrypt_what_was_copied_into_it_from_another_field(fake):
    def token(model, field):
        return FieldCipher(RING).encrypt(f"secret {field}", context=(model, field))

    async def shown(client, model, text):
        fake.answers["read"] = [{"id": 1, "display_name": text}]
        fake.answers["name_search"] = [[1, text]]
        [row] = await client.read(model, [1], ["display_name"])
        [pair] = await client.execute_kw(model, "name_search", ["x"])
        assert pair[1] == row["display_name"]
        return pair[1]

    async with SecureZenooClient(fake.url, encrypted_fields=NAMED, key_ring=RING) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        for model, field in (("res.partner", "name"), ("res.partner.bank", "acc_number")):
            assert await shown(client, model, token(model, field)) == f"secret {field}"
        for model, field in (("res.partner", "ref"), ("res.partner", "comment"), ("x.tag", "ref")):
            assert await shown(client, model, token(model, field)) == "(encrypted)"


async def test_values_that_hold_themselves_or_are_nested_without_end_are_refused(client, fake):
    own: list[object] = []
    own.append(own)
    deep: list[object] = []
    for _ in range(5000):
        deep = [(0, 0, {"child_ids": deep})]
    for value in (own, deep):
        with pytest.raises(InvalidInput):
            await client.write("res.partner", [1], {"child_ids": value})
    assert not fake.calls("write")


@pytest.mark.parametrize("order", ["email:x", "email.x desc", 'id, "x_email_idx"'])
async def test_no_spelling_of_an_order_names_an_encrypted_field(client, order):
    with pytest.raises(QueryRefused, match="sort"):
        await client.search("res.partner", [], order=order)
