"""Encrypted contacts on a real Odoo 19: what was there before, mail, searches, blacklists, users, and the way back."""

from __future__ import annotations

import pytest

from smtp_sink import smtp_sink
from zenoo_security import FieldCipher, KeyRing
from zenoo_security.errors import OdooRefused

pytestmark = pytest.mark.odoo

PARTNER = "res.partner"
MODULE = "zenoo_security_partner"
COLUMNS = ("email", "email_normalized", "phone", "phone_sanitized")
FOREIGN = FieldCipher(KeyRing.generate()).encrypt("secret", context=(PARTNER, "phone"))
MANY = 20_000
DIGEST = "SELECT md5(string_agg(concat_ws('|', id, email, email_normalized, phone), ' ' ORDER BY id)) AS md5 FROM res_partner"
BEFORE = [
    {"name": "Anna", "email": "Anna Berg <Anna.Berg@Example.com>", "phone": "+49 30 901820"},
    {"name": "Berta", "email": "no address", "phone": "ask at the desk"},
    {"name": "Cora"},
]


@pytest.fixture(scope="module")
def partners(fields_server):
    """A database with contacts from before the installation, their ids, and a digest of what they were."""
    database = fields_server.create_database()
    ids = database.call(PARTNER, "create", BEFORE)
    database.sql(
        "INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, active, type)"
        " SELECT 'P' || n, 'P' || n, 'p' || n || '@example.org', 'p' || n || '@example.org', '+49 40 ' || n, true, 'contact'"
        f" FROM generate_series(1, {MANY}) n RETURNING id"
    )
    [before] = database.sql(DIGEST)
    database.install(MODULE)
    yield database, ids, before
    fields_server.drop_database(database.name)


def search(database, *domain, **options):
    return database.call(PARTNER, "search", list(domain), **options)


def read(database, record, *names, model=PARTNER):
    [row] = database.call(model, "read", [record], list(names))
    return {name: row[name] for name in names}


@pytest.mark.asvs("11.3.2", "14.2.4")
def test_what_was_there_is_encrypted_and_reads_as_before(partners):
    database, ids, _ = partners
    rows = database.sql(f"SELECT {', '.join(COLUMNS)} FROM res_partner")
    assert len(rows) > MANY
    assert all(not value or value.startswith("zs1.") for row in rows for value in row.values())
    for record, values in zip(ids, BEFORE, strict=True):
        expected = {"email": False, "phone": False, **values}
        assert read(database, record, *expected) == expected
    assert read(database, ids[0], "email_normalized", "phone_sanitized") == {
        "email_normalized": "anna.berg@example.com",
        "phone_sanitized": "+49 30 901820",
    }


def test_contacts_are_found_by_the_whole_value(partners):
    database, [anna, berta, _], _ = partners
    assert search(database, ("email_normalized", "=", "anna.berg@example.com")) == [anna]
    assert search(database, ("email", "=", "NO ADDRESS")) == [berta]
    assert search(database, ("email", "ilike", "no address")) == [berta]
    assert search(database, ("email", "ilike", "no addr")) == []
    assert berta not in search(database, ("email", "not ilike", "no address"))
    assert [found for found, _ in database.call(PARTNER, "name_search", "p17@example.org")] == search(
        database, ("email", "=", "p17@example.org")
    )
    assert search(database, ("phone", "=", "+49 30 901820")) == [anna]
    assert search(database, ("phone_mobile_search", "ilike", "+49 30 901820")) == [anna]
    assert anna in search(database, ("phone_mobile_search", "!=", False))


def test_odoo_finds_the_contact_of_an_address_again(partners):
    """Duplicates are what it would make of each mail that comes in."""
    database, [anna, *_], _ = partners
    assert database.call(PARTNER, "find_or_create", "Anna <ANNA.BERG@example.com>") == [anna]
    [made] = database.call(PARTNER, "find_or_create", "new@example.net")
    assert [made] == database.call(PARTNER, "find_or_create", "New <NEW@example.net>")
    [row] = database.sql("SELECT * FROM res_partner WHERE id = %s", [made])
    assert row["email"].startswith("zs1.")
    assert row["email_normalized"].startswith("zs1.")


@pytest.mark.asvs("14.2.4")
def test_duplicates_are_merged_without_a_trace_of_their_address(partners):
    """Odoo groups contacts in SQL, and its message about the merging would have the addresses."""
    database, *_ = partners
    doubles = [
        {"name": name, "email": email} for name, email in (("D", "Double@example.net"), ("E", "double@EXAMPLE.net"))
    ]
    ids = database.call(PARTNER, "create", doubles)
    wizard = "base.partner.merge.automatic.wizard"
    made = database.call(wizard, "create", {"group_by_email": True, "group_by_is_company": True})
    database.call(wizard, "action_start_manual_process", [made])
    assert set(ids) == set(read(database, made, "partner_ids", model=wizard)["partner_ids"])
    assert read(database, made, "number_group", model=wizard) == {"number_group": 1}
    database.call(wizard, "action_merge", [made])
    [left] = search(database, ("id", "in", ids))
    assert read(database, left, "email")["email"].lower() == "double@example.net"
    bodies = database.sql("SELECT body FROM mail_message WHERE model = %s AND res_id = %s", [PARTNER, left])
    assert any("Merged with" in row["body"] for row in bodies)
    assert not any("double@example.net" in row["body"].lower() for row in bodies)
    database.call(PARTNER, "unlink", [left])


