"""Values that are bound to a record or to its company: written when both are known, in one request."""

from __future__ import annotations

import pytest

from fake_odoo import DATABASE, LOGIN, PASSWORD, FakeOdoo
from fake_odoo import OdooError as Failure
from zenoo_security import SecureZenooClient
from zenoo_security.client import NotLoggedIn
from zenoo_security.errors import (
    DecryptionError,
    IncompleteCreate,
    InvalidInput,
    OdooError,
    QueryRefused,
    SecurityError,
)
from zenoo_security.fields import Encrypted, EncryptedFields, FieldCipher, Undecryptable
from zenoo_security.fields.context import context_of
from zenoo_security.keyring import KeyRing

RING = KeyRing.generate()
CIPHER = FieldCipher(RING)
FIELDS = EncryptedFields(
    {
        "res.partner": {
            "email": Encrypted(bind=("company",), index="email"),
            "phone": Encrypted(bind=("record",)),
            "vat": Encrypted(bind=("database", "company", "record")),
            "ref": Encrypted(),
        },
    },
)
COLUMNS = ("x_email_enc", "x_email_idx", "x_phone_enc", "x_vat_enc")
VALUES = {"name": "Bob", "email": "bob@example.com", "phone": "+49 30 1", "vat": "DE1", "ref": "K-1"}


class Records(FakeOdoo):
    """A fake that keeps records as Odoo would; new ones belong to company 3."""

    def __init__(self) -> None:
        super().__init__()
        self.records = {}
        self.answers.update(create=self._create, read=self._read, web_save_multi=self._save, write=self._write)

    def _create(self, rows):
        ids = [len(self.records) + n + 1 for n in range(len(rows))]
        for record, row in zip(ids, rows, strict=True):
            self.records[record] = {"id": record, "company_id": 3, **row}
        return ids

    def _read(self, ids, fields):
        children = {n: [c for c, child in self.records.items() if child.get("parent_id") == n] for n in ids}
        rows = [{"id": n, **{name: self.records[n].get(name, False) for name in fields}} for n in ids]
        rows = [{**row, **({"child_ids": children[row["id"]]} if "child_ids" in fields else {})} for row in rows]
        return [{**row, **({"company_id": self._company(row)} if "company_id" in row else {})} for row in rows]

    def _save(self, ids, rows, specification):
        assert len(ids) == len(rows)
        assert specification == ({} if any("company_id" in row for row in rows) else {"company_id": {}})
        for record, row in zip(ids, rows, strict=True):
            self.records[record].update(row)
            if "company_id" in row:
                self._move_contacts(record, row["company_id"])
        return [{"id": record, "company_id": self.records[record]["company_id"]} for record in ids]

    def _move_contacts(self, record, company):
        for child in (child for child in self.records.values() if child.get("parent_id") == record):
            child["company_id"] = company
            self._move_contacts(child["id"], company)

    def _write(self, ids, values):
        return bool(self._save(ids, [values] * len(ids), {} if "company_id" in values else {"company_id": {}}))

    @staticmethod
    def _company(row):
        return [row["company_id"], "Company"] if row["company_id"] else False

    def methods(self):
        return [request["args"][4] for request in self.requests if request["method"] == "execute_kw"][1:]


@pytest.fixture
def fake():
    server = Records()
    yield server
    server.close()


@pytest.fixture
async def client(fake):
    async with SecureZenooClient(fake.url, encrypted_fields=FIELDS, key_ring=RING) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        yield client


def opened(record, company):
    """What the columns of a stored record hold under the contexts of the declaration."""
    values = {}
    for name, declared in FIELDS.for_model("res.partner").items():
        place = {"database": DATABASE, "company": company, "record": record["id"]}
        context = context_of("res.partner", name, declared.bind, **place)
        values[name] = CIPHER.decrypt(record[declared.column], context=context)
    return values


SECRET = {name: value for name, value in VALUES.items() if name != "name"}


