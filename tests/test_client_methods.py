"""Copies, exports, names, web calls and groups on encrypted fields: what Odoo is asked, and what comes back."""

from __future__ import annotations

import copy

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from zenoo_security import SecureZenooClient
from zenoo_security.client.methods import METHODS
from zenoo_security.client.specs import parts, words
from zenoo_security.errors import DecryptionError, IncompleteCreate, InvalidInput, OdooError, QueryRefused
from zenoo_security.fields import BlindIndex, Encrypted, EncryptedFields, FieldCipher, Undecryptable
from zenoo_security.keyring import KeyRing
from zenoo_security.policy.methods import INSTEAD

RING = KeyRing.generate()
CIPHER = FieldCipher(RING)
FIELDS = EncryptedFields(
    {
        "res.partner": {
            "email": Encrypted(index="email"),
            "credit": Encrypted(type="integer"),
            "state": Encrypted(type="selection"),
            "ref": Encrypted(in_place=True, index="exact"),
        },
        "res.partner.bank": {"acc_number": Encrypted(bind=("record",)), "note": Encrypted(bind=("company",))},
        "x.person": {"name": Encrypted(in_place=True), "code": Encrypted(index="exact")},
        "x.named": {"name": Encrypted(index="exact")},
    },
)
EMAIL = BlindIndex(RING, normalizer="email").compute("bob@x.example", context=("res.partner", "email"))
REF = BlindIndex(RING, normalizer="exact").compute("bob@x.example", context=("res.partner", "ref"))


def token(value: object, *context: str) -> str:
    return CIPHER.encrypt(value, context=context)


BOB = token("bob@x.example", "res.partner", "email")


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


async def call(client, method, *args, model="res.partner", **kwargs):
    before = copy.deepcopy((args, kwargs))
    result = await client.execute_kw(model, method, list(args), kwargs)
    assert (args, kwargs) == before
    return result


# --- copy ---


@pytest.mark.parametrize("named", [False, True])
async def test_the_values_of_a_copy_are_sealed(client, fake, named):
    fake.answers["copy"] = lambda *_args, **_kwargs: [8]
    default = {"name": "copy", "email": "bob@x.example"}
    given = ((), {"default": default}) if named else ((default,), {})
    assert await call(client, "copy", [7], *given[0], **given[1]) == [8]
    [sent] = fake.calls("copy")
    values = sent["kwargs"]["default"] if named else sent["args"][1]
    assert values.pop("x_email_enc").startswith("zs1.")
    assert values == {"name": "copy", "email": False, "x_email_idx": EMAIL}


async def test_a_copy_without_values_is_sent_as_it_is(client, fake):
    await call(client, "copy", [7])
    await call(client, "copy", [7], None)
    assert [sent["args"] for sent in fake.calls("copy")] == [[[7]], [[7], None]]


async def test_a_copy_of_a_record_whose_name_is_encrypted_needs_a_name(client, fake):
    for default in ({}, {"code": "c"}):
        with pytest.raises(QueryRefused, match="default"):
            await call(client, "copy", [7], default, model="x.named")
    await call(client, "copy", [7], {"name": "copy"}, model="x.named")
    assert len(fake.calls("copy")) == 1


async def test_values_that_are_bound_to_a_record_are_encrypted_for_the_copy(client, fake):
    bound = token("DE1", "res.partner.bank", "acc_number", "record", "7")
    company = token("note", "res.partner.bank", "note", "company", "3")
    row = {"id": 7, "x_acc_number_enc": bound, "x_note_enc": company, "company_id": [3, "C"]}
    fake.answers.update(read=[row], copy=[8], web_save_multi=[{"id": 8}])
    fake.answers["read"] = lambda _ids, fields: [row if "x_note_enc" in fields else {"id": 8, "company_id": [4, "D"]}]
    assert await call(client, "copy", [7], {"bank_name": "B"}, model="res.partner.bank") == [8]
    [sent] = fake.calls("copy")
    emptied = dict.fromkeys(("acc_number", "x_acc_number_enc", "note", "x_note_enc"), False)
    assert sent["args"] == [[7], {"bank_name": "B", **emptied}]
    [ids, [values], specification] = fake.calls("web_save_multi")[0]["args"]
    assert (ids, specification) == ([8], {"company_id": {}})
    context = ("res.partner.bank", "acc_number", "record", "8")
    assert CIPHER.decrypt(values["x_acc_number_enc"], context=context) == "DE1"
    context = ("res.partner.bank", "note", "company", "4")
    assert CIPHER.decrypt(values["x_note_enc"], context=context) == "note"


