"""Columns and actions on a real Odoo 19: made as declared, found again, and not removed with values in them."""

from __future__ import annotations

import pytest

from zenoo_security.client import AccessRefused, CompareAndWrite, OdooFailed, Part, drop_columns, ensure_columns
from zenoo_security.errors import ColumnsInUse, ConfigurationError, ParameterError
from zenoo_security.fields import Encrypted, EncryptedFields

pytestmark = pytest.mark.odoo

MODEL = "res.partner"


def declared(**fields):
    return EncryptedFields({MODEL: fields})


FIELDS = EncryptedFields(
    {
        MODEL: {
            "email": Encrypted(index="email"),
            "phone": Encrypted(index="digits", bind=("record",)),
            "comment": Encrypted(type="html"),
            "ref": Encrypted(in_place=True, index="exact"),
            "partner_latitude": Encrypted(type="float"),
        },
        "res.partner.bank": {"clearing_number": Encrypted(column="x_clearing", bind=("company",))},
    }
)
PARTS = [
    Part("column", MODEL, "x_email_enc"),
    Part("index", MODEL, "x_email_idx"),
    Part("column", MODEL, "x_phone_enc"),
    Part("index", MODEL, "x_phone_idx"),
    Part("column", MODEL, "x_comment_enc"),
    Part("index", MODEL, "x_ref_idx"),
    Part("column", MODEL, "x_partner_latitude_enc"),
    Part("action", MODEL),
    Part("column", "res.partner.bank", "x_clearing"),
    Part("action", "res.partner.bank"),
]


@pytest.fixture
def columns(odoo_database):
    """The columns of the tables that this package could have made: name -> whether a database index is on it."""

    def look():
        rows = odoo_database.sql(
            "SELECT column_name AS name, EXISTS (SELECT 1 FROM pg_indexes"
            " WHERE tablename = table_name AND indexdef LIKE '%%(' || column_name || ')') AS indexed"
            " FROM information_schema.columns WHERE table_name IN ('res_partner', 'res_partner_bank')"
            " AND column_name LIKE 'x\\_%%'"
        )
        return {row["name"]: row["indexed"] for row in rows}

    return look


@pytest.fixture
async def admin(odoo_client):
    """An administrator's client; what the test made is removed after it."""
    async with odoo_client() as client:
        yield client
        await drop_columns(client, FIELDS, force=True)


async def test_columns_and_actions_are_made_once_and_dropped_once(admin, columns, odoo_database):
    assert await ensure_columns(admin, FIELDS, dry_run=True) == PARTS
    assert columns() == {}
    assert await ensure_columns(admin, FIELDS) == PARTS
    assert columns() == {part.name: part.kind == "index" for part in PARTS if part.name}
    rows = odoo_database.call(
        "ir.model.fields",
        "search_read",
        [("name", "=like", "x\\_%"), ("model", "=", MODEL)],
        ["name", "copied", "ttype"],
    )
    assert {row["name"]: row["copied"] for row in rows} == {
        "x_email_enc": True,
        "x_email_idx": True,
        "x_phone_enc": False,
        "x_phone_idx": False,
        "x_comment_enc": True,
        "x_ref_idx": True,
        "x_partner_latitude_enc": True,
    }
    assert {row["ttype"] for row in rows} == {"char"}
    assert await ensure_columns(admin, FIELDS) == []
    assert await ensure_columns(admin, FIELDS, dry_run=True) == []
    for model in FIELDS:
        await CompareAndWrite.find(admin, model)
    assert not odoo_database.call("ir.ui.view", "search", [("arch_db", "like", "x_email_enc")])

    assert await drop_columns(admin, FIELDS, dry_run=True) == PARTS
    assert len(columns()) == 8
    assert await drop_columns(admin, FIELDS) == PARTS
    assert columns() == {}
    assert await drop_columns(admin, FIELDS) == []
    with pytest.raises(ConfigurationError, match="is not installed"):
        await CompareAndWrite.find(admin, MODEL)


async def test_a_copy_of_a_record_has_the_tokens_that_open_in_it_and_no_others(admin, odoo_database):
    await ensure_columns(admin, FIELDS)
    row = {
        "name": "original",
        "x_email_enc": "zs1.e",
        "x_email_idx": "zi1.e",
        "x_phone_enc": "zs1.p",
        "x_phone_idx": "zi1.p",
    }
    [partner] = odoo_database.call(MODEL, "create", [row])
    copy = odoo_database.call(MODEL, "copy", [partner])
    [copied] = odoo_database.call(MODEL, "read", copy, list(row))
    assert [copied[name] for name in list(row)[1:]] == ["zs1.e", "zi1.e", False, False]


