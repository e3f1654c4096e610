"""`zenoo-security policy`: what a policy of roles says, what is wrong with it, and what a change of it does."""

from __future__ import annotations

from zenoo_security.cli.app import App
from zenoo_security.cli.policy import checking, comparing, explaining, exporting

__all__ = ["app"]

app = App("Policies of roles: who may do what, as a TOML or JSON file.")
app.command()(checking.check)
app.command()(explaining.explain)
app.command("diff")(comparing.compare)
app.command()(exporting.export)