async def test_a_record_that_does_not_open_is_not_copied(client, fake):
    fake.answers["read"] = [{"id": 7, "x_acc_number_enc": BOB, "x_note_enc": False, "company_id": False}]
    with pytest.raises(DecryptionError):
        await call(client, "copy", [7], model="res.partner.bank")
    assert not fake.calls("copy")


async def test_a_copy_that_loses_its_late_values_says_which(client, fake):
    fake.answers.update(copy=[8], web_save_multi=True)
    fake.answers["read"] = lambda _ids, _fields: [{"id": 7, "company_id": False}]
    fake.answers["res.partner.bank.web_save_multi"] = lambda *_args: (_ for _ in ()).throw(AssertionError)
    with pytest.raises(IncompleteCreate):
        await call(client, "copy", [7], {"acc_number": "DE2"}, model="res.partner.bank")


# --- export_data ---


async def test_an_export_opens_the_cells_and_leaves_the_lines_of_children(client, fake):
    credit = token(5, "res.partner", "credit")
    lines = [["A", "1", "x", BOB, credit, "1"], ["", "1", "y", "", "", ""], ["B", "2", "", "", "", "2"]]
    fake.answers["export_data"] = {"datas": lines}
    paths = ["email", "name", ".id", "child_ids/city", "credit"]
    lines[:] = [
        ["1", "A", "1", "x", "1", BOB, credit, "1"],
        ["", "", "", "y", "", "", "", ""],
        ["2", "B", "2", "", "2", "", "", "2"],
    ]
    result = await call(client, "export_data", [1, 2], paths)
    assert result == {"datas": [["bob@x.example", "A", "1", "x", 5], ["", "", "", "y", ""], ["", "B", "2", "", 0]]}
    assert fake.calls("export_data")[0]["args"][1] == [
        ".id", "name", ".id", "child_ids/city", ".id", "x_email_enc", "x_credit_enc", ".id",
    ]  # fmt: skip


async def test_an_export_marks_what_does_not_open_and_takes_bound_values(client, fake):
    bound = token("DE1", "res.partner.bank", "acc_number", "record", "7")
    fake.answers["export_data"] = {"datas": [["7", bound, "7"], ["8", bound, "8"]]}
    [[first], [second]] = (await call(client, "export_data", [7, 8], ["acc_number"], model="res.partner.bank"))["datas"]
    assert first == "DE1"
    assert isinstance(second, Undecryptable)


async def test_an_export_finds_the_company_that_a_value_is_bound_to(client, fake):
    note = token("n", "res.partner.bank", "note", "company", "3")
    fake.answers["export_data"] = {"datas": [["7", note, "3", "7"]]}
    assert (await call(client, "export_data", [7], ["note"], model="res.partner.bank"))["datas"] == [["n"]]
    assert fake.calls("export_data")[0]["args"][1] == [".id", "x_note_enc", "company_id/.id", ".id"]


@pytest.mark.parametrize("paths", [["parent_id/email"], ["child_ids/x_email_enc"], ["state"], "email", [1], None])
async def test_an_export_that_cannot_be_answered_is_refused(client, fake, paths):
    with pytest.raises(QueryRefused):
        await call(client, "export_data", [1], paths)
    assert not fake.calls("export_data")


@pytest.mark.parametrize("answer", [True, [], {"datas": 1}])
async def test_an_export_that_is_none_is_an_error(client, fake, answer):
    fake.answers["export_data"] = answer
    with pytest.raises(OdooError):
        await call(client, "export_data", [1], ["email"])


# --- names ---

SEARCHED = ["complete_name", "email", "vat", "company_registry"]


