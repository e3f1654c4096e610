"""What becomes of checks that find, fail, hang or tell secrets."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import pytest

from zenoo_security.checks import Check, Problem, Report, Severity, Status, Target, View, engine
from zenoo_security.checks import view as views
from zenoo_security.checks.check import CannotTell, NotApplicable
from zenoo_security.clock import FakeClock
from zenoo_security.errors import ConfigurationError


@dataclass
class Snapshot:
    """What the checks of these tests look at."""

    problems: tuple[Problem, ...] = ()
    raises: Exception | None = None
    file: str = "odoo.conf"
    secrets: tuple[str, ...] = ()


class Example(Check[Snapshot]):
    """Says what its snapshot says."""

    id = "CONF-98"
    title = "It is so"
    severity = Severity.HIGH
    rationale = "Because."
    fix = "Do it"
    asvs = ("v5.0.0-13.4.2",)

    def find(self, snapshot, /):
        if snapshot.raises:
            raise snapshot.raises
        return snapshot.problems


class Hangs(Example):
    """Waits until the test is over."""

    id = "CONF-99"
    over = threading.Event()

    def find(self, snapshot, /):
        self.over.wait(60)
        return ()


def results(snapshot: Snapshot) -> list[Any]:
    return engine.run_check("conf", Example, snapshot)


def statuses(found) -> list[Status]:
    return [result.status for result in found]


@pytest.fixture
def one_view(monkeypatch):
    """Run a view of these checks alone."""

    def run(load, *checks, timeout_s=30.0) -> Report:
        view = View("conf", "an example", load, checks, timeout_s)
        monkeypatch.setattr(engine, "view", lambda _name: view)
        return engine.run(Target(conf="somewhere"), clock=FakeClock())

    return run


def test_nothing_found_is_a_pass_and_each_problem_a_result():
    assert statuses(results(Snapshot())) == [Status.PASS]
    found = results(Snapshot((Problem("a", "x", line=3), Problem("b", "y", severity=Severity.CRITICAL))))
    assert [(one.key, one.status, one.severity, one.file, one.line) for one in found] == [
        ("CONF-98:x", Status.FAIL, Severity.HIGH, "odoo.conf", 3),
        ("CONF-98:y", Status.FAIL, Severity.CRITICAL, "odoo.conf", 0),
    ]


def test_a_warning_is_at_most_low():
    (found,) = results(Snapshot((Problem("a", warning=True),)))
    assert (found.status, found.severity) == (Status.WARN, Severity.LOW)


@pytest.mark.asvs("v5.0.0-16.5.3")
@pytest.mark.parametrize("error", [ValueError("PASSWORD"), CannotTell("it is locked"), ConfigurationError("PASSWORD")])
def test_an_exception_is_an_error_and_no_pass(error):
    """Its severity stays, so that the grade cannot rise by it."""
    (found,) = results(Snapshot(raises=error))
    assert (found.status, found.severity) == (Status.ERROR, Severity.HIGH)


@pytest.mark.parametrize("error", [ValueError("PASSWORD"), CannotTell("it is locked")])
def test_what_was_found_before_an_error_stays(error):
    """Also of so many that not all are shown, the error is."""

    class Stops(Example):
        def find(self, snapshot, /):
            yield from snapshot.problems
            raise error

    found = engine.run_check("conf", Stops, Snapshot((Problem("a", "x"),)))
    assert statuses(found) == [Status.FAIL, Status.ERROR]
    many = engine.run_check("conf", Stops, Snapshot(tuple(Problem("a", f"{number}") for number in range(500))))
    assert statuses(many)[-1] == Status.ERROR


def test_a_problem_is_not_skipped_because_the_rest_does_not_apply():
    class Stops(Example):
        def find(self, snapshot, /):
            yield from snapshot.problems
            raise NotApplicable("there is no proxy")

    assert statuses(engine.run_check("conf", Stops, Snapshot((Problem("a"),)))) == [Status.FAIL]


def test_a_check_that_has_nothing_to_look_at_is_skipped():
    (found,) = results(Snapshot(raises=NotApplicable("there is no proxy")))
    assert (found.status, found.message) == (Status.SKIP, "there is no proxy")


@pytest.mark.asvs("v5.0.0-16.2.5")
def test_no_result_tells_a_secret():
    """Not even where a check says too much, or fails with it in its hands."""
    secret = "hunter2-hunter2"
    (found,) = results(Snapshot((Problem(f"it is {secret}", secret),), secrets=(secret,)))
    assert (found.message, found.subject) == ("it is [hidden]", "[hidden]")
    (failed,) = results(Snapshot(raises=ValueError(secret), secrets=(secret,)))
    assert failed.message == "the check itself failed: ValueError"


@pytest.mark.asvs("v5.0.0-16.4.1")
def test_nothing_that_was_read_moves_the_cursor_or_goes_on_for_ever():
    (found,) = results(Snapshot((Problem("\x1b[2J\n\u202eabc" + "x" * 10_000, "\r"),)))
    assert found.message.startswith("\\x1b[2J\\x0a\\x202eabc")
    assert len(found.message) < 600
    assert found.subject == "\\x0d"


def test_a_view_that_cannot_be_read_is_an_error_of_each_of_its_checks(one_view):
    def load(_target, _progress):
        raise ConfigurationError("odoo.conf: no such file")

    report = one_view(load, Example, Hangs)
    assert statuses(report.results) == [Status.ERROR, Status.ERROR]
    assert {result.message for result in report.results} == {"odoo.conf: no such file"}


def test_a_fault_of_reading_says_no_more_than_its_kind(one_view):
    def load(_target, _progress):
        raise KeyError("PASSWORD")

    (result,) = one_view(load, Example).results
    assert (result.status, result.message) == (Status.ERROR, "the check itself failed: KeyError")


def test_what_takes_too_long_is_an_error_and_what_was_done_before_stays(one_view):
    Hangs.over.clear()
    try:
        report = one_view(lambda *_: Snapshot(), Example, Hangs, timeout_s=3.0)
    finally:
        Hangs.over.set()
    assert statuses(report.results) == [Status.PASS, Status.ERROR]
    assert report.results[1].message == "it was not done after 3 seconds"


def test_what_took_too_long_tells_nothing_into_the_report(monkeypatch):
    """Its thread goes on for a while, and the report is on the terminal by then."""
    told, over, done = [], threading.Event(), threading.Event()

    def load(_target, progress):
        over.wait(60)
        progress("late")
        done.set()
        return Snapshot()

    late = View("conf", "odoo.conf", load, (Example,), 0.1)
    monkeypatch.setattr(engine, "view", lambda _name: late)
    engine.run(Target(conf="x"), progress=told.append)
    over.set()
    assert done.wait(60)
    assert told == ["odoo.conf"]


def test_progress_is_told(one_view, monkeypatch):
    told = []
    monkeypatch.setattr(engine, "view", lambda _name: View("conf", "odoo.conf", lambda *_: Snapshot(), (Example,)))
    engine.run(Target(conf="x"), progress=told.append)
    assert told == ["odoo.conf"]


def test_every_view_is_named_like_the_field_of_the_target_that_asks_for_it():
    for name in views.MODULES:
        assert views.view(name).name == name
        assert Target(**{name: True}).views == [name]
    assert Target().views == []


def report(*problems: Problem, raises=None) -> Report:
    found = results(Snapshot(problems, raises)) if problems or raises else results(Snapshot())
    return Report(("conf",), tuple(found), 0.0)


def many(count: int, severity: Severity) -> list[Problem]:
    return [Problem("a", str(number), severity=severity) for number in range(count)]


@pytest.mark.parametrize(
    ("problems", "grade"),
    [
        ([], "A+"),
        (many(9, Severity.INFO), "A+"),
        (many(9, Severity.LOW), "A"),
        ([Problem("a", warning=True)], "A"),
        (many(3, Severity.MEDIUM), "B"),
        (many(4, Severity.MEDIUM), "C"),
        (many(1, Severity.HIGH), "D"),
        (many(5, Severity.HIGH), "D"),
        (many(6, Severity.HIGH), "F"),
        (many(1, Severity.CRITICAL), "F"),
    ],
)
def test_the_grade_follows_from_the_worst(problems, grade):
    assert report(*problems).grade == grade


def test_what_could_not_be_checked_lowers_the_grade_and_what_was_skipped_gives_none():
    assert report(raises=ValueError()).grade == "D"
    assert report(raises=NotApplicable("no")).grade == "-"


@pytest.mark.parametrize(
    ("fail_on", "code"), [(Severity.CRITICAL, 0), (Severity.HIGH, 1), (Severity.MEDIUM, 1), (None, 0)]
)
def test_the_exit_code_tells_whether_something_is_as_bad_as_asked(fail_on, code):
    assert report(*many(1, Severity.HIGH)).exit_code(fail_on) == code


def test_an_error_always_has_its_own_exit_code():
    assert report(raises=ValueError()).exit_code(None) == 2


def test_a_check_that_finds_no_end_of_mistakes_tells_the_worst():
    found = results(Snapshot((*many(5000, Severity.LOW), *many(1, Severity.CRITICAL))))
    assert len(found) == 201
    assert found[0].severity is Severity.CRITICAL
    assert (found[-1].message, found[-1].key) == ("and 4801 more of this check", "CONF-98:more")
