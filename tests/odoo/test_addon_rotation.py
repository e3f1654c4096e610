"""Keys of encrypted fields are changed while Odoo runs: by the button, and by the job in the background."""

from __future__ import annotations

from pathlib import Path

import pytest

from patients import PATIENT, VALUES, read, search
from zenoo_security import FieldCipher, KeyRing, keyring
from zenoo_security.errors import OdooRefused
from zenoo_security.testing import LocalOdoo

pytestmark = pytest.mark.odoo

ROTATION = "zenoo.security.rotation"
OLD = KeyRing.generate()


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """An Odoo whose ring has a newer primary key than 1,500 of its patients."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keyring.save(OLD.rotate(), path)
    addons = [Path(__file__).parent / "addons"]
    with LocalOdoo(addons=addons, settings={"zenoo_security": {"key_ring_file": path}}) as server:
        made = server.create_database()
        made.install("zenoo_fields_test")
        yield made


@pytest.fixture
def old_values(database):
    """1,500 patients under the old key, the first of them with an index, too; removed afterwards."""
    token = FieldCipher(OLD).encrypt("old@example.com", context=(PATIENT, "email"))
    records = database.call(PATIENT, "create", [{"name": str(n), "code": False} for n in range(1500)])
    database.sql("UPDATE zenoo_patient SET email = %s", [token])
    yield records
    database.call(PATIENT, "unlink", records)


def keys(database):
    rows = database.sql("SELECT email FROM zenoo_patient WHERE email LIKE 'zs1.%%'")
    return {FieldCipher.key_id(row["email"]) for row in rows}


def test_the_button_shows_how_far_it_is_and_goes_on(database, old_values):
    shown = database.call(ROTATION, "default_get", ["total", "left"])
    assert shown == {"total": 1500, "left": 1500}
    rotation = database.call(ROTATION, "create", shown)
    answer = database.call(ROTATION, "action_rotate", [rotation])
    assert (answer["res_model"], answer["res_id"]) == (ROTATION, rotation)
    assert read(database, rotation, "left", "percent", model=ROTATION) == {"left": 0, "percent": 100}
    assert keys(database) == {2}
    assert read(database, old_values[-1], "email") == {"email": "old@example.com"}
    [told] = database.call("zenoo.security.event", "search_read", [("event", "=", "job.finished")], ["details"])
    assert '"rows": 1500' in told["details"]


def test_the_background_job_does_the_same(database, old_values):
    cron = database.resolve("zenoo_security.ir_cron_rotate")
    database.call("ir.cron", "method_direct_trigger", [cron])
    assert keys(database) == {2}


def test_what_does_not_open_stays_and_is_counted(database, old_values):
    foreign = FieldCipher(KeyRing.generate()).encrypt("secret", context=(PATIENT, "email"))
    database.sql("UPDATE zenoo_patient SET email = %s WHERE id = %s", [foreign, old_values[0]])
    rotation = database.call(ROTATION, "create", {})
    database.call(ROTATION, "action_rotate", [rotation])
    assert read(database, rotation, "left", model=ROTATION) == {"left": 1}
    [row] = database.sql("SELECT email FROM zenoo_patient WHERE id = %s", [old_values[0]])
    assert row["email"] == foreign


def test_values_stay_searchable(database):
    record = database.call(PATIENT, "create", {"name": "Anna", **VALUES})
    database.call(ROTATION, "action_rotate", [database.call(ROTATION, "create", {})])
    assert search(database, ("email", "=", VALUES["email"])) == [record]


@pytest.mark.asvs("8.2.1")
def test_administrators_alone_rotate(database):
    user = database.create_user()
    for method, arguments in (("action_rotate", [[]]), ("create", [{}]), ("search", [[]])):
        with pytest.raises(OdooRefused):
            database.call(ROTATION, method, *arguments, user=user)