async def sent_domain(client, fake, *args, model="res.partner", **kwargs):
    await call(client, "name_search", *args, model=model, **kwargs)
    sent = fake.calls("name_search")[-1]
    names = dict(zip(("name", "domain", "operator", "limit"), sent["args"], strict=False))
    names.update((key, value) for key, value in sent["kwargs"].items() if key != "context")
    return names


async def test_a_name_is_looked_for_in_the_indexes_and_in_what_odoo_can_compare(client, fake):
    asked = await sent_domain(client, fake, "bob@x.example", [("id", ">", 1)], "ilike", 3)
    plain = [[name, "ilike", "bob@x.example"] for name in SEARCHED]
    whole = [["x_email_idx", "=", EMAIL], ["x_ref_idx", "=", REF]]
    assert asked == {
        "name": "",
        "operator": "ilike",
        "limit": 3,
        "domain": ["&", *["|"] * 5, *plain, *whole, ["id", ">", 1]],
    }


async def test_a_name_that_is_no_address_is_looked_for_elsewhere(client, fake):
    asked = await sent_domain(client, fake, name="Bob")
    assert "x_email_idx" not in str(asked)
    assert "x_ref_idx" in str(asked)


async def test_a_negative_name_search_excludes_the_whole_value(client, fake):
    asked = await sent_domain(client, fake, "bob@x.example", [], "not ilike")
    assert asked["domain"][:4] == ["&"] * 4
    assert ["x_email_idx", "!=", EMAIL] in asked["domain"]


async def test_names_of_other_models_are_searched_by_all_their_indexes(client, fake):
    assert "x_code_idx" in str(await sent_domain(client, fake, "c", model="x.person"))
    assert "display_name" not in str(await sent_domain(client, fake, "c", model="x.person"))
    assert (await sent_domain(client, fake, "c", model="x.named"))["domain"][1] == ["display_name", "ilike", "c"]


async def test_an_empty_name_and_other_models_are_sent_as_they_are(client, fake):
    assert await sent_domain(client, fake, "", [], "ilike") == {"name": "", "domain": [], "operator": "ilike"}
    assert await sent_domain(client, fake, "john.email", model="sale.order") == {"name": "john.email"}


async def test_a_name_search_by_something_else_is_refused(client):
    for name, operator in ((5, "ilike"), ("x", 5), ({"a": 1}, "=")):
        with pytest.raises(QueryRefused, match="name_search"):
            await call(client, "name_search", name, [], operator)


# --- specifications ---


async def test_a_specification_is_turned_there_and_back(client, fake):
    fake.answers["web_read"] = [{"id": 1, "x_email_enc": BOB, "parent_id": {"id": 2, "city": "p"}}]
    specification = {"email": {}, "parent_id": {"fields": {"city": {}}}}
    [row] = await call(client, "web_read", [1], specification=specification)
    assert row == {"id": 1, "email": "bob@x.example", "parent_id": {"id": 2, "city": "p"}}
    asked = fake.calls("web_read")[0]["kwargs"]["specification"]
    assert asked == {"x_email_enc": {}, "parent_id": {"fields": {"city": {}}}}


async def test_a_specification_of_a_company_keeps_its_own(client, fake):
    note = token("n", "res.partner.bank", "note", "company", "3")
    fake.answers["web_read"] = [{"id": 7, "x_note_enc": note, "company_id": {"id": 3, "name": "C"}}]
    specification = {"note": {}, "company_id": {"fields": {"city": {}}}}
    [row] = await call(client, "web_read", [7], specification, model="res.partner.bank")
    assert row == {"id": 7, "note": "n", "company_id": {"id": 3, "name": "C"}}
    assert fake.calls("web_read")[0]["args"][1]["company_id"] == {"fields": {"city": {}}}


REFUSED_SPECIFICATIONS = [
    {"child_ids": {"fields": {"email": {}}}},
    {"child_ids": {"fields": {"child_ids": {"fields": {"x_email_idx": {}}}}}},
    {"child_ids": {"order": "name, email desc"}},
    ["email"],
    None,
]


