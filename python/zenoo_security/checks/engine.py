"""Run the checks of the views of a target. Nothing here can block for longer than the time-out of its view."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.checks.check import CannotTell, NotApplicable, Result, Severity, Status
from zenoo_security.checks.redaction import Redactor
from zenoo_security.checks.report import Report
from zenoo_security.checks.view import view
from zenoo_security.clock import SYSTEM_CLOCK
from zenoo_security.errors import SecurityError

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.checks.check import Check, Problem
    from zenoo_security.checks.view import Progress, Snapshot, Target, View
    from zenoo_security.clock import Clock

__all__ = ["run", "run_check", "run_view"]

_MAX_RESULTS: Final = 200
"""Of one check."""


def run(target: Target, *, progress: Progress = lambda _text, /: None, clock: Clock = SYSTEM_CLOCK) -> Report:
    """Look at a target from every side that it names.

    Args:
        target: what to look at.
        progress: is told what is being done.
        clock: says when it was.
    """
    views = [view(name) for name in target.views]
    results = [result for one in views for result in run_view(one, target, progress)]
    return Report(tuple(one.name for one in views), tuple(results), clock.now())


def run_view(one: View, target: Target, progress: Progress) -> list[Result]:
    """The results of one view, in the order of its checks; what took too long is an error."""
    found: dict[str, list[Result]] = {}
    failed: list[str] = []
    over = threading.Event()

    def tell(text: str, /) -> None:
        if not over.is_set():
            progress(text)

    def work() -> None:
        try:
            _work(one, target, tell, found)
        except (SecurityError, OSError) as error:
            failed.append(_text(error))
        except Exception as error:  # noqa: BLE001 - an error is a result, and never a pass
            failed.append(_fault(error))

    worker = threading.Thread(target=work, name=f"check-{one.name}", daemon=True)
    worker.start()
    worker.join(one.timeout_s)
    over.set()
    late = f"it was not done after {one.timeout_s:g} seconds"
    reason = Redactor(()).clean(failed[0] if failed else late)
    return [result for check in one.checks for result in found.get(check.id) or [_error(one, check, reason)]]


def _work(one: View, target: Target, progress: Progress, found: dict[str, list[Result]]) -> None:
    progress(one.title)
    snapshot = one.load(target, progress)
    for check in one.checks:
        found[check.id] = run_check(one.name, check, snapshot)


def run_check(view_name: str, check: type[Check[Any]], snapshot: Snapshot) -> list[Result]:
    """The results of one check: one for each problem, or one that says that there is none.

    A check that fails after it has found something keeps what it found, beside the error.
    """
    clean = Redactor(snapshot.secrets).clean
    found: list[Result] = []

    def ended(status: Status, message: str = "") -> Result:
        return Result(check, view_name, status, message, check.severity)

    try:
        for problem in check().find(snapshot):
            found.append(_result(view_name, check, snapshot.file, problem, clean))  # noqa: PERF401 - it stays after an error
    except NotApplicable as reason:
        return _worst(found) or [ended(Status.SKIP, clean(str(reason)))]
    except CannotTell as reason:
        return [*_worst(found), ended(Status.ERROR, clean(str(reason)))]
    except Exception as error:  # noqa: BLE001 - an error is a result, and never a pass
        return [*_worst(found), ended(Status.ERROR, _fault(error))]
    return _worst(found) or [ended(Status.PASS)]


def _worst(found: list[Result]) -> list[Result]:
    """As many as people can read, so that a file full of mistakes hides nothing else."""
    if len(found) <= _MAX_RESULTS:
        return found
    worst = sorted(found, key=lambda one: -one.severity)
    rest = len(found) - _MAX_RESULTS
    last = replace(worst[_MAX_RESULTS], message=f"and {rest} more of this check", subject="more", file="", line=0)
    return [*worst[:_MAX_RESULTS], last]


def _result(
    view_name: str, check: type[Check[Any]], file: str, problem: Problem, clean: Callable[[str], str]
) -> Result:
    severity = check.severity if problem.severity is None else problem.severity
    return Result(
        check,
        view_name,
        Status.WARN if problem.warning else Status.FAIL,
        clean(problem.message),
        min(severity, Severity.LOW) if problem.warning else severity,
        subject=clean(problem.subject),
        file=clean(problem.file or file),
        line=problem.line,
    )


def _error(one: View, check: type[Check[Any]], reason: str) -> Result:
    return Result(check, one.name, Status.ERROR, reason, check.severity)


def _fault(error: Exception) -> str:
    """Only the type: its text may hold what was looked at."""
    return f"the check itself failed: {type(error).__name__}"


def _text(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)
