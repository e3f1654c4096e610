"""Every check fires where something is wrong, and passes where nothing is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from checks import code_cases, conf_cases, env_cases, proxy_cases, rpc_cases, url_cases
from zenoo_security.checks import Severity, Status, all_checks
from zenoo_security.checks.engine import run_check

if TYPE_CHECKING:
    from pathlib import Path

    from checks.case import Case

CASES: dict[str, list[Case]] = {
    **env_cases.CASES,
    **conf_cases.CASES,
    **proxy_cases.CASES,
    **url_cases.CASES,
    **rpc_cases.CASES,
    **code_cases.CASES,
}
CHECKS = {check.id: (view.name, check) for view, check in all_checks()}
PARAMETERS = [
    pytest.param(check, case, id=f"{check}-{number}", marks=pytest.mark.asvs(*CHECKS[check][1].asvs))
    for check, cases in CASES.items()
    for number, case in enumerate(cases, 1)
]


def test_no_check_is_without_a_case():
    assert sorted(CASES) == sorted(CHECKS)


@pytest.mark.parametrize(("check", "case"), PARAMETERS)
def test_it_fires(check: str, case: Case, tmp_path: Path):
    """With the result, and the text, that people get."""
    view, kind = CHECKS[check]
    results = run_check(view, kind, case.vulnerable(tmp_path))
    said = [result for result in results if case.says in result.message]
    assert said, [f"{result.status}: {result.message}" for result in results]
    assert all(result.status is (Status.WARN if case.warning else Status.FAIL) for result in said)
    assert all(result.severity <= Severity.LOW for result in said if case.warning)


@pytest.mark.parametrize(("check", "case"), PARAMETERS)
def test_it_stays_silent(check: str, case: Case, tmp_path: Path):
    """A pass, not a skip: it has looked."""
    view, kind = CHECKS[check]
    assert [(one.status, one.message) for one in run_check(view, kind, case.clean(tmp_path))] == [(Status.PASS, "")]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_says_what_it_is(name: str):
    """Ids, sentences and requirements have their form."""
    view, check = CHECKS[name]
    prefix, _, number = check.id.partition("-")
    assert re.fullmatch(r"[A-Z]{3,4}", prefix)
    assert re.fullmatch(r"[0-9]{2}", number)
    assert check.title
    assert not check.title.endswith(".")
    assert check.rationale.endswith(".")
    assert check.fix
    assert check.asvs
    assert all(re.fullmatch(r"v5\.0\.0-[0-9]+\.[0-9]+\.[0-9]+", one) for one in check.asvs)
    assert view


def test_ids_are_in_order_and_once():
    """In each view; those of odoo.conf that need nginx are in its view."""
    ids: dict[str, list[str]] = {}
    for view, check in all_checks():
        ids.setdefault(view.name, []).append(check.id)
    assert all(names == sorted(set(names)) for names in ids.values())
    assert sum(map(len, ids.values())) == len(CHECKS)
