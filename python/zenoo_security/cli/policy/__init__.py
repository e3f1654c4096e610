"""`zenoo-security policy`: what a policy of roles says, what is wrong with it, and what a change of it does."""

from __future__ import annotations

import typer

from zenoo_security.cli.policy import checking, comparing, explaining, exporting

__all__ = ["app"]

app = typer.Typer(help="Policies of roles: who may do what, as a TOML or JSON file.", no_args_is_help=True)
app.command()(checking.check)
app.command()(explaining.explain)
app.command("diff")(comparing.compare)
app.command()(exporting.export)
