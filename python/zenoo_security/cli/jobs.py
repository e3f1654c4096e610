"""`zenoo-security fields encrypt`, `decrypt`, `rotate`, `reindex`, `status` and `verify`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zenoo_security.cli.asking import DryRun  # noqa: TC001 - typer reads the annotations
from zenoo_security.cli.connection import Database, FieldsFile, Login, Url, connected, read_options
from zenoo_security.cli.fields import Targets, app
from zenoo_security.cli.output import Format, OutputFormat
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from zenoo_security.cli.connection import OdooOptions
    from zenoo_security.jobs import Report

__all__ = ["app"]

Journal = Annotated[
    Path | None,
    typer.Option("--journal", metavar="FILE", help="Lets a broken off job go on; by default in XDG_STATE_HOME."),
]
Restart = Annotated[bool, typer.Option("--restart", help="Forget the journal, begin at the first record.")]
NoVerify = Annotated[bool, typer.Option("--no-verify", help="Do not look at every record afterwards.")]
ReportFile = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write the report there, as JSON.")]


def _add_job(operation: str, text: str) -> None:
    @app.command(operation, help=f"{text} Exit code 1: something is left or wrong.")
    def job(
        names: Targets = None,
        *,
        url: Url = None,
        database: Database = None,
        login: Login = None,
        fields: FieldsFile = None,
        dry_run: DryRun = False,
        journal: Journal = None,
        restart: Restart = False,
        no_verify: NoVerify = False,
        report: ReportFile = None,
        output: OutputFormat = Format.TEXT,
    ) -> None:
        settings = {"journal": journal, "restart": restart, "dry_run": dry_run, "verify": not no_verify}
        options = read_options(url, database, login, fields)
        _show(asyncio.run(_run(operation, names or None, options, settings)), report, as_json=output is Format.JSON)


def _add_look(operation: str, text: str) -> None:
    @app.command(operation, help=text)
    def look(
        names: Targets = None,
        *,
        url: Url = None,
        database: Database = None,
        login: Login = None,
        fields: FieldsFile = None,
        report: ReportFile = None,
        output: OutputFormat = Format.TEXT,
    ) -> None:
        options = read_options(url, database, login, fields)
        _show(asyncio.run(_run(operation, names or None, options, {})), report, as_json=output is Format.JSON)


_add_job("encrypt", "Encrypt what is in the clear, or in Fernet values of the guide.")
_add_job("decrypt", "Put values back into Odoo's own fields, in the clear.")
_add_job("rotate", "Encrypt anew what another key than the primary one encrypted.")
_add_job("reindex", "Compute indexes that are missing or made by another normalizer, length or key.")
_add_look("status", "Count records per key id, what is in the clear, stale indexes, and what does not open.")
_add_look("verify", "Check that everything opens, no index is stale and nothing is in the clear; else exit code 1.")


async def _run(operation: str, names: list[str] | None, options: OdooOptions, settings: dict[str, Any]) -> Report:
    from zenoo_security import jobs, keyring
    from zenoo_security.cli.job_progress import job_progress

    ring = keyring.from_environment()
    async with connected(options) as client:
        if "journal" in settings and not settings["journal"]:
            subject = jobs.Subject(client, options.fields, ring, names)
            settings["journal"] = jobs.journal_path(operation, subject)
        with job_progress() as progress:
            report: Report = await getattr(jobs, operation)(
                client, options.fields, ring, names, progress=progress, **settings
            )
    return report


def _show(report: Report, path: Path | None, *, as_json: bool) -> None:
    from zenoo_security.cli.job_report import lines

    if path is not None:
        try:
            path.write_text(f"{report.to_json()}\n", encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(f"--report {path} cannot be written: {error.strerror}") from None
    for warning in report.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(report.to_json() if as_json else "\n".join(lines(report)))
    if not report.ok:
        raise typer.Exit(1)
