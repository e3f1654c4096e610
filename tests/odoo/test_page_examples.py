"""Examples of the guides that begin with a client that is logged in: run on a real Odoo, as they stand on their pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.page import code
from zenoo_security import (
    AccessControlManager,
    Encrypted,
    EncryptedFields,
    FieldCipher,
    KeyRing,
    Principal,
    SecureZenooClient,
    acting_as,
)
from zenoo_security.client.columns import ensure_columns
from zenoo_security.errors import PermissionDenied, RecordNotFound

pytestmark = pytest.mark.odoo
PARTNER = "res.partner"
FIELDS = EncryptedFields(
    {
        PARTNER: {
            "email": Encrypted(index="email"),
            "phone": Encrypted(index="digits"),
            "vat": Encrypted(),
            "comment": Encrypted(type="html"),
        }
    }
)
RING = KeyRing.generate()


class Odoo:
    """The database of this module, with the columns of the examples; and its administrator."""

    def __init__(self, database):
        self.database = database

    async def client(self, **options):
        client = SecureZenooClient(self.database.url, **options)
        await client.login(self.database.name, self.database.admin_login, self.database.admin_password)
        return client

    async def example(self, page, line, names, **replaced):
        """Run the block with this line; what it defines is returned. Names and numbers of the page become those that are there."""
        [block] = [block for block in code(f"docs/guide/{page}", "python") if line in block]
        own = {
            '"https://erp.example.com"': repr(self.database.url),
            '"production"': repr(self.database.name),
            '"ann"': repr(self.database.admin_login),
        }
        for given, meant in (own | replaced).items():
            block = block.replace(given, meant)
        body = "\n".join(f"    {one}" for one in [*block.splitlines(), "return locals()"])
        names = {"SecureZenooClient": SecureZenooClient, "password": self.database.admin_password, **names}
        inputs = ", ".join(names)
        exec(f"async def example({inputs}):\n{body}", scope := {})
        return await scope["example"](**names)


@pytest.fixture
async def odoo(odoo_database):
    made = Odoo(odoo_database)
    async with await made.client() as admin:
        await ensure_columns(admin, FIELDS)
    return made


async def test_the_client_stores_ciphertext_finds_it_and_reads_pages(odoo, capsys):
    async with SecureZenooClient(odoo.database.url, encrypted_fields=FIELDS, key_ring=RING) as client:
        partner = (await odoo.example("client.md", "search_read_pages", {"client": client}))["partner"]
    [row] = odoo.database.sql("SELECT name, email, x_email_enc FROM res_partner WHERE id = %s", [partner])
    assert (row["name"], row["email"]) == ("O'Brien & Söhne", None)
    assert FieldCipher.is_encrypted(row["x_email_enc"])
    assert int(capsys.readouterr().out) > 0


async def test_the_handler_of_the_guide_stores_and_reads(odoo):
    async with await odoo.client(encrypted_fields=FIELDS, key_ring=RING) as client:
        found = await odoo.example("client.md", "SecureDataHandler()", {"client": client})
    assert found["data"]["phone"] == "+49 30 1234567"


async def test_records_are_asked_about_one_by_one_and_together(odoo):
    first, second = odoo.database.call(PARTNER, "create", [{"name": "A"}, {"name": "B"}])
    replaced = {"[7, 8, 9]": f"[{first}, {2**30}, {second}]", "[7, 8]": f"[{first}, {second}]", ", 7,": f", {first},"}
    found = await odoo.example("objects.md", "filter_accessible", {}, **replaced)
    async with found["client"]:
        assert await found["manager"].filter_accessible(PARTNER, [first, 2**30, second], "write") == [first, second]
        with pytest.raises(RecordNotFound):
            await found["manager"].require(PARTNER, [2**30], "unlink")


async def test_a_policy_is_held_on_reading_searching_and_writing(odoo):
    [block] = [block for block in code("docs/guide/access.md", "python") if "Narrowing(" in block]
    exec(block, names := {})
    [company] = odoo.database.sql("SELECT id FROM res_company LIMIT 1")
    partner = odoo.database.call(PARTNER, "create", {"name": "A", "company_id": company["id"], "vat": "DE136695976"})
    groups = frozenset({"base.group_user", "base.group_partner_manager"})
    async with SecureZenooClient(odoo.database.url, access=AccessControlManager(names["policy"])) as client:
        principal = Principal(odoo.database.name, 2, odoo.database.admin_login, groups=groups)
        with acting_as(principal), pytest.raises(PermissionDenied, match="read:phone"):
            await odoo.example("access.md", '("phone", "=", "1")', {"client": client}, **{"[7]": f"[{partner}]"})
        with acting_as(principal):
            [row] = await client.read(PARTNER, [partner])
            assert row["vat"] == "****5976"
            await client.write(PARTNER, [partner], {"name": "Ann"})


async def test_a_change_is_written_where_nobody_changed_the_record(odoo):
    token = FieldCipher(RING).encrypt("BE0477472701", context=(PARTNER, "vat"))
    partner = odoo.database.call(PARTNER, "create", {"name": "A", "vat": "BE0477472701"})
    async with await odoo.client() as client:
        names = {"client": client, "token": token}
        found = await odoo.example("columns.md", "CompareAndWrite.find", names, **{"Change(7": f"Change({partner}"})
        assert found["skipped"] == []
        assert (await odoo.example("columns.md", "CompareAndWrite.find", names, **{"Change(7": f"Change({partner}"}))[
            "skipped"
        ]
    [row] = odoo.database.sql("SELECT vat, x_vat_enc FROM res_partner WHERE id = %s", [partner])
    assert (row["vat"], row["x_vat_enc"]) == (None, token)


async def test_a_rotation_is_started_from_python(odoo, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ring = RING.rotate()
    async with await odoo.client(encrypted_fields=FIELDS, key_ring=RING) as client:
        await client.create(PARTNER, {"name": "A", "email": "a@example.com"})
    names = {"fields": FIELDS, "key_ring": ring, "Path": Path}
    found = await odoo.example("rotation.md", "jobs.rotate", names, **{'"admin"': repr(odoo.database.admin_login)})
    assert found["report"].ok
    assert capsys.readouterr().out.startswith("True")
    async with await odoo.client(encrypted_fields=FIELDS, key_ring=ring) as client:
        rows = await client.search_read(PARTNER, [("email", "=", "a@example.com")], ["email"])
    assert [row["email"] for row in rows] == ["a@example.com"]