async def test_a_changed_declaration_changes_what_was_made_for_the_old_one(admin, odoo_database):
    await ensure_columns(admin, FIELDS)
    bound = declared(email=Encrypted(index="email", bind=("record",)))
    changed = [Part("column", MODEL, "x_email_enc"), Part("index", MODEL, "x_email_idx")]
    assert await ensure_columns(admin, bound, dry_run=True) == changed
    assert await ensure_columns(admin, bound) == changed
    assert await ensure_columns(admin, bound) == []
    [row] = odoo_database.call(
        "ir.model.fields", "search_read", [("model", "=", MODEL), ("name", "=", "x_email_enc")], ["copied"]
    )
    assert row["copied"] is False


class Breaking:
    """A client whose connection breaks after each change that Odoo made."""

    def __init__(self, client):
        self._client = client
        self.database, self.uid, self.username = client.database, client.uid, client.username

    async def execute_kw(self, model, method, *args, **kwargs):
        answer = await self._client.execute_kw(model, method, *args, **kwargs)
        if method in {"create", "write", "unlink"}:
            raise OdooFailed("broken")
        return answer


async def test_both_go_on_where_they_were_interrupted(admin, columns):
    client, breaks = Breaking(admin), 0
    for work, expected in ((ensure_columns, 8), (drop_columns, 0)):
        while True:
            try:
                assert await work(client, FIELDS) == []
                break
            except OdooFailed:
                breaks += 1
        assert len(columns()) == expected
    assert breaks == 8


async def test_columns_with_values_are_not_dropped_unless_forced(admin, columns, odoo_database):
    await ensure_columns(admin, FIELDS)
    rows = [
        {"name": "active", "x_email_enc": "zs1.x", "x_email_idx": "zi1.x"},
        {"name": "archived", "active": False, "x_email_enc": "zs1.x"},
        {"name": "other company", "x_phone_enc": "zs1.x"},
    ]
    company = odoo_database.call("res.company", "create", {"name": "other"})
    odoo_database.call("res.users", "write", [admin.uid], {"company_ids": [(4, company)]})
    rows[2]["company_id"] = company
    partners = odoo_database.call(MODEL, "create", rows)
    lost = {part.name: part.rows for part in await drop_columns(admin, FIELDS, dry_run=True)}
    assert (lost["x_email_enc"], lost["x_phone_enc"], lost["x_email_idx"], lost["x_comment_enc"]) == (2, 1, 1, 0)
    with pytest.raises(
        ColumnsInUse, match=r"2 in res\.partner\.x_email_enc, 1 in res\.partner\.x_phone_enc"
    ) as refused:
        await drop_columns(admin, FIELDS)
    assert refused.value.count == 3
    assert len(columns()) == 8
    odoo_database.call(MODEL, "write", partners, {"x_email_enc": False, "x_phone_enc": False})
    await drop_columns(admin, FIELDS)
    assert columns() == {}
    odoo_database.call("res.users", "write", [admin.uid], {"company_ids": [(3, company)]})
    await ensure_columns(admin, FIELDS)
    with pytest.raises(ColumnsInUse, match="records of 1 other companies") as unseen:
        await drop_columns(admin, FIELDS)
    assert unseen.value.count == 0
    assert len(columns()) == 8
    await drop_columns(admin, FIELDS, force=True)
    assert columns() == {}
    odoo_database.call("res.users", "write", [admin.uid], {"company_ids": [(4, company)]})


