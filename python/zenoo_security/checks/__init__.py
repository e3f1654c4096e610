"""The production checker: what is wrong with a deployment, how bad it is, and what to do.

A check is a class with an id that never changes its meaning. It is a function of a snapshot, which its view reads once.
`run` looks at a target from every side that it names; `docs/guide/checks.md` lists all checks.
"""

from zenoo_security.checks.check import Check, Problem, Result, Severity, Status
from zenoo_security.checks.engine import run
from zenoo_security.checks.production import ProductionSecurityChecker
from zenoo_security.checks.report import Report
from zenoo_security.checks.view import Target, View, all_checks

__all__ = [
    "Check",
    "Problem",
    "ProductionSecurityChecker",
    "Report",
    "Result",
    "Severity",
    "Status",
    "Target",
    "View",
    "all_checks",
    "run",
]