@pytest.mark.parametrize("specification", REFUSED_SPECIFICATIONS)
@pytest.mark.parametrize("model", ["res.partner", "sale.order"])
async def test_a_specification_that_cannot_be_answered_is_refused(client, fake, specification, model):
    with pytest.raises(QueryRefused):
        await call(client, "web_read", [1], specification, model=model)
    assert not fake.calls("web_read")


async def test_a_save_of_bound_values_takes_the_requests_that_it_needs(client, fake):
    answered = token("DE1", "res.partner.bank", "acc_number", "record", "8")
    fake.answers.update(create=[8], web_save_multi=[], web_read=[{"id": 8, "x_acc_number_enc": answered}], write=True)
    fake.answers["read"] = [{"id": 8, "company_id": False}]
    for ids in ([], [8]):
        saved = await call(client, "web_save", ids, {"acc_number": "DE1"}, {"acc_number": {}}, model="res.partner.bank")
        assert saved == [{"id": 8, "acc_number": "DE1"}]
    assert "DE1" not in fake.sent()
    with pytest.raises(QueryRefused, match="write"):
        await call(client, "web_save_multi", [8], [{"acc_number": "DE1"}], {}, model="res.partner.bank")


# --- groups ---


async def test_the_domain_of_groups_is_turned_there_and_back(client, fake):
    condition = ["x_email_idx", "in", [EMAIL, False]]
    fake.answers["read_group"] = [{"city": "B", "__domain": ["&", ["city", "=", "B"], condition]}]
    [group] = await call(client, "read_group", [("email", "in", ["bob@x.example", False])], [], ["city"])
    assert group["__domain"] == ["&", ["city", "=", "B"], ["email", "in", ["bob@x.example", False]]]
    assert fake.calls("read_group")[0]["args"][0] == [condition]


REFUSED_GROUPS = [
    ("read_group", [[], ["email"], ["city"]], {}, "aggregate"),
    ("read_group", [[], ["n:max(email)"], ["city"]], {}, "aggregate"),
    ("read_group", [[], ["credit"], ["city"]], {}, "aggregate"),
    ("read_group", [[], [], "email"], {}, "group by"),
    ("read_group", [[], [], ["city"]], {"orderby": "email desc"}, "sort by"),
    ("formatted_read_group", [[], ["email:month"]], {}, "group by"),
    ("formatted_read_group", [[], ["parent_id.email"]], {}, "relation"),
    ("formatted_read_group", [[], ["city"], ["x_email_idx:max"]], {}, "aggregate"),
    ("formatted_read_group", [[], ["city"]], {"having": [("email:count", ">", 1)]}, "compare"),
    ("formatted_read_grouping_sets", [[], [["city"], ["email"]]], {}, "group by"),
    ("read_progress_bar", [[], "city", {"field": "email", "colors": {}}], {}, "group by"),
    ("read_progress_bar", [[], "city", "email"], {}, "dict"),
    ("web_read_group", [[], ["email"]], {}, "group by"),
    ("web_read_group", [[], ["parent_id"]], {"groupby_read_specification": {"parent_id": {"email": {}}}}, "relation"),
    (
        "web_read_group",
        [[], ["city"]],
        {"unfold_read_specification": {"child_ids": {"fields": {"email": {}}}}},
        "relation",
    ),
    ("web_resequence", [[1], {}, "credit"], {}, "number"),
    ("web_search_read", [[], {}], {"order": "email"}, "sort by"),
]


@pytest.mark.parametrize("refused", REFUSED_GROUPS)
async def test_what_odoo_would_group_or_sort_as_ciphertext_is_refused(client, fake, refused):
    method, args, kwargs, says = refused
    with pytest.raises(QueryRefused, match=says):
        await call(client, method, *args, **kwargs)
    assert not fake.calls(method)


async def test_groups_of_other_models_may_have_fields_of_the_same_name(client, fake):
    await call(client, "read_group", [("email", "=", "a.email")], ["email"], ["ref"], model="crm.lead")
    assert len(fake.calls("read_group")) == 1


# --- names that show ciphertext ---

SECRET_REF = token("R-1", "res.partner", "ref")
SECRET_NAME = token("Bob", "x.person", "name")