async def test_what_is_late_is_not_stored_in_the_name_of_who_logs_in_meanwhile(fake, client):
    """The record of that number is another one there."""
    create = fake.answers["create"]

    def create_and_log_in(rows):
        client._session._database, client._session._uid = "other", 8
        return create(rows)

    fake.answers["create"] = create_and_log_in
    with pytest.raises(IncompleteCreate) as refused:
        await client.create("res.partner", VALUES)
    assert isinstance(refused.value.__cause__, NotLoggedIn)
    assert fake.calls("web_save_multi") == fake.calls("write") == []


async def test_create_stores_late_values_for_each_record_in_one_request(client, fake):
    more = {**VALUES, "email": "eve@example.com"}
    assert await client.create("res.partner", [VALUES, more, {"name": "none"}]) == [1, 2, 3]
    assert fake.methods() == ["create", "read", "web_save_multi"]
    created = fake.calls("create")[0]["args"][0]
    assert not any(column in row for row in created for column in COLUMNS)
    assert opened(fake.records[1], 3) == SECRET
    assert opened(fake.records[2], 3) == {**SECRET, "email": "eve@example.com"}
    assert "x_email_enc" not in fake.records[3]
    assert fake.calls("web_save_multi")[0]["args"][0] == [1, 2]
    assert not any(value in fake.sent() for value in SECRET.values())
    assert await client.read("res.partner", [1], list(VALUES)) == [{"id": 1, **VALUES}]


async def test_create_of_one_record_returns_one_id(client, fake):
    assert await client.create("res.partner", VALUES) == 1
    assert await client.execute_kw("res.partner", "create", [], {"vals_list": VALUES}) == 2
    assert opened(fake.records[2], 3) == SECRET


async def test_create_without_late_values_takes_one_request(client, fake):
    await client.create("res.partner", {"name": "Bob", "ref": "K-1", "email": False, "company_id": 4})
    assert fake.methods() == ["create"]


async def test_a_context_and_a_company_of_the_caller_count(client, fake):
    await client.create("res.partner", {**VALUES, "company_id": 5}, context={"lang": "fr_FR"})
    assert opened(fake.records[1], 5) == SECRET
    assert fake.calls("web_save_multi")[0]["kwargs"]["context"]["lang"] == "fr_FR"


BAD = [({"email": 5}, InvalidInput), ({"x_vat_enc": "x"}, QueryRefused), ({"phone": "<Undecryptable>"}, QueryRefused)]


@pytest.mark.parametrize(("values", "error"), BAD)
async def test_what_will_be_refused_is_refused_before_anything_is_created(client, fake, values, error):
    for method, args in (("create", [[VALUES, values]]), ("write", [[1], {**VALUES, **values}])):
        with pytest.raises(error):
            await client.execute_kw("res.partner", method, args)
    assert fake.methods() == []


@pytest.mark.parametrize("second", ["read", "web_save_multi"])
async def test_a_create_that_stops_half_way_names_the_records_and_is_not_repeated(client, fake, second):
    fake.answers[second] = Failure("odoo.exceptions.ValidationError")
    with pytest.raises(IncompleteCreate, match="1, 2 exist now") as caught:
        await client.create("res.partner", [VALUES, VALUES])
    assert (caught.value.model, caught.value.ids) == ("res.partner", (1, 2))
    assert isinstance(caught.value.__cause__, SecurityError)
    assert not any(column in record for record in fake.records.values() for column in COLUMNS)
    await client.setup_batch_manager()
    with pytest.raises(IncompleteCreate):
        async with client.batch() as batch:
            await batch.create("res.partner", [VALUES, VALUES])
    assert len(fake.records) == 4, "a batch does not try the rows again one by one"


async def test_ids_that_are_missing_stop_a_create(client, fake):
    fake.answers["create"] = [1]
    with pytest.raises(OdooError, match="ids"):
        await client.create("res.partner", [VALUES, VALUES])


# --- write ---


