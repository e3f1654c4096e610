"""The templates for translators in the addons: Odoo's own export gives the same.

With `RENEW_POT=1` they are written anew.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.odoo

FOLDER = Path(__file__).parents[3] / "python" / "odoo" / "addons"
# `zenoo_security_partner_vat` has no text of its own.
ADDONS = (
    "zenoo_security",
    "zenoo_security_partner",
    "zenoo_security_signup",
    "zenoo_security_totp",
    "zenoo_security_totp_portal",
)
OF_THE_EXPORT = re.compile(r'^"(?:Project-Id-Version|POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)


@pytest.fixture(scope="module")
def database(addon_server, addon_installed):
    database = addon_server.create_database(like=addon_installed)
    database.install("portal", "zenoo_security_partner")
    yield database
    addon_server.drop_database(database.name)


@pytest.mark.parametrize("addon", ADDONS)
def test_the_template_is_current(database, addon):
    """Every text that the addon shows can be translated, and none that it shows no more is in the template."""
    [module] = database.call("ir.module.module", "search", [("name", "=", addon)])
    asked = {"lang": "__new__", "format": "po", "modules": [(6, 0, [module])]}
    wizard = database.call("base.language.export", "create", asked)
    database.call("base.language.export", "act_getfile", [wizard])
    [exported] = database.call("base.language.export", "read", [wizard], ["data"])
    template = OF_THE_EXPORT.sub("", base64.b64decode(exported["data"]).decode())
    path = FOLDER / addon / "i18n" / f"{addon}.pot"
    if os.environ.get("RENEW_POT"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(template, encoding="utf-8")
    assert template == path.read_text(encoding="utf-8"), "RENEW_POT=1 pytest tests/odoo/addon/test_translations.py"
