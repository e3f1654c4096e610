"""`zenoo-security check`: what is wrong with a deployment, in one report."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from enum import Enum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.errors import ConfigurationError, SecurityError

if TYPE_CHECKING:
    from zenoo_security.checks import Report, Severity, Target
    from zenoo_security.cli.connection import OdooLogin

__all__ = ["check"]

_MAX_TOLD = 60
"""Characters of what is being done: it stays on one line."""


class Format(str, Enum):
    """What the report is written as."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


class View(str, Enum):
    """The sides that need no option."""

    ENV = "env"


class FailOn(str, Enum):
    """The lowest severity that the exit code tells."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    NEVER = "never"


def check(
    views: Annotated[
        list[View] | None,
        typer.Argument(
            metavar="env", help="The environment of this process; sends Odoo one request.", show_default=False
        ),
    ] = None,
    *,
    conf: Annotated[Path | None, typer.Option(metavar="odoo.conf", help="The file of Odoo's options.")] = None,
    odoo_arguments: Annotated[
        str, typer.Option(metavar="TEXT", help="Odoo's command line, which overrides the file.")
    ] = "",
    proxy: Annotated[
        Path | None, typer.Option(metavar="nginx.conf", help="nginx in front of Odoo; of other proxies, --url.")
    ] = None,
    advisories: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What pip-audit --format json wrote, for env.")
    ] = None,
    url: Annotated[
        str, typer.Option("--url", metavar="https://...", help="What anybody sees of an Odoo: eight requests.")
    ] = "",
    active: Annotated[bool, typer.Option("--active", help="A hundred: more paths, known passwords, guesses.")] = False,
    rpc: Annotated[bool, typer.Option("--rpc", help="A database, as a user with the right Settings.")] = False,
    database: Annotated[
        str | None, typer.Option("--database", metavar="NAME", help="Which; or ZENOO_SECURITY_ODOO_DATABASE.")
    ] = None,
    login: Annotated[
        str | None,
        typer.Option("--login", metavar="LOGIN", help="Or ZENOO_SECURITY_ODOO_LOGIN; asks for its password."),
    ] = None,
    code: Annotated[Path | None, typer.Option(metavar="PATH", help="The source of addons, which is not run.")] = None,
    output: Annotated[
        Format,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="text, or json, sarif, junit, markdown, html.",
            show_default=False,
        ),
    ] = Format.TEXT,
    fail_on: Annotated[
        FailOn,
        typer.Option(metavar="SEVERITY", help="Exit code 1 from this on, or never."),
    ] = FailOn.HIGH,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Findings that are accepted, with reasons.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Say what is new and gone since a --format json.")
    ] = None,
) -> None:
    """Say what is wrong with a deployment, and what to do. Changes nothing."""
    from zenoo_security.checks import Target

    try:
        target = Target(
            env=bool(views),
            conf=conf,
            proxy=proxy,
            environ=dict(os.environ),
            odoo_arguments=_split(odoo_arguments),
            advisories=advisories,
            url=url,
            rpc=_login(url, database, login) if rpc else None,
            code=code,
            active=active,
        )
        if not target.views:
            raise typer.BadParameter("name at least one side: env, --conf, --proxy, --url, --rpc or --code")
        if active and not url:
            raise typer.BadParameter("--active tries the login page of an address: give --url")
        report = _report(target, baseline, compare)
    except (OSError, SecurityError) as error:
        sys.stderr.write(f"error: {error}\n")
        raise typer.Exit(2) from None
    _show(report, output)
    raise typer.Exit(report.exit_code(_severity(fail_on)))


def _login(url: str, database: str | None, login: str | None) -> OdooLogin:
    from zenoo_security.cli.connection import read_login

    return read_login(url or None, database, login)


def _report(target: Target, baseline: Path | None, earlier: Path | None) -> Report:
    from dataclasses import replace
    from datetime import datetime, timezone

    from zenoo_security.checks import run

    if baseline is None and earlier is None:
        return run(target, progress=_tell)
    from zenoo_security.checks.baseline import apply_baseline, read_baseline
    from zenoo_security.checks.comparison import compare, read_earlier

    # Wrong files are said before anything is looked at, which may take its time.
    acceptances = read_baseline(baseline) if baseline else []
    before = read_earlier(earlier) if earlier else None
    report = apply_baseline(run(target, progress=_tell), acceptances, datetime.now(timezone.utc).date())
    return report if before is None else replace(report, changes=compare(report, before))


def _tell(text: str, /) -> None:
    """One line on a terminal, replaced by the next."""
    if sys.stderr.isatty():
        shown = "".join(filter(str.isprintable, text))[:_MAX_TOLD]
        sys.stderr.write(f"\r\x1b[Kchecking {shown} ...")
        sys.stderr.flush()


def _show(report: Report, output: Format) -> None:
    from zenoo_security.checks.output import render
    from zenoo_security.checks.output import text as people

    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    if output is Format.TEXT:
        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        typer.echo(people.render(report, width=shutil.get_terminal_size((100, 24)).columns, color=color))
    else:
        typer.echo(render(report, output.value))


def _severity(fail_on: FailOn) -> Severity | None:
    from zenoo_security.checks import Severity

    return None if fail_on is FailOn.NEVER else Severity[fail_on.name]


def _split(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        raise ConfigurationError("--odoo-arguments: a quotation mark is not closed") from None