async def test_a_write_stores_a_token_for_each_record_in_one_request(client, fake):
    await client.create("res.partner", [VALUES, VALUES])
    fake.records[2]["company_id"] = False
    fake.requests.clear()
    fake.requests.append({"method": "execute_kw", "args": [0, 0, 0, 0, "login"]})
    assert await client.write("res.partner", [1, 2], {**VALUES, "name": "New", "phone": "+49 30 2"}) is True
    assert fake.methods() == ["read", "web_save_multi"]
    assert [fake.records[n]["name"] for n in (1, 2)] == ["New", "New"]
    assert opened(fake.records[1], 3) == opened(fake.records[2], 0) == {**SECRET, "phone": "+49 30 2"}
    assert fake.records[1]["x_phone_enc"] != fake.records[2]["x_phone_enc"]


async def test_a_write_of_no_late_value_is_one_plain_write(client, fake):
    await client.create("res.partner", VALUES)
    await client.write("res.partner", [1], {"ref": "K-2"})
    assert fake.methods()[3:] == ["write"]


async def test_a_late_value_can_be_emptied(client, fake):
    await client.create("res.partner", VALUES)
    await client.write("res.partner", [1], {"email": False, "phone": None})
    assert [fake.records[1][column] for column in COLUMNS[:3]] == [False, False, False]
    [row] = await client.read("res.partner", [1], ["email", "phone", "vat"])
    assert row == {"id": 1, "email": False, "phone": False, "vat": "DE1"}


@pytest.mark.parametrize("company", [4, False])
async def test_a_record_that_moves_to_another_company_keeps_its_values(client, fake, company):
    await client.create("res.partner", [VALUES, {**VALUES, "email": "eve@example.com", "vat": False}])
    before = dict(fake.records[1])
    await client.write("res.partner", [1, 2], {"company_id": company, "ref": "K-2"})
    assert fake.methods()[3:] == ["read", "read", "web_save_multi"], "in the request that moves them"
    assert opened(fake.records[1], company or 0) == {**SECRET, "ref": "K-2"}
    [one, two] = await client.read("res.partner", [1, 2], ["email", "phone", "vat", "company_id"])
    assert (one["email"], one["vat"], two["email"], two["vat"]) == ("bob@example.com", "DE1", "eve@example.com", False)
    assert before["x_phone_enc"] == fake.records[1]["x_phone_enc"], "not bound to a company"
    assert before["x_email_idx"] == fake.records[1]["x_email_idx"]


async def test_contacts_that_odoo_moves_along_keep_their_values_too(client, fake):
    await client.create("res.partner", [VALUES, {**VALUES, "parent_id": 1}, {**VALUES, "parent_id": 2}, VALUES])
    await client.write("res.partner", [1], {"company_id": 4, "email": "new@example.com", "name": "Moved"})
    for child in (2, 3):
        assert fake.records[child]["company_id"] == 4, "written by Odoo"
        assert opened(fake.records[child], 4) == SECRET
        assert fake.records[child]["name"] == "Bob"
    assert opened(fake.records[1], 4) == {**SECRET, "email": "new@example.com"}
    assert opened(fake.records[4], 3) == SECRET


async def test_a_record_that_moves_may_get_new_values_at_once(client, fake):
    await client.create("res.partner", VALUES)
    await client.write("res.partner", 1, {"company_id": 4, "email": "new@example.com"})
    assert opened(fake.records[1], 4) == {**SECRET, "email": "new@example.com"}


@pytest.mark.parametrize("undecryptable", ["mark", "raise"])
async def test_a_record_whose_value_does_not_open_stays_in_its_company(fake, undecryptable):
    options = {"encrypted_fields": FIELDS, "key_ring": RING, "undecryptable": undecryptable}
    async with SecureZenooClient(fake.url, **options) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        await client.create("res.partner", [VALUES, VALUES])
        fake.records[2]["x_vat_enc"] = fake.records[1]["x_vat_enc"]
        before = {n: dict(record) for n, record in fake.records.items()}
        with pytest.raises(DecryptionError, match=r"company_id cannot change.* vat of 2"):
            await client.write("res.partner", [1, 2], {"company_id": 4})
        assert fake.records == before


