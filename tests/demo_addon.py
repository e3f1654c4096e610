"""What an administrator does: install the addon, log in in Chromium, look at the security page. `make demo-addon`.

python tests/demo_addon.py FOLDER
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from browser.chromium import running_chromium
from odoo_page import Page
from zenoo_security import KeyRing, keyring
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.database import OdooUser
from zenoo_security.testing.progress import PlainProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.testing import OdooDatabase

ADMINISTRATOR = 2


def main(folder: Path, say: Callable[[str], None]) -> None:
    """Make an Odoo with a key ring, and show what the addon shows there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as secret:
        keys = Path(secret, "keys.json")
        keyring.save(KeyRing.generate(), keys)
        settings = {
            "options": {"server_wide_modules": "base,rpc,web,zenoo_security"},
            "zenoo_security": {"key_ring_file": keys},
        }
        with LocalOdoo(settings=settings, progress=PlainProgress(sys.stderr)) as server:
            database = server.create_database()
            say("1. Install zenoo_security in a new database")
            database.install("zenoo_security")
            show(database, folder, say)


def show(database: OdooDatabase, folder: Path, say: Callable[[str], None]) -> None:
    """Log in as the administrator, and take pictures of the security page."""
    with running_chromium("--window-size=1200,1240") as driver:
        driver.set_page_load_timeout(120)  # The first page has Odoo bundle its scripts.
        page = Page(driver, database)
        say("2. Log in as the administrator, in Chromium")
        page.log_in(OdooUser(ADMINISTRATOR, database.admin_login, database.admin_password))
        page.is_in()
        say("3. Settings, Security, Overview")
        driver.get(f"{database.url}/odoo/security")
        say(f"   logins of the last day: {page.text('[name=logins]')}, failed: {page.text('[name=failed_logins]')}")
        driver.save_screenshot(str(folder / "security.png"))
        say("4. What the checks find")
        driver.execute_script("arguments[0].scrollIntoView()", page.shown("[name=findings] .badge"))
        say(f"   {page.text('[name=findings]').splitlines()[0]}")
        driver.save_screenshot(str(folder / "findings.png"))
    say(f"Pictures: {folder}/security.png, {folder}/findings.png")


if __name__ == "__main__":
    main(Path(*sys.argv[1:]), print)
