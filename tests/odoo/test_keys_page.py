"""docs/keys.md on a real Odoo: the life of a key, and the night on which it leaks, by nothing but the page."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from docs.page import code
from mfa_users import enrolled, manager_with
from zenoo_security import FieldCipher, Principal, SecureZenooClient, keyring
from zenoo_security.clock import FakeClock
from zenoo_security.errors import SessionEnded
from zenoo_security.sessions import Sessions
from zenoo_security.stores import open_store

pytestmark = [pytest.mark.odoo, pytest.mark.timeout(600)]
PAGE = "docs/keys.md"
FIELDS = '["res.partner".email]\nindex = "email"\nplaintext = "allow"\n'


class Administrator:
    """A terminal: what one block exports, the next one has."""

    def __init__(self, folder, database):
        self.folder, self.database = folder, database
        (folder / "fields.toml").write_text(FIELDS)
        self.store_url = f"sqlite:///{folder / 'store.db'}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ZENOO_SECURITY_")},
            "ZENOO_SECURITY_STORE_URL": self.store_url,
            "ZENOO_SECURITY_FIELDS_FILE": "fields.toml",
            "ZENOO_SECURITY_ODOO_URL": database.url,
            "ZENOO_SECURITY_ODOO_DATABASE": database.name,
            "ZENOO_SECURITY_ODOO_LOGIN": database.admin_login,
            "ZENOO_SECURITY_ODOO_PASSWORD": database.admin_password,
        }

    def types(self, script):
        """Run a block; who is asked says yes. Returns what was said."""
        program = f'zenoo-security() {{ "{sys.executable}" -m zenoo_security.cli "$@"; }}\nset -e\n{script}\nenv -0 >variables'
        terminal, keyboard = pty.openpty()
        os.write(terminal, b"y\n")
        options = {"cwd": self.folder, "env": self.environment, "stdin": keyboard, "capture_output": True, "text": True}
        done = subprocess.run(["bash", "-c", program], check=False, **options)
        os.close(terminal)
        os.close(keyboard)
        assert done.returncode == 0, done.stdout + done.stderr
        variables = self.folder.joinpath("variables").read_text().split("\0")
        self.environment |= dict(line.split("=", 1) for line in variables if line.startswith("ZENOO_SECURITY_"))
        return done.stdout + done.stderr

    @property
    def ring(self):
        return keyring.load(self.environment["ZENOO_SECURITY_KEY_RING_FILE"])

    def key_of(self, partner):
        [row] = self.database.sql("SELECT email, x_email_enc FROM res_partner WHERE id = %s", [partner])
        assert row["email"] is None
        return FieldCipher.key_id(row["x_email_enc"])


async def test_a_key_is_made_rotated_and_survives_a_leak(odoo_database, tmp_path, monkeypatch):
    """After each block the value is there, under the key that the page says; after the leak nobody is logged in."""
    make, rotate, retire, leak, new_ring = code(PAGE, "bash")
    administrator = Administrator(tmp_path, odoo_database)
    partner = odoo_database.call("res.partner", "create", {"name": "Anna", "email": "anna@example.com"})
    administrator.types(make)
    administrator.types("zenoo-security fields create --yes; zenoo-security fields encrypt")
    assert administrator.key_of(partner) == 1

    store, clock = open_store(administrator.store_url), FakeClock()
    user = Principal(odoo_database.name, 2, "admin", factors=frozenset({"password"}), authenticated_at=clock.now())
    await enrolled(manager_with(store, administrator.ring, clock), clock, user)
    administrator.types(rotate)
    assert administrator.key_of(partner) == 2
    administrator.types(retire)
    assert administrator.ring.states == {1: "retired", 2: "primary"}

    token = await Sessions(store, administrator.ring).start(user, "password of admin")
    said = administrator.types(leak)
    assert "sessions 1" in said
    assert administrator.ring.states == {1: "retired", 2: "retired", 3: "primary"}
    assert administrator.key_of(partner) == 3
    with pytest.raises(SessionEnded):
        await Sessions(store, administrator.ring).get(token)

    for name, value in administrator.environment.items():
        if name.startswith("ZENOO_SECURITY_"):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    names = {}
    (script,) = code(PAGE, "python")
    exec(script, names)
    async with SecureZenooClient(odoo_database.url) as client:
        await client.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
        assert await names["take_second_factors_away"](client, odoo_database.name) == 1
    await store.aclose()

    administrator.types(new_ring)
    assert administrator.environment["ZENOO_SECURITY_KEY_RING_FILE"].endswith("new-ring.json")
    assert administrator.key_of(partner) == 1
    assert administrator.ring.to_json() != (tmp_path / "key-ring.json").read_text()
