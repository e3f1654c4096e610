"""Installation, upgrade and uninstallation of the addons on a database that is full of partners, with the time of each.

python tests/partner_lifecycle.py 20000          # with VAT numbers as well: python tests/partner_lifecycle.py 20000 vat
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

import odoo_command
from zenoo_security import KeyRing, keyring
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.progress import PlainProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.testing.database import OdooDatabase

PARTNER = "res.partner"
ADDON = "zenoo_security_partner"
VAT_ADDON = "zenoo_security_partner_vat"
#: Installed before the copy is taken, so that what differs later is ours.
NEEDED = {ADDON: ("phone_validation", "privacy_lookup"), VAT_ADDON: ("base_vat",)}
#: What contacts hold, and whose column it is that is encrypted.
FIELDS = ("name", "email", "email_normalized", "phone", "phone_sanitized", "vat", "comment", "active")
ENCRYPTED = {ADDON: ("email", "email_normalized", "phone", "phone_sanitized"), VAT_ADDON: ("vat",)}

# What other columns must have is that of the administrator.
_FILL = """
    INSERT INTO res_partner SELECT made.* FROM generate_series(1, %s) n
    JOIN res_partner admin ON admin.id = (SELECT partner_id FROM res_users WHERE login = 'admin')
    CROSS JOIN LATERAL jsonb_populate_record(admin, jsonb_build_object(
        'id', nextval('res_partner_id_seq'), 'name', 'Zoë ' || n, 'complete_name', 'Zoë ' || n,
        'commercial_partner_id', NULL, 'email', '"Zoë, ' || n || '" <Zoe.' || n || '@Example.org>',
        'email_normalized', 'zoe.' || n || '@example.org',
        'phone', CASE WHEN mod(n, 7) > 0 THEN '+49 40 ' || n END,
        'phone_sanitized', CASE WHEN mod(n, 7) > 0 THEN '+4940' || n END,
        'vat', 'BE' || lpad((n * 97)::text, 10, '0'), 'comment', '<p>Comment &amp; ' || n || '</p>',
        'active', mod(n, 11) > 0
    )) made
"""
# Sleeps as soon as the last contact gets an encrypted phone: the columns before it and many rows are done.
_HOLD = """
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
    CREATE TRIGGER hold BEFORE UPDATE ON res_partner FOR EACH ROW
        WHEN (NEW.id = {last} AND NEW.phone LIKE 'zs1.%') EXECUTE FUNCTION hold()
"""
_ASLEEP = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"


class Lifecycle:
    """A database of contacts and what it was before.

    Args:
        server: the local Odoo, with keys.
        addons: the addons that are installed.
        count: contacts.
    """

    def __init__(self, server: LocalOdoo, addons: tuple[str, ...], count: int) -> None:
        self.server = server
        self.addons = addons
        self.database: OdooDatabase = server.create_database()
        self.database.install(*(needed for addon in addons for needed in NEEDED[addon]))
        self.log = server.log_path.with_name("command.log")
        with self._connect() as connection:
            connection.execute(_FILL, [count])
            connection.execute("CREATE TABLE kept AS SELECT * FROM res_partner")
        self.before = self.read()

    def read(self) -> list[dict[str, Any]]:
        """Every contact, through the ORM; an empty text is none."""
        found: list[dict[str, Any]] = self.database.call(
            PARTNER, "search_read", [], list(FIELDS), order="id", context={"active_test": False}
        )
        return [{name: value or False for name, value in record.items()} for record in found]

    def stored(self) -> list[dict[str, Any]]:
        """The columns of the fields that are encrypted."""
        names = [name for addon in self.addons for name in ENCRYPTED[addon]]
        return self.database.sql(f"SELECT {', '.join(names)} FROM res_partner ORDER BY id")

    def is_as_before(self) -> bool:
        """Tell whether each column of each contact, and the columns themselves, are those of the copy."""
        with self._connect() as connection:
            columns = [
                connection.execute(f"SELECT * FROM {table} LIMIT 0").description for table in ("res_partner", "kept")
            ]
            names = [[column.name for column in described or ()] for described in columns]
            if names[0] != names[1]:
                return False
            one_way, other_way = (
                connection.execute(f"SELECT count(*) FROM (TABLE {first} EXCEPT ALL TABLE {second}) d").fetchone()
                for first, second in (("res_partner", "kept"), ("kept", "res_partner"))
            )
        return one_way == other_way == (0,)

    def run(self, *options: str) -> None:
        """Run Odoo once on the database."""
        if odoo_command.run(self.server, "-d", self.database.name, *options, log=self.log):
            raise RuntimeError(f"Odoo failed: {self.log}")

    def install(self) -> None:
        self.run("-i", ",".join(self.addons), "--no-http")

    def upgrade(self) -> None:
        self.run("-u", ",".join(("zenoo_security", *self.addons)), "--no-http")

    def uninstall(self) -> None:
        self.database.uninstall(*self.addons)

    def kill_installation(self) -> None:
        """Begin an installation, and kill Odoo while it encrypts."""
        with self._connect() as connection:
            connection.execute(_HOLD.format(last=self.before[-1]["id"]))
            options = ("-d", self.database.name, "-i", ADDON, "--no-http")
            with odoo_command.started(self.server, *options, log=self.log) as running:
                while not (asleep := connection.execute(_ASLEEP).fetchone()):
                    if running.poll() is not None:
                        raise RuntimeError(f"Odoo ended before it was killed: {self.log}")
                    time.sleep(0.2)
                running.kill()
                running.wait()
            connection.execute("SELECT pg_terminate_backend(%s, 10000)", asleep)
            connection.execute("DROP FUNCTION hold() CASCADE")

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.server.dsn(self.database.name), autocommit=True)


def main(count: int, addons: tuple[str, ...]) -> None:
    """Go through all of it, and print how long each step took."""
    keys = Path(tempfile.mkdtemp()) / "keys.json"
    keyring.save(KeyRing.generate(), keys)
    settings = {"zenoo_security": {"key_ring_file": keys}}
    with LocalOdoo(settings=settings, progress=PlainProgress(sys.stderr)) as server:
        life = Lifecycle(server, addons, count)

        def timed(name: str, step: Callable[[], object]) -> None:
            started = time.perf_counter()
            step()
            print(f"{name}: {time.perf_counter() - started:.1f} s", flush=True)

        def require(holds: bool, what: str) -> None:
            if not holds:
                raise SystemExit(f"not so: {what}")

        timed("installation, killed while it encrypts", life.kill_installation)
        require(life.is_as_before(), "a killed installation changes nothing")
        timed("installation", life.install)
        tokens = life.stored()
        require(all(not v or v.startswith("zs1.") for row in tokens for v in row.values()), "everything is encrypted")
        timed("reading everything", lambda: require(life.read() == life.before, "contacts read as before"))
        timed("upgrade", life.upgrade)
        require(life.stored() == tokens, "an upgrade leaves what is stored")
        require(life.read() == life.before, "contacts read as before")
        timed("uninstallation", life.uninstall)
        require(life.is_as_before(), "an uninstallation leaves the table as it was")
        require(life.read() == life.before, "contacts read as before")
        print(f"{len(life.before)} contacts: nothing lost")


if __name__ == "__main__":
    main(int(sys.argv[1]), (ADDON, VAT_ADDON) if "vat" in sys.argv[2:] else (ADDON,))
