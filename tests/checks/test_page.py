"""The page of the checks says what the checks are, and its examples pass them."""

from __future__ import annotations

import re

from checks.conf_cases import conf, folders
from checks.page import PAGE, split, table
from checks.proxy_cases import nginx
from zenoo_security.checks import Status
from zenoo_security.checks.baseline import read_baseline
from zenoo_security.checks.engine import run_check
from zenoo_security.checks.odoo_conf import VIEW as CONF
from zenoo_security.checks.proxy import VIEW as PROXY

TEXT = PAGE.read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return found


def wrong(view, snapshot) -> list[str]:
    results = [result for check in view.checks for result in run_check(view.name, check, snapshot)]
    return [f"{one.key}: {one.message}" for one in results if one.status not in {Status.PASS, Status.SKIP}]


def test_the_table_is_that_of_the_classes():
    """`python tests/checks/page.py` writes it."""
    assert split(TEXT)[1] == table()


def test_nothing_is_wrong_with_the_hardened_files(tmp_path):
    ini = block("ini").replace("/var/", f"{tmp_path}/var/")
    assert wrong(CONF, conf(ini, proxied=True, prepare=folders("var/lib/odoo", mode=0o700))(tmp_path)) == []
    assert wrong(PROXY, nginx(block("nginx"), odoo_conf=ini)(tmp_path)) == []


def test_the_baseline_is_one(tmp_path):
    (tmp_path / "accepted.toml").write_text(block("toml"))
    (accepted,) = read_baseline(tmp_path / "accepted.toml")
    assert accepted.finding == "CONF-07:workers"
