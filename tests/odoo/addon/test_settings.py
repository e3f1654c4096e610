"""Settings that are wrong, and keys that are missing: Odoo starts all the same."""

from __future__ import annotations

import pytest

import odoo_command
from zenoo_security.errors import OdooUnavailable
from zenoo_security.testing import LocalOdoo

pytestmark = pytest.mark.odoo


@pytest.mark.asvs("16.5.3")
def test_wrong_settings_let_odoo_start_and_nobody_in():
    """The log names the setting and not its value; a database without the addon is as before."""
    with LocalOdoo(settings={"zenoo_security": {"max_failed_attempts": "31337"}}) as server:
        other, database = server.create_database(), server.create_database()
        database.install("zenoo_security")
        assert database.login("admin", database.admin_password) is None
        assert other.login("admin", other.admin_password)
        log = server.log_path.read_text()
        assert "Nobody can log in to databases with zenoo_security until this is mended" in log
        assert "MAX_FAILED_ATTEMPTS, or max_failed_attempts in [zenoo_security] of odoo.conf: wrong" in log
        assert "31337" not in log


@pytest.mark.asvs("6.3.1", "16.5.3")
def test_without_its_store_nobody_is_let_in(tmp_path):
    """Also where requests that cannot be counted are let through. The log says why; Odoo goes on."""
    settings = {"store_url": f"sqlite:///{tmp_path}/no folder/counters.db", "limits_on_store_failure": "allow"}
    with LocalOdoo(settings={"zenoo_security": settings}) as server:
        database = server.create_database()
        database.install("zenoo_security")
        assert database.login("admin", database.admin_password) is None
        assert "Nobody can log in, because failed logins cannot be counted" in server.log_path.read_text()


@pytest.mark.asvs("2.4.1")
def test_without_server_wide_modules_the_first_request_is_counted_too(tmp_path):
    """It loads the addon, which another process has installed, so that nothing of ours stood around it."""
    with LocalOdoo(settings={"zenoo_security": {"login_address_limit": "1/day"}}) as server:
        database = server.create_database()
        log = tmp_path / "install.log"
        assert odoo_command.run(server, "-d", database.name, "-i", "zenoo_security", log=log) == 0, log.read_text()
        assert database.login("admin", database.admin_password)
        with pytest.raises(OdooUnavailable, match="429"):
            database.login("admin", database.admin_password)
