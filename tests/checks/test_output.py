"""What a report looks like: each format is well-formed, says the same, and shows nothing as code that was read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import fastjsonschema
import pytest

from checks.test_engine import Example, Snapshot
from zenoo_security.checks import Problem, Report, Severity, Status, engine
from zenoo_security.checks.baseline import Acceptance
from zenoo_security.checks.check import CannotTell, NotApplicable
from zenoo_security.checks.comparison import Changes
from zenoo_security.checks.output import FORMATS, render
from zenoo_security.checks.output import text as people
from zenoo_security.checks.output.html import fragment

SCHEMA = Path(__file__).parents[1] / "vectors" / "sarif-schema-2.1.0.json"
HOSTILE = "<script>alert(1)</script> ![x](http://evil.example/) | `a` ]]> & \"'"


def check(name: str, severity: Severity = Severity.HIGH) -> type[Example]:
    return type(name, (Example,), {"id": name, "severity": severity})


def results(name: str, snapshot: Snapshot, severity: Severity = Severity.HIGH):
    return engine.run_check("conf", check(name, severity), snapshot)


@pytest.fixture
def report() -> Report:
    """One of each status, two findings of one check, one that is accepted, and what was read from hostile files."""
    found = [
        *results("CONF-01", Snapshot((Problem(HOSTILE, HOSTILE, line=7),))),
        *results("CONF-02", Snapshot((Problem("two", "a"), Problem("two", "b", severity=Severity.MEDIUM)))),
        *results("CONF-03", Snapshot((Problem("look", warning=True),))),
        *results("CONF-04", Snapshot()),
        *results("CONF-05", Snapshot(raises=NotApplicable("nothing there"))),
        *results("CONF-06", Snapshot(raises=CannotTell("it is locked"))),
        *results("CONF-07", Snapshot((Problem("known"),)), Severity.CRITICAL),
    ]
    plain = Report(("conf",), tuple(found), 1_796_000_000.0)
    accepted = plain.accept({"CONF-07": Acceptance("CONF-07", "tested", date(2999, 1, 1))}, ("a note",))
    return replace(accepted, changes=Changes(("CONF-02:a",), ("CONF-99",)))


def test_the_fixture_has_everything(report):
    assert {result.status for result in report.results} == set(Status)
    assert len(report.accepted) == 1
    assert report.grade == "D"


@pytest.mark.parametrize("output", FORMATS[1:])
def test_every_format_says_what_was_found(report, output):
    text = render(report, output)
    for name in ("CONF-01", "CONF-02", "CONF-03", "CONF-04", "CONF-06", "CONF-07", "it is locked", "tested"):
        if (output, name) != ("markdown", "CONF-04"):  # What passed is not in it.
            assert name in text, name
    assert "2026-11-30T00:53:20" in text


def test_sarif_keeps_the_standard(report):
    """The schema of OASIS, all of it."""
    validate = fastjsonschema.compile(json.loads(SCHEMA.read_text()), use_formats=False)
    validate(json.loads(render(report, "sarif")))
    validate(json.loads(render(Report((), (), 0.0), "sarif")))
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate({"version": "2.1.0", "runs": [{}]})


def test_sarif_says_what_kind_and_where(report):
    (run,) = json.loads(render(report, "sarif"))["runs"]
    kinds = {(one["ruleId"], one["kind"], one["level"]) for one in run["results"]}
    assert ("CONF-01", "fail", "error") in kinds
    assert ("CONF-02", "fail", "warning") in kinds
    assert ("CONF-03", "review", "none") in kinds
    assert ("CONF-04", "pass", "none") in kinds
    assert ("CONF-05", "notApplicable", "none") in kinds
    assert not [kind for kind in kinds if kind[0] == "CONF-06"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [one["associatedRule"]["id"] for one in invocation["toolExecutionNotifications"]] == ["CONF-06"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "odoo.conf"}, "region": {"startLine": 7}}
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    assert [one["suppressions"] for one in run["results"] if "suppressions" in one] == [
        [{"kind": "external", "justification": "tested"}]
    ]
    assert [one["partialFingerprints"]["finding/v1"] for one in run["results"] if one["baselineState"] == "new"] == [
        "CONF-02:a"
    ]


def test_junit_counts_what_its_cases_say(report):
    (suite,) = ET.fromstring(render(report, "junit").encode())
    tags = [child.tag for case in suite for child in case]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "8",
        "3",
        "1",
        "1",
    )
    assert [tags.count(tag) for tag in ("failure", "error", "skipped")] == [3, 1, 1]
    assert HOSTILE.replace("\n", " ") in suite[0][0].text
    assert suite[0][0].get("message") == HOSTILE


class Page(HTMLParser):
    """What a page asks a browser for."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.asks: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        self.asks += [name for name, _ in attributes if name in {"src", "href", "style", "action"} or name[:2] == "on"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.asvs("v5.0.0-1.2.1", "v5.0.0-3.4.3")
