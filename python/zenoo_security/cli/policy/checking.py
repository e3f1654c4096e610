"""`policy check`: what in a policy has no effect, and what of it an Odoo does not have."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.connection import Database, Login, Url, connected, read_login
from zenoo_security.cli.output import Format, OutputFormat
from zenoo_security.cli.policy.options import PolicyPath  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from zenoo_security.cli.connection import OdooLogin
    from zenoo_security.policy import Finding, Policy

__all__ = ["check"]

_SEVERITIES = ("error", "warning", "note")


def check(
    file: PolicyPath,
    *,
    odoo: Annotated[
        bool, typer.Option("--odoo", help="Also against the Odoo of the environment; --url and the like mean that too.")
    ] = False,
    url: Url = None,
    database: Database = None,
    login: Login = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Find what has no effect, and what an Odoo does not have: models, fields, groups, paths. Errors stand first.

    In Odoo it takes a user who may look at models and groups (Administration: Access Rights). Exit code 1: there are
    errors or warnings; notes are not counted.
    """
    from zenoo_security.policy import Policy, findings

    policy = Policy.from_file(file)
    found = findings(policy)
    if odoo or url or database or login:
        found += asyncio.run(_unknown(policy, read_login(url, database, login)))
    found.sort(key=lambda finding: _SEVERITIES.index(finding.severity))
    ok = all(finding.severity == "note" for finding in found)
    if output is Format.JSON:
        document = {"digest": policy.digest, "ok": ok, "findings": [finding._asdict() for finding in found]}
        typer.echo(json.dumps(document, indent=2))
    else:
        _show(policy, found)
    if not ok:
        raise typer.Exit(1)


def _show(policy: Policy, found: list[Finding]) -> None:
    for finding in found:
        typer.echo(str(finding))
    rules = sum(len(role.allow) + len(role.deny) for role in policy.roles.values())
    counts = [f"{sum(one.severity == kind for one in found)} {kind}s" for kind in _SEVERITIES]
    typer.echo(f"{len(policy.roles)} roles, {rules} rules: {', '.join(counts)}.")


async def _unknown(policy: Policy, options: OdooLogin) -> list[Finding]:
    from zenoo_security.cli.policy.live import read_catalog
    from zenoo_security.policy.catalog import unknown

    async with connected(options) as client:
        return unknown(policy, await read_catalog(client, policy))
