"""Encrypted VAT numbers on a real Odoo 19 with `base_vat`: checks, duplicates, and the way back."""

from __future__ import annotations

import pytest

from zenoo_security.errors import OdooRefused

pytestmark = pytest.mark.odoo

PARTNER = "res.partner"
MODULE = "zenoo_security_partner_vat"
VAT = "BE0477472701"
SPACED = "BE 0428.759.497"


@pytest.fixture(scope="module")
def belgian(fields_server):
    """A database, a company from before the installation, how to make another, and what `base_vat` makes of `SPACED`."""
    database = fields_server.create_database()
    database.install("base_vat")
    country = database.resolve("base.be")

    def make(name, vat):
        values = {"name": name, "vat": vat, "country_id": country, "is_company": True}
        return database.call(PARTNER, "create", values)

    first, spaced = make("First", VAT), make("Spaced", SPACED)
    written = read(database, spaced, "vat")
    database.call(PARTNER, "unlink", [spaced])
    database.install(MODULE)
    yield database, first, make, written
    fields_server.drop_database(database.name)


def stored(database, record):
    [row] = database.sql("SELECT vat FROM res_partner WHERE id = %s", [record])
    return row["vat"]


def read(database, record, name):
    [row] = database.call(PARTNER, "read", [record], [name])
    return row[name]


@pytest.mark.asvs("11.3.2", "14.2.4")
def test_what_was_there_is_encrypted(belgian):
    database, first, *_ = belgian
    assert stored(database, first).startswith("zs1.")
    assert read(database, first, "vat") == VAT
    assert database.call(PARTNER, "search", [("vat", "=", VAT.lower())]) == [first]
    assert database.call(PARTNER, "name_search", VAT)[0][0] == first


def test_base_vat_checks_and_writes_it_as_before(belgian):
    database, first, make, written = belgian
    with pytest.raises(OdooRefused, match="does not seem to be valid"):
        make("Wrong", "BE0477472702")
    with pytest.raises(OdooRefused, match="does not seem to be valid"):
        database.call(PARTNER, "write", [first], {"vat": "BE0477472702"})
    spaced = make("Spaced", SPACED)
    assert read(database, spaced, "vat") == written
    assert stored(database, spaced).startswith("zs1.")
    database.call(PARTNER, "unlink", [spaced])


def test_the_same_number_is_found_twice(belgian):
    database, first, make, _ = belgian
    second = make("Second", VAT)
    assert read(database, second, "same_vat_partner_id")[0] == first
    wizard = "base.partner.merge.automatic.wizard"
    made = database.call(wizard, "create", {"group_by_vat": True})
    database.call(wizard, "action_start_manual_process", [made])
    assert set(database.call(wizard, "read", [made], ["partner_ids"])[0]["partner_ids"]) == {first, second}
    database.call(PARTNER, "unlink", [second])
    assert read(database, first, "same_vat_partner_id") is False


def test_the_company_itself_has_its_number(belgian):
    database, *_ = belgian
    database.call("res.company", "write", [1], {"country_id": database.resolve("base.be"), "vat": "BE0428759497"})
    [company] = database.call("res.company", "read", [1], ["vat"])
    assert company["vat"] == "BE0428759497"


def test_uninstalling_decrypts(belgian):
    database, first, *_ = belgian
    database.uninstall(MODULE)
    assert stored(database, first) == VAT
    assert database.call(PARTNER, "search", [("vat", "ilike", VAT[2:])]) == [first]