def test_the_page_stands_alone_and_runs_nothing(report):
    """Every element is closed, nothing is fetched, and what was read is text."""
    text = render(report, "html")
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert not set(page.tags) & {"script", "img", "link", "iframe", "a", "form"}
    assert page.asks == []
    assert "url(" not in text
    assert "default-src 'none'" in text
    assert "@media print" in text
    assert "prefers-color-scheme: dark" in text
    assert "&lt;script&gt;" in text


@pytest.mark.asvs("v5.0.0-1.2.1")
def test_what_stands_in_the_page_goes_into_another(report):
    """As it is in the page, whole elements, and nothing that a strict policy would not let pass."""
    text = fragment(report)
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.asks == []
    assert not set(page.tags) & {"html", "head", "body", "main", "style", "script", "meta"}
    assert text.count("<h1>") == 1
    assert "&lt;script&gt;" in text
    assert all(part in render(report, "html") for part in text.split("\n"))


@pytest.mark.asvs("v5.0.0-1.2.1")
def test_markdown_makes_no_link_and_no_cell_of_what_was_read(report):
    text = render(report, "markdown")
    row = next(line for line in text.splitlines() if "CONF-01" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert not re.search(r"(?<!\\)[<\[`]", row)
    assert "http://" not in text


@pytest.mark.parametrize("width", [20, 40, 72, 200])
def test_no_line_is_wider_than_the_terminal(report, width):
    """But for words that are, and at least 40 columns."""
    for line in people.render(report, width=width).splitlines():
        assert len(line) <= max(width, 40) or " " not in line.strip().split("  ")[-1]


def test_colors_are_only_there_when_asked_for(report):
    assert "\x1b" not in people.render(report)
    colored = people.render(report, color=True)
    assert "\x1b[31mhigh" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == people.render(report)


def test_the_worst_stands_first(report):
    lines = people.render(report).splitlines()
    labels = [line.split()[0] for line in lines if re.match(r"(critical|high|medium|low|warning|error) ", line)]
    assert labels == ["high", "high", "medium", "warning", "error"]
    assert lines[-1].startswith("Grade D: 3 high, 1 medium, 1 low; 1 not possible to check, 1 not checked, 1 passed")


@pytest.mark.asvs("v5.0.0-1.2.1")
def test_no_format_makes_a_link_of_what_was_read(report):
    """SARIF has links in messages, and GitHub makes one of `www.`."""
    hostile = "[here](https://evil.example/) www.evil.example WWW.evil.example"
    bad = engine.run_check("conf", check("CONF-08"), Snapshot((Problem(hostile),)))
    failed = engine.run_check("conf", check("CONF-09"), Snapshot(raises=CannotTell(hostile)))
    accepted = replace(bad[0], accepted=Acceptance("CONF-08", hostile, date(2999, 1, 1)))
    hostile_report = replace(report, results=(*bad, *failed, accepted))
    assert "](" not in render(hostile_report, "sarif")
    assert "www." not in render(hostile_report, "markdown").lower()