def test_a_privacy_lookup_finds_who_has_the_address(partners):
    """A request for one's data that is answered with nothing would be a wrong answer."""
    database, [anna, *_], _ = partners
    user = database.create_user(login="erna")
    database.call("res.users", "write", [user.uid], {"email": "anna.berg@example.com"})
    [contact] = database.call("res.users", "read", [user.uid], ["partner_id"])
    wizard = database.call("privacy.lookup.wizard", "create", {"name": "Nobody", "email": "Anna.Berg@example.com"})
    database.call("privacy.lookup.wizard", "action_lookup", [wizard])
    lines = database.call(
        "privacy.lookup.wizard.line", "search_read", [("wizard_id", "=", wizard)], ["res_model", "res_id"]
    )
    found = {(line["res_model"], line["res_id"]) for line in lines}
    assert {(PARTNER, anna), (PARTNER, contact["partner_id"][0]), ("res.users", user.uid)} <= found
    assert {record for model, record in found if model == PARTNER} == {anna, contact["partner_id"][0]}
    database.call("res.users", "unlink", [user.uid])
    database.call(PARTNER, "unlink", [contact["partner_id"][0]])


def test_mail_reaches_the_address(partners):
    database, [anna, *_], _ = partners
    options = {"body": "Hello", "partner_ids": [anna], "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
    with smtp_sink() as (port, recipients):
        server = {"name": "sink", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none"}
        mail_server = database.call("ir.mail_server", "create", server)
        database.call(PARTNER, "message_post", [anna], email_from="odoo@example.com", **options)
        database.call("mail.mail", "process_email_queue")
        database.call("ir.mail_server", "unlink", [mail_server])
    assert recipients == ["anna.berg@example.com"]


def test_mail_of_a_conversation_names_addresses(partners):
    """To those who are mentioned, with the others in a header."""
    database, [anna, *_], _ = partners
    values = {"name": "Talk", "channel_type": "group", "channel_partner_ids": [(4, anna)]}
    channel = database.call("discuss.channel", "create", values)
    options = {"body": "Hello", "partner_ids": [anna], "message_type": "comment", "force_send": False}
    database.call("discuss.channel", "message_post", [channel], email_from="odoo@example.com", **options)
    [mail] = database.sql("SELECT id, headers FROM mail_mail WHERE state = 'outgoing'")
    assert "anna.berg@example.com" in mail["headers"]
    assert "zs1." not in mail["headers"]
    database.call("mail.mail", "unlink", [mail["id"]])


def test_blacklists_hold(partners):
    database, [anna, berta, _], _ = partners
    database.call("mail.blacklist", "create", {"email": "anna.berg@example.com"})
    assert search(database, ("is_blacklisted", "=", True)) == [anna]
    assert read(database, anna, "is_blacklisted") == {"is_blacklisted": True}
    assert {anna, berta} & set(search(database, ("is_blacklisted", "=", False))) == {berta}
    database.call("phone.blacklist", "create", {"number": "+49 30 901820"})
    assert search(database, ("phone_sanitized_blacklisted", "=", True)) == [anna]


def test_users_log_in_and_have_their_address(partners):
    database, *_ = partners
    user = database.create_user(login="dora@example.com")
    assert database.login(user.login, user.password) == user.uid
    database.call("res.users", "write", [user.uid], {"email": "dora@example.com"})
    assert read(database, user.uid, "email", model="res.users") == {"email": "dora@example.com"}
    assert database.call("res.users", "search", [("email", "=", "dora@example.com")]) == [user.uid]
    database.call("res.users", "unlink", [user.uid])
    database.call(PARTNER, "unlink", search(database, ("email", "=", "dora@example.com")))


def test_what_does_not_open_stops_an_uninstallation(partners):
    database, [*_, cora], _ = partners
    database.sql("UPDATE res_partner SET phone = %s WHERE id = %s", [FOREIGN, cora])
    with pytest.raises(OdooRefused, match="phone of Contact has values that the keys of this server do not open"):
        database.uninstall(MODULE)
    assert search(database, ("email", "=", "no address"))
    database.sql("UPDATE res_partner SET phone = NULL WHERE id = %s", [cora])


def test_uninstalling_decrypts_everything(partners):
    """Nothing is lost, and Odoo's own field searches what it did before."""
    database, [anna, *_], before = partners
    database.call(PARTNER, "unlink", search(database, ("email_normalized", "=", "new@example.net")))
    database.uninstall(MODULE)
    assert database.sql(DIGEST) == [before]
    assert search(database, ("email", "ilike", "berg@ex")) == [anna]
    assert database.sql("SELECT 1 FROM information_schema.columns WHERE column_name LIKE 'x\\_%%\\_idx'") == []
