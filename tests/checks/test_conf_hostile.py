"""Files that are no `odoo.conf`: each is an error that says so, and none hangs."""

from __future__ import annotations

import os

import pytest

from checks.conf_cases import conf, options
from zenoo_security.checks import Severity, Status, Target, run
from zenoo_security.checks.engine import run_check
from zenoo_security.checks.odoo_conf import VIEW
from zenoo_security.checks.odoo_conf.installation import Permissions, Supported
from zenoo_security.checks.odoo_conf.snapshot import read_conf

pytestmark = pytest.mark.timeout(120)


def reasons(path) -> set[str]:
    """What the checks say, which all are errors."""
    report = run(Target(conf=path))
    assert len(report.results) == len(VIEW.checks)
    assert {result.status for result in report.results} == {Status.ERROR}
    assert report.grade == "F"
    return {result.message.replace(str(path), "FILE") for result in report.results}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "FILE: there is no section [options], so Odoo uses none of it"),
        (b"[options]\n" + b"a = b\n" * 50_000, "FILE: the file has more than 256 KiB: this is no configuration"),
        (b"[options]\nadmin_passwd = \x00\n", "FILE: this is a binary file"),
        (b"[options]\nadmin_passwd = caf\xe9\n", "FILE: the file is not UTF-8: save it as UTF-8"),
        (b"[options]\n" + b"a" * 100_000, "FILE: a line is too long: this is no configuration"),
        (b"[options]\na" + b" " * 10_000 + b"b\n", "FILE: a line is too long: this is no configuration"),
        (b"[options]\na" + b"\x0c" * 200_000 + b"b\n", "FILE: a line is too long: this is no configuration"),
        (b"[options]\na" + b"\xc2\xa0" * 10_000 + b"b\n", "FILE: a line is too long: this is no configuration"),
        (b"list_db = False\n", "FILE: Odoo cannot parse it: missing section header in line 1"),
        (b"[options]\nlist_db = False\nlist_db = True\n", "FILE: Odoo cannot parse it: duplicate option"),
        (b"[options]\nsecret-hunter2\n", "FILE: Odoo cannot parse it: parsing"),
    ],
)
def test_a_file_that_is_none(tmp_path, content, reason):
    path = tmp_path / "odoo.conf"
    path.write_bytes(content)
    assert reasons(path) == {reason}


def test_what_is_no_file(tmp_path):
    assert reasons(tmp_path / "absent") == {"FILE: cannot be read: No such file or directory"}
    assert reasons(tmp_path) == {"FILE: this is not a regular file"}
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert reasons(loop) == {"FILE: cannot be read: Too many levels of symbolic links"}
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert reasons(pipe) == {"FILE: this is not a regular file"}
    assert reasons("/dev/zero") == {"FILE: this is not a regular file"}


def test_a_path_that_is_none():
    assert reasons("a\0b") == {"a\\x00b: cannot be read: this is not a path"}


def test_a_carriage_return_ends_a_line_as_it_does_for_odoo(tmp_path):
    """Otherwise a comment hides what Odoo reads."""
    path = tmp_path / "odoo.conf"
    path.write_bytes(b"[options]\r# a comment\rlist_db = True\r\nworkers = 4\n")
    made = read_conf(path, {})
    assert made.sources["list_db"] == "file"
    assert (made.line("list_db"), made.line("workers"), made.number("workers")) == (3, 4, 4)


def test_options_lead_into_loops_and_nowhere(tmp_path):
    """What the file names is looked at and never opened."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    lines = ["data_dir = {folder}/loop", "addons_path = /dev/zero,{folder}/loop,~nobody-here/x", "logfile = {folder}/x"]
    made = options(*lines)(tmp_path)
    for check in VIEW.checks:
        assert all(result.status is not Status.ERROR for result in run_check("conf", check, made))


@pytest.mark.asvs("v5.0.0-13.3.2")
def test_a_file_of_somebody_else(tmp_path):
    """Neither root's nor of who owns the data."""
    from dataclasses import replace

    from zenoo_security.checks.files import PathFacts

    made = replace(
        conf()(tmp_path), facts=PathFacts("odoo.conf", 0o600, 1000), paths={"data_dir": (PathFacts("data", 0o700, 33),)}
    )
    (found,) = run_check("conf", Permissions, made)
    assert "neither to root" in found.message


@pytest.mark.parametrize(
    ("path", "status"),
    [("/opt/odoo-17.0/addons", Status.FAIL), ("/opt/19.0/addons", Status.PASS), ("/opt/odoo/addons", Status.SKIP)],
)
def test_the_series_stands_in_a_path(tmp_path, path, status):
    """Odoo 17 was supported until September 2026."""
    (found,) = run_check("conf", Supported, options(f"addons_path = {path}")(tmp_path))
    assert found.status is status


def test_an_invalid_value_is_an_error_of_the_checks_that_need_it(tmp_path):
    """Odoo does not start with it, so nothing can be said of what would be."""
    made = options("list_db = maybe")(tmp_path)
    by_id = {check.id: run_check("conf", check, made)[0] for check in VIEW.checks}
    assert by_id["CONF-03"].status is Status.ERROR
    assert by_id["CONF-03"].severity is Severity.HIGH
    assert by_id["CONF-20"].status is Status.FAIL


@pytest.mark.asvs("v5.0.0-16.2.5")
@pytest.mark.parametrize(
    "line", ["admin_passwd hunter2hunter2=", "db_password hunter2hunter2 = x", "a token hunter2: x"]
)
def test_a_secret_without_its_equals_sign_is_not_shown(tmp_path, line):
    """It stands where the name should."""
    made = options(line)(tmp_path)
    shown = [f"{one.key} {one.message}" for check in VIEW.checks for one in run_check("conf", check, made)]
    assert "hunter2" not in " ".join(shown)


def test_who_accepts_a_finding_has_not_accepted_a_worse_one(tmp_path):
    """Each has a name of its own, which a baseline takes."""

    def keys(*lines: str) -> set[str]:
        path = tmp_path / "odoo.conf"
        path.write_text("\n".join(["[options]", *lines, ""]))
        return {one.key for one in run(Target(conf=path)).results if one.status in {Status.FAIL, Status.WARN}}

    for known, worse, about in (
        ("db_password = c5Zq0-fQx83-mmA", "db_password = odoo", "CONF-11"),
        ("dev_mode = xml", "dev_mode = xml,werkzeug", "CONF-09"),
        ("log_handler = odoo.addons.x:DEBUG", "log_handler = :DEBUG", "CONF-14"),
        ("http_interface = 10.0.0.3", "http_interface = 0.0.0.0", "CONF-06"),
        ("addons_path = /nowhere/a", "addons_path = /nowhere/b", "CONF-18"),
    ):
        before, after = ({key for key in keys(line) if key.startswith(about)} for line in (known, worse))
        assert before
        assert after
        assert not before & after
