"""Baselines and earlier reports: files that may say anything, and hide nothing that became worse."""

from __future__ import annotations

import json
from datetime import date

import pytest

from checks.test_engine import Example, Snapshot
from zenoo_security.checks import Problem, Report, Severity, engine
from zenoo_security.checks.baseline import apply_baseline, read_baseline
from zenoo_security.checks.comparison import compare, read_earlier
from zenoo_security.checks.output import FORMATS, render
from zenoo_security.checks.output import text as people
from zenoo_security.errors import ConfigurationError


def report(*problems: Problem) -> Report:
    return Report(("conf",), tuple(engine.run_check("conf", Example, Snapshot(problems))), 0.0)


@pytest.mark.asvs("v5.0.0-16.4.1")
def test_what_they_say_moves_no_cursor(tmp_path):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps({"results": [{"key": "CONF-98:\x1b]0;x\x07", "status": "fail", "severity": "high"}]}))
    baseline = tmp_path / "accepted.toml"
    baseline.write_text(
        '[[accepted]]\nfinding = "\\u001b[2J"\nreason = "x"\nexpires = 2999-01-01\n'
        '[[accepted]]\nfinding = "CONF-98"\nreason = "one\\n\\u001b[2J| two"\nexpires = 2999-01-01\n'
    )
    found = report(Problem("it is so"))
    found = apply_baseline(found, read_baseline(baseline), date(2026, 1, 1))
    changes = compare(found, read_earlier(earlier))
    assert changes.gone == ("CONF-98:\\x1b]0;x\\x07",)
    shown = Report(found.views, found.results, found.time, found.notes, changes)
    for text in (people.render(shown), *(render(shown, name) for name in FORMATS[1:])):
        assert "\x1b" not in text
        assert "one \\" in text


def test_what_became_worse_is_new(tmp_path):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(render(report(Problem("look", "x", warning=True), Problem("b", "y")), "json"))
    before = read_earlier(earlier)
    assert before == {"CONF-98:x": Severity.LOW, "CONF-98:y": Severity.HIGH}
    assert compare(report(Problem("bad", "x"), Problem("b", "y")), before).new == ("CONF-98:x",)


@pytest.mark.parametrize("results", [[{"key": "x", "status": "fail"}], [{"severity": "bad"}], [1], {"a": 1}, 7])
def test_what_is_no_report_is_refused(tmp_path, results):
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps({"results": results}))
    with pytest.raises(ConfigurationError, match="this is no report"):
        read_earlier(earlier)
