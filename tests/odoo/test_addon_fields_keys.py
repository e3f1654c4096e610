"""Encrypted field types: values that cannot be decrypted, servers without keys, and applications with the same keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from patients import PATIENT, VALUES, read, search
from zenoo_security import Encrypted, EncryptedFields, FieldCipher, KeyRing, SecureZenooClient
from zenoo_security.errors import OdooRefused
from zenoo_security.testing import LocalOdoo

pytestmark = pytest.mark.odoo

FIELDS = EncryptedFields({PATIENT: {"email": Encrypted(index="email"), "diagnosis": Encrypted(type="text")}})


def foreign_token() -> str:
    return FieldCipher(KeyRing.generate()).encrypt("secret", context=(PATIENT, "email"))


@pytest.fixture(params=["foreign", "plaintext", "elsewhere"])
def unreadable(request, fields_database, fields_ring, patient):
    """A patient whose e-mail holds what does not open: of another ring, no token, or the token of another field."""
    elsewhere = FieldCipher(fields_ring).encrypt("secret", context=(PATIENT, "number"))
    stored = {"foreign": foreign_token(), "plaintext": "anna@example.com", "elsewhere": elsewhere}[request.param]
    fields_database.sql("UPDATE zenoo_patient SET email = %s WHERE id = %s", [stored, patient])
    return patient, stored


def stored_email(database, record):
    [row] = database.sql("SELECT email FROM zenoo_patient WHERE id = %s", [record])
    return row["email"]


@pytest.mark.asvs("11.3.2")
def test_what_does_not_open_is_empty_and_is_not_written_back(fields_database, unreadable):
    record, stored = unreadable
    assert read(fields_database, record, "email", "number") == {"email": False, "number": VALUES["number"]}
    assert fields_database.call(PATIENT, "save_what_is_seen", record) == [False, ""]
    assert stored_email(fields_database, record) == stored
    fields_database.call(PATIENT, "web_save", [record], {"email": False}, {"email": {}})
    assert stored_email(fields_database, record) == stored
    with pytest.raises(OdooRefused, match="cannot be decrypted cannot be copied"):
        fields_database.call(PATIENT, "copy", [record])


def test_a_new_value_replaces_it(fields_database, unreadable):
    record, _ = unreadable
    fields_database.call(PATIENT, "write", [record], {"email": "new@example.com"})
    assert read(fields_database, record, "email") == {"email": "new@example.com"}
    assert search(fields_database, ("email", "=", "new@example.com")) == [record]


async def test_a_client_and_the_addon_read_each_others_values(fields_database, fields_ring):
    """The client sends and gets tokens and indexes, in the columns that `Encrypted` has without further settings."""
    user = fields_database.create_user(["base.group_user", "zenoo_security.group_ciphertext"])
    values = {"name": "Via client", "email": "Client@Example.com", "diagnosis": "flu"}
    async with SecureZenooClient(fields_database.url, encrypted_fields=FIELDS, key_ring=fields_ring) as client:
        await client.login(fields_database.name, user.login, user.password)
        record = await client.create(PATIENT, values)
        assert read(fields_database, record, *values) == values
        assert search(fields_database, ("email", "=", "client@example.com")) == [record]
        fields_database.call(PATIENT, "write", [record], {"email": "addon@example.com", "diagnosis": False})
        [found] = await client.search_read(
            PATIENT, [("email", "=", "ADDON@example.com")], fields=["email", "diagnosis"]
        )
        assert found == {"id": record, "email": "addon@example.com", "diagnosis": False}
        assert await client.write(PATIENT, [record], {"email": "again@example.com"})
        assert read(fields_database, record, "email") == {"email": "again@example.com"}
        assert await client.search_read(PATIENT, [("email", "=", "again@example.com")], fields=["name"])
        assert await client.write(PATIENT, [record], {"email": False})
        assert stored_email(fields_database, record) is None
    fields_database.call(PATIENT, "unlink", [record])


async def test_what_a_client_encrypts_with_other_keys_is_refused(fields_database, patient):
    async with SecureZenooClient(fields_database.url, encrypted_fields=FIELDS, key_ring=KeyRing.generate()) as client:
        user = fields_database.create_user(["base.group_user", "zenoo_security.group_ciphertext"])
        await client.login(fields_database.name, user.login, user.password)
        with pytest.raises(Exception, match="refused"):
            await client.write(PATIENT, [patient], {"email": "other@example.com"})
    assert read(fields_database, patient, "email") == {"email": VALUES["email"]}


def test_without_keys_odoo_starts_and_says_what_is_missing():
    with LocalOdoo(addons=[Path(__file__).parent / "addons"]) as server:
        database = server.create_database()
        database.install("zenoo_fields_test")
        record = database.call(PATIENT, "create", {"name": "Anna", "code": False})
        assert read(database, record, "name", "email") == {"name": "Anna", "email": False}
        with pytest.raises(OdooRefused, match="keys of encrypted fields are missing: set key_ring_file"):
            database.call(PATIENT, "write", [record], {"email": "anna@example.com"})
        database.sql("UPDATE zenoo_patient SET email = %s", [foreign_token()])
        assert read(database, record, "name", "number") == {"name": "Anna", "number": False}
        with pytest.raises(OdooRefused, match="keys of encrypted fields are missing"):
            read(database, record, "email")
        assert stored_email(database, record).startswith("zs1.")
