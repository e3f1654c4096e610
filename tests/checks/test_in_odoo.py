"""The checks as the Odoo runs them that they are about."""

from __future__ import annotations

import pytest

from zenoo_security import KeyRing, keyring
from zenoo_security.addon.settings import read_key_ring, read_section
from zenoo_security.checks.check import Status
from zenoo_security.checks.in_odoo import check_running_odoo
from zenoo_security.checks.odoo_conf.options import OPTIONS

SECRET = "q7Xv-2mZk-98Rt-wLpd"


@pytest.fixture
def conf(tmp_path):
    """The path of an odoo.conf with a section of the addon, whose key ring is there."""
    ring = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), ring)
    path = tmp_path / "odoo.conf"
    path.write_text(
        f"[options]\nadmin_passwd = {SECRET}\nlist_db = True\nsmtp_password = {SECRET}\n"
        f"[zenoo_security]\nkey_ring_file = {ring}\nstore_url = redis://:{SECRET}@cache.example.com/0\n"
    )
    path.chmod(0o600)
    return path


def running(**changed):
    """What `odoo.tools.config` holds where nothing was set but this."""
    return {**{name: option.default for name, option in OPTIONS.items()}, **changed}


def look(file, options, environ):
    return check_running_odoo(
        file, options, environ, series="19.0", key_ring=lambda: read_key_ring(read_section(file), environ)
    )


def found(report):
    return {result.key: result for result in report.results}


def test_options_are_those_that_odoo_has(conf):
    """Not what the file says, where the command line or a module has set another value."""
    report = look(str(conf), running(list_db=False, dev_mode=["qweb"], workers=4), {})
    results = found(report)
    assert report.views == ("env", "conf")
    assert results["CONF-03"].status is Status.PASS
    assert results["CONF-09:dev_mode"].status is Status.FAIL
    assert results["CONF-07"].status is results["CONF-10"].status is results["CONF-22"].status is Status.PASS


def test_the_master_password_is_what_the_file_holds(conf):
    """Odoo keeps its hash, which stands nowhere."""
    report = look(str(conf), running(admin_passwd="$pbkdf2-sha512$600000$x$y"), {})
    assert found(report)["CONF-02:admin_passwd"].line == 2


@pytest.mark.asvs("v5.0.0-16.2.5")
def test_settings_of_the_addon_are_those_of_the_process(conf):
    """Its keys and its store; nothing is said of what an application has and Odoo has not; no secret is shown."""
    report = look(str(conf), running(smtp_password=SECRET), {"ZENOO_SECURITY_PASWORD_POLICY": "no"})
    results = found(report)
    assert results["ENV-01"].status is Status.PASS
    assert results["ENV-09:ZENOO_SECURITY_STORE_URL"].status is Status.FAIL
    assert "is ZENOO_SECURITY_PASSWORD_POLICY meant" in results["ENV-05:ZENOO_SECURITY_PASWORD_POLICY"].message
    assert not {"ENV-08", "ENV-10", "ENV-11", "ENV-13", "ENV-14", "ENV-16"} & {key[:6] for key in results}
    assert SECRET not in repr(report)


def test_what_is_wrong_in_the_section_is_said(conf):
    conf.write_text("[options]\n[zenoo_security]\nlockout_duration = 1\n")
    results = found(look(str(conf), running(), {}))
    assert "LOCKOUT_DURATION" in results["ENV-05:settings"].message
    assert results["ENV-09"].status is Status.ERROR
    assert "no key ring" in next(each for key, each in results.items() if key.startswith("ENV-01")).message


def test_odoo_may_have_no_file(tmp_path):
    report = look(str(tmp_path / "absent.conf"), running(workers=4), {})
    assert found(report)["CONF-07"].status is Status.PASS
    assert not report.with_status(Status.ERROR)


def test_a_file_that_odoo_could_not_parse_is_an_error(conf):
    conf.write_text("no section\n")
    report = look(str(conf), running(), {})
    assert {result.check.id[:4] for result in report.with_status(Status.ERROR)} == {"ENV-", "CONF"}
