"""Odoo's own tests without our addons and with them: no test that passes without them may fail with them.

python tests/odoo_suites.py               # all suites
python tests/odoo_suites.py auth_totp     # some

Each suite runs in a fresh process on the same two databases. Tests that are skipped or fail without our addons prove nothing and
are counted apart.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import websocket

import odoo_command
from zenoo_security import KeyRing, keyring
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.database import hash_as_odoo
from zenoo_security.testing.progress import PlainProgress

MODULES = (
    "auth_password_policy_signup auth_signup auth_totp_mail auth_totp_portal phone_validation portal privacy_lookup "
    "test_http test_rpc"
)
ADDONS = "zenoo_security zenoo_security_partner zenoo_security_signup zenoo_security_totp zenoo_security_totp_portal"
_BASE = "test_res_users test_user_has_group test_groups test_acl test_http_case test_ir_http test_res_partner test_mail"
#: What `--test-tags` selects.
SUITES = {
    "base": ",".join(f"/base/tests/{name}.py" for name in _BASE.split()),
    "auth_totp": "/auth_totp",
    "auth_totp_mail": "/auth_totp_mail",
    "auth_signup": "/auth_signup",
    "test_rpc": "/test_rpc",
    "test_http": "/test_http",
    "portal": "/portal",
    "mail": ",".join(f"/mail/tests/{name}.py" for name in ("test_res_partner", "test_res_users", "test_mail_composer")),
    # Without the tests of the web client that need a browser for an hour.
    "web": "/web,-/web/tests/test_js.py,-/web/tests/test_click_everywhere.py",
}
# Debian leaves it out, as it is not free; without it the web client does not start in a browser.
_MISSING = {
    "name": "missing",
    "bundle": "web.assets_backend",
    "directive": "remove",
    "path": "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
}
_SECURE = "The session's cookie is Secure once the proxy says https, and the test goes on without"
_HIDDEN = "What went wrong inside Odoo is not told"
#: Tests that fail because of what an addon is for, with the reason.
EXPLAINED = {
    "odoo.addons.base.tests.test_res_partner.TestPartner.test_name_search_with_user": (
        "It looks for a part of an e-mail address; an encrypted one is found by the whole address"
    ),
    "odoo.addons.test_http.tests.test_device.TestDevice.test_retrieve_linked_ip_addresses": _SECURE,
    "odoo.addons.test_http.tests.test_device.TestDevice.test_retrieve_linked_ip_addresses_according_to_devices": _SECURE,
    "odoo.addons.test_http.tests.test_error.TestHttpJsonError.test_errorjson0_value_error": _HIDDEN,
    "odoo.addons.test_http.tests.test_webjson2.TestHttpWebJson_2.test_webjson2_bad_domain": _HIDDEN,
    "odoo.addons.test_http.tests.test_static.TestHttpStatic.test_static22_image_field_csp": (
        "The addon sends a policy of its own beside that of Odoo, and both hold"
    ),
}


def outcomes(path: Path) -> dict[str, str]:
    """Test -> how it ended; a subtest that fails lets its test fail."""
    found: dict[str, str] = {}
    for line in path.read_text().splitlines():
        test, outcome = json.loads(line)
        if found.get(test) != "failed":
            found[test] = outcome
    return found


def run_suite(server: LocalOdoo, name: str, database: str, wide: str, folder: Path) -> dict[str, str]:
    """Run one suite on one database."""
    results = folder / "results"
    results.write_text("")
    tags = f"--test-tags={SUITES[name]}"
    odoo_command.run(
        server, "-d", database, f"--load={wide}", "--test-enable", tags, log=folder / f"{name}-{database}.log"
    )
    found = outcomes(results)
    if not found:
        raise SystemExit(f"no test of {name} ran: {folder} has the log")
    return found


def compare(without: dict[str, str], with_addons: dict[str, str]) -> list[str]:
    """The tests that pass without our addons and do not pass with them."""
    return sorted(test for test, outcome in without.items() if outcome == "passed" != with_addons.get(test))


def main(names: list[str]) -> int:
    """Run suites, print the counts and the differences, and return how many of these nobody has explained."""
    folder = Path(tempfile.mkdtemp(prefix="odoo-suites-"))
    keys = folder / "keys.json"
    keyring.save(KeyRing.generate(), keys)
    # What Odoo's tests drive Chromium with.
    packages = folder / "packages"
    packages.mkdir()
    packages.joinpath("websocket").symlink_to(Path(websocket.__file__).parent)
    settings = {
        "options": {"zenoo_results": folder / "results", "zenoo_packages": packages},
        # Odoo's tests have short passwords, and fail on purpose for the same login again and again: what they do is rolled
        # back, and the count of failures is not.
        "zenoo_security": {"key_ring_file": keys, "password_policy": "no", "max_failed_attempts": 100},
    }
    addons = [Path(__file__).parent / "odoo" / "suites"]
    worse: list[str] = []
    with LocalOdoo(addons=addons, settings=settings, progress=PlainProgress(sys.stderr)) as server:
        databases = {"without": "base,rpc,web,zenoo_suites", "with": "base,rpc,web,zenoo_security,zenoo_suites"}
        for database, modules in zip(databases, (MODULES, f"{MODULES} {ADDONS}"), strict=True):
            made = server.create_database(database)
            made.install(*modules.split())
            made.call("ir.asset", "create", _MISSING)
            # The password that Odoo's tests know.
            made.sql("UPDATE res_users SET password = %s WHERE login = 'admin'", [hash_as_odoo("admin")])
        for name in names:
            started = time.monotonic()
            without, with_addons = (run_suite(server, name, *pair, folder) for pair in databases.items())
            counts = [dict(Counter(found.values())) for found in (without, with_addons)]
            print(f"{name}: {counts[0]} without, {counts[1]} with, {time.monotonic() - started:.0f} s", flush=True)
            for test in compare(without, with_addons):
                print(
                    f"  {test}: {with_addons.get(test, 'did not run')}. {EXPLAINED.get(test, 'NOT EXPLAINED')}",
                    flush=True,
                )
                worse += [test] if test not in EXPLAINED else []
    print(f"logs: {folder}")
    if not worse:
        shutil.rmtree(folder)
    return len(worse)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:] or list(SUITES))))