async def test_one_field_is_dropped_and_the_others_and_the_action_stay(admin, columns):
    await ensure_columns(admin, FIELDS)
    dropped = await drop_columns(admin, FIELDS, ["res.partner.email", "res.partner.bank.clearing_number"])
    assert [str(part) for part in dropped] == [
        "column res.partner.x_email_enc",
        "index res.partner.x_email_idx",
        "column res.partner.bank.x_clearing",
        "action of res.partner.bank",
    ]
    assert "x_phone_enc" in columns()
    await CompareAndWrite.find(admin, MODEL)
    for targets in ([], ["res.partner.vat"], ["res.partner.email", "email"]):
        with pytest.raises(ParameterError, match=r"res\.partner\.email"):
            await drop_columns(admin, FIELDS, targets)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (declared(mobile=Encrypted()), r"res\.partner\.mobile: Odoo has no such field"),
        (
            declared(comment=Encrypted()),
            r"res\.partner\.comment: it is of the type html, declare it: Encrypted\(type='html'\)",
        ),
        (declared(comment=Encrypted(type="html", in_place=True)), "sanitize"),
        (declared(email=Encrypted(column="email_enc")), "only columns named x_"),
        (declared(email=Encrypted(column="color")), "it cannot hold ciphertext"),
        (declared(email=Encrypted(column="contact_address")), "it cannot hold ciphertext"),
        (declared(contact_address=Encrypted()), "Odoo computes it and stores nothing"),
        (declared(complete_name=Encrypted()), "would store the value in the clear again"),
        (declared(barcode=Encrypted()), "it has a value for each company"),
        (declared(lang=Encrypted(type="selection")), "computes it from parent_id"),
        (declared(type=Encrypted(type="char", in_place=True)), "it is of the type selection"),
        (
            declared(company_name=Encrypted(in_place=True)),
            r"Odoo computes .*commercial_company_name.* from it: leave in_place out",
        ),
        (EncryptedFields({"res.users": {"email": Encrypted()}}), r"declare the field there"),
        (EncryptedFields({"res.users": {"notification_type": Encrypted(type="selection")}}), "it is required"),
        (
            EncryptedFields({"res.partner.category": {"name": Encrypted()}}),
            "it is required.*|.*a value for each language",
        ),
        (
            EncryptedFields({"res.partner.industry": {"full_name": Encrypted(bind=("company",))}}),
            "needs a field company_id",
        ),
        (EncryptedFields({"no.such.model": {"name": Encrypted()}}), "no model 'no.such.model'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_odoo_would_break_is_refused_and_nothing_is_made(admin, columns, fields, says):
    with pytest.raises(ConfigurationError, match=says):
        await ensure_columns(admin, fields)
    assert columns() == {}


async def test_one_refused_field_keeps_all_others_from_being_made(admin, columns):
    fields = EncryptedFields(
        {MODEL: {"email": Encrypted()}, "res.partner.bank": {"nothing": Encrypted(), "bank_bic": Encrypted()}}
    )
    with pytest.raises(
        ConfigurationError, match=r"nothing: Odoo has no such field.*; res\.partner\.bank\.bank_bic: it shows"
    ):
        await ensure_columns(admin, fields)
    assert columns() == {}


@pytest.mark.parametrize("name", ["email", "phone", "vat"])
async def test_odoo_itself_says_which_fields_it_computes_with(admin, name):
    """The list of `fields/unsuitable.py` agrees with what this Odoo tells, which knows its modules better."""
    from zenoo_security.client.suitable import FIELD_ATTRIBUTES, why_not

    found = await admin.execute_kw(MODEL, "fields_get", [], {"attributes": list(FIELD_ATTRIBUTES)})
    forced = declared(**{name: Encrypted(in_place=True, force=True)})
    assert list(why_not(MODEL, name, forced.for_model(MODEL)[name], found)) == []
    [reason] = why_not(MODEL, name, Encrypted(in_place=True), found)
    assert {"email": "email_normalized", "phone": "phone_sanitized", "vat": "same_vat_partner_id"}[name] in reason


async def test_a_forced_field_in_place_is_accepted(admin, columns):
    forced = declared(company_name=Encrypted(in_place=True, force=True), function=Encrypted(in_place=True))
    assert await ensure_columns(admin, forced) == [Part("action", MODEL)]
    assert columns() == {}


@pytest.mark.asvs("v5.0.0-8.2.2")
async def test_only_an_administrator_makes_and_drops(admin, odoo_client, odoo_user, columns):
    await ensure_columns(admin, FIELDS)
    for groups in (
        ["base.group_user"],
        ["base.group_user", "base.group_partner_manager"],
        ["base.group_user", "base.group_erp_manager"],
    ):
        async with odoo_client(odoo_user(groups)) as client:
            with pytest.raises(AccessRefused):
                await ensure_columns(client, declared(function=Encrypted()))
            with pytest.raises(AccessRefused):
                await drop_columns(client, FIELDS)
    assert len(columns()) == 8