async def test_ciphertext_in_the_names_of_other_records_is_masked(client, fake):
    fake.answers["search_read"] = [{"id": 1, "partner_id": [5, f"C, {SECRET_REF}"], "note": f"<p>{SECRET_NAME}</p>"}]
    rows = await client.search_read("sale.order", [])
    assert rows == [{"id": 1, "partner_id": [5, "C, (encrypted)"], "note": "<p>(encrypted)</p>"}]
    fake.answers["web_read"] = [{"id": 1, "partner_id": {"id": 5, "display_name": SECRET_NAME}}]
    [row] = await call(client, "web_read", [1], {"partner_id": {"fields": {"display_name": {}}}}, model="sale.order")
    assert row["partner_id"]["display_name"] == "(encrypted)"


async def test_the_whole_name_of_a_record_of_the_model_itself_is_decrypted(client, fake):
    fake.answers["read"] = [{"id": 1, "display_name": SECRET_NAME, "name": SECRET_NAME}]
    assert await client.read("x.person", [1]) == [{"id": 1, "display_name": "Bob", "name": "Bob"}]
    fake.answers["name_search"] = [[1, SECRET_NAME], [2, SECRET_NAME.lower()], [3, SECRET_REF]]
    named = await call(client, "name_search", "x", model="x.person")
    assert named == [[1, "Bob"], [2, "(encrypted)"], [3, "(encrypted)"]]


async def test_a_name_of_another_model_cannot_be_used_to_have_ciphertext_decrypted(client, fake):
    fake.answers["read"] = [{"id": 1, "name": SECRET_NAME, "display_name": SECRET_NAME}]
    assert await client.read("res.partner.category", [1]) == [
        {"id": 1, "name": "(encrypted)", "display_name": "(encrypted)"}
    ]


async def test_columns_that_are_asked_for_by_name_are_shown_as_they_are(client, fake):
    fake.answers["read"] = [{"id": 1, "x_email_enc": BOB}]
    assert await client.read("res.partner", [1], ["x_email_enc"]) == [{"id": 1, "x_email_enc": BOB}]


@pytest.mark.parametrize("model", ["res.partner", "sale.order"])
async def test_a_context_that_puts_an_encrypted_field_into_names_is_refused(client, fake, model):
    with pytest.raises(QueryRefused, match="show_email"):
        await client.read(model, [1], ["display_name"], context={"show_email": True})
    nested = {"partner_id": {"fields": {"display_name": {}}, "context": {"show_email": 1}}}
    with pytest.raises(QueryRefused, match="show_email"):
        await call(client, "web_read", [1], nested, model=model)
    await client.read(model, [1], ["display_name"], context={"show_vat": True, "show_email": False})
    assert len(fake.calls("read")) == 1


# --- the table of methods ---


async def test_an_argument_that_is_not_known_is_refused(client, fake):
    for name, method in METHODS.items():
        with pytest.raises(QueryRefused, match="nothing else"):
            await call(client, name, *[[]] * (len(method.parameters) + 1))
        with pytest.raises(QueryRefused, match="nothing else"):
            await call(client, name, no_such_argument=1)
        assert not fake.calls(name)


async def test_a_refused_method_says_what_to_use_instead(client):
    for method, instead in INSTEAD.items():
        assert method not in METHODS
        with pytest.raises(QueryRefused) as caught:
            await call(client, method, [1])
        assert f"use {instead}" in str(caught.value)


def test_words_of_a_specification_of_fields():
    named = list(words('name:sum(a.b) desc, "c" nulls last/d'))
    assert [name for name, related in named if related] == ["b", "d"]
    assert {"name", "sum", "a", "c", "desc", "nulls", "last"} <= {name for name, related in named if not related}


def test_parts_end_when_a_list_holds_itself():
    own: list[object] = ["x"]
    own.append(own)
    assert [part for part in parts({"k": own}) if isinstance(part, str)] == ["x", "k"]


async def test_a_malformed_domain_is_refused_in_every_method(client):
    for name, method in METHODS.items():
        if "domain" in method.parameters:
            with pytest.raises((InvalidInput, QueryRefused)):
                await call(client, name, domain=["|", ("email", "=", "x")], specification={}, progress_bar={})
