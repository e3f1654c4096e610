"""What a single request, or many, can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.checks.check import Severity
from zenoo_security.checks.odoo_conf.base import ConfCheck, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.check import Problem
    from zenoo_security.checks.odoo_conf.snapshot import OdooConf

__all__ = ["Connections", "Limits", "Workers"]

_GIB: Final = 1024**3
_POSTGRES_CONNECTIONS: Final = 100
"""`max_connections` of PostgreSQL unless it is set."""


class _Limit(NamedTuple):
    option: str
    highest: int
    unit: str


_LIMITS: Final = (
    _Limit("limit_time_cpu", 600, "seconds"),
    _Limit("limit_time_real", 1200, "seconds"),
    _Limit("limit_memory_soft", 8 * _GIB, "bytes"),
    _Limit("limit_memory_hard", 8 * _GIB, "bytes"),
    _Limit("limit_memory_soft_gevent", 8 * _GIB, "bytes"),
    _Limit("limit_memory_hard_gevent", 8 * _GIB, "bytes"),
    _Limit("limit_request", 1_000_000, "requests"),
)


class Workers(ConfCheck):
    id = "CONF-07"
    title = "Odoo runs with worker processes"
    severity = Severity.MEDIUM
    rationale = "With workers = 0 it is the server for development: one process, whose memory and time nothing limits."
    fix = "workers = 2 * CPUs + 1, and room for max_cron_threads"
    asvs = ("v5.0.0-13.2.6", "v5.0.0-13.1.2")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        if snapshot.number("workers") < 1:
            yield problem(snapshot, "workers", "workers is 0")


class Limits(ConfCheck):
    id = "CONF-08"
    title = "Time, memory and number of requests of a worker are limited"
    severity = Severity.MEDIUM
    rationale = "A request that never ends, or takes all memory, takes the others with it."
    fix = "limit_time_cpu = 60, limit_time_real = 120, limit_memory_soft = 2147483648, limit_memory_hard = 2684354560"
    asvs = ("v5.0.0-2.4.1", "v5.0.0-13.2.6")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        for limit in _LIMITS:
            value = snapshot.number(limit.option)
            if not value and limit.option.endswith("_gevent"):
                continue  # Then the limit of the other workers holds.
            if value <= 0:
                yield problem(snapshot, limit.option, f"{limit.option} is {value:g}: there is no limit")
            elif value > limit.highest:
                message = f"{limit.option} is {value:.0f}, over {limit.highest} {limit.unit}: hardly a limit"
                yield problem(snapshot, limit.option, message)


class Connections(ConfCheck):
    id = "CONF-13"
    title = "The database has connections for all workers, and new databases begin empty"
    severity = Severity.LOW
    rationale = "Workers that take all connections lock out the others; a template ends up in each new database."
    fix = "db_maxconn so that (workers + max_cron_threads + 1) * db_maxconn is below PostgreSQL's max_connections"
    asvs = ("v5.0.0-13.1.2",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        workers = snapshot.number("workers")
        processes = workers + snapshot.number("max_cron_threads") + 1 if workers else 1
        most = processes * snapshot.number("db_maxconn")
        if most > _POSTGRES_CONNECTIONS:
            message = f"up to {most:g} connections; PostgreSQL has {_POSTGRES_CONNECTIONS} unless you set more"
            yield problem(snapshot, "db_maxconn", message, warning=True)
        template = snapshot.text("db_template")
        if template not in {"template0", "template1"}:
            yield problem(snapshot, "db_template", "db_template is one of your own: what is in it?", warning=True)