@pytest.mark.parametrize("company", [True, "4", [4], (6, 0, [4])])
async def test_a_company_that_is_no_id_is_refused(client, fake, company):
    await client.create("res.partner", VALUES)
    with pytest.raises(QueryRefused, match="company_id"):
        await client.write("res.partner", [1], {"company_id": company})
    assert fake.methods()[-1] != "web_save_multi" or fake.records[1]["company_id"] == 3


@pytest.mark.parametrize("moves", [1, 3, 5])
@pytest.mark.parametrize("method", ["write", "create"])
async def test_a_record_that_somebody_moves_between_the_question_and_the_write_gets_tokens_that_open(
    client, fake, method, moves
):
    """They would be bound to the company that it had, and nothing would tell."""
    await client.create("res.partner", VALUES)
    left, save, company = moves, fake.answers["web_save_multi"], 3

    def moved(ids, rows, specification):
        nonlocal left, company
        if left:
            left, company = left - 1, company + 1
            fake.records[ids[-1]]["company_id"] = company
        return save(ids, rows, specification)

    fake.answers["web_save_multi"] = moved
    args = [[1], {**VALUES, "name": "New"}] if method == "write" else [VALUES]
    if moves == 5:
        with pytest.raises(OdooError) as caught:
            await client.execute_kw("res.partner", method, args)
        assert "moves from company to company" in str(caught.value.__cause__ or caught.value)
        return
    await client.execute_kw("res.partner", method, args)
    record = fake.records[1 if method == "write" else 2]
    assert opened(record, company) == SECRET
    assert record["company_id"] == company
    assert record["name"] == ("New" if method == "write" else "Bob")


@pytest.mark.parametrize("ids", [[1.0], [True], ["1"], 1.0, "1", [1, [2]], True, [-1], [2**31]])
@pytest.mark.parametrize("method", ["write", "copy", "web_save"])
async def test_ids_that_odoo_finds_and_a_token_would_not_be_bound_to_are_refused(client, fake, method, ids):
    """PostgreSQL takes 1.0 for record 1; a token that is bound to a record 1.0 would never open there."""
    await client.create("res.partner", VALUES)
    before, arguments = dict(fake.records[1]), {"write": [VALUES], "copy": [{}], "web_save": [VALUES, {}]}
    with pytest.raises(QueryRefused, match="whole numbers"):
        await client.execute_kw("res.partner", method, [ids, *arguments[method]])
    assert fake.records[1] == before


async def test_a_write_to_no_record_is_none(client, fake):
    assert await client.write("res.partner", [], VALUES) is True
    assert fake.methods() == []


@pytest.mark.asvs("v5.0.0-11.3.2")
async def test_a_token_that_was_copied_to_another_record_is_marked(client, fake):
    await client.create("res.partner", [VALUES, VALUES])
    fake.records[2]["x_phone_enc"] = fake.records[1]["x_phone_enc"]
    fake.records[1]["company_id"] = 4
    [one, two] = await client.read("res.partner", [1, 2], ["email", "phone", "vat"])
    assert [isinstance(one[name], Undecryptable) for name in ("email", "phone", "vat")] == [True, False, True]
    assert [isinstance(two[name], Undecryptable) for name in ("email", "phone", "vat")] == [False, True, False]


async def test_values_of_another_database_do_not_open(fake):
    async with SecureZenooClient(fake.url, encrypted_fields=FIELDS, key_ring=RING) as client:
        await client.login(DATABASE, LOGIN, PASSWORD)
        await client.create("res.partner", VALUES)
        await client.resume("staging", 7, LOGIN, PASSWORD)
        [row] = await client.read("res.partner", [1], ["vat", "email"])
        assert (row["vat"].reason, row["email"]) == ("altered", "bob@example.com")
        await client.login(DATABASE, LOGIN, PASSWORD)
        assert (await client.read("res.partner", [1], ["vat"]))[0]["vat"] == "DE1"
