"""`zenoo-security odoo`: a local Odoo 19 that stays until it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.app import App
from zenoo_security.cli.progress import progress
from zenoo_security.errors import LocalOdooError

if TYPE_CHECKING:
    from zenoo_security.testing import LocalOdoo

__all__ = ["app"]

app = App("A local Odoo 19 with its own PostgreSQL, for tests and demonstrations.")

NAME = "up"
DATABASE = "odoo"


@app.command()
def provision() -> None:
    """Download and build what it needs, and start nothing."""
    from zenoo_security.testing.cache import Cache
    from zenoo_security.testing.provision import provision as fill

    cache, steps = Cache(), progress()
    with cache.lock(steps):
        fill(cache, steps)


@app.command()
def up(
    port: Annotated[
        int | None, typer.Option(metavar="PORT", min=1, max=65535, help="Odoo's port; a free one without it.")
    ] = None,
) -> None:
    """Start it and leave it running. The first time on a machine takes about a minute."""
    from zenoo_security.testing import LocalOdoo

    odoo = LocalOdoo.attach(NAME)
    if odoo is None:
        odoo = LocalOdoo(port=port, progress=progress())
        odoo.start(name=NAME)
        try:
            odoo.create_database(DATABASE)
        except BaseException:
            odoo.stop()
            raise
    elif port not in {None, odoo.port}:
        raise LocalOdooError(f"it runs already, on port {odoo.port}: zenoo-security odoo down")
    _show(odoo)


@app.command()
def status(
    show_password: Annotated[
        bool, typer.Option("--show-password", help="Show the administrator's password too.")
    ] = False,
) -> None:
    """Show where it answers. The exit code is 1 when it does not run."""
    odoo = _running()
    _show(odoo)
    if show_password:
        typer.echo(f"password  {odoo.admin_password}")


@app.command()
def down() -> None:
    """Stop it and remove its databases. Downloads stay."""
    from zenoo_security.testing.reset import stop

    if not stop(progress(), NAME):
        typer.echo("The local Odoo does not run.")


@app.command()
def reset(
    keep_downloads: Annotated[
        bool, typer.Option("--keep-downloads", help="Remove databases only, not Odoo and its Python packages.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Also stop those that tests are using now.")] = False,
) -> None:
    """Stop it and remove everything that it keeps on disk: the way out of a damaged cache."""
    from zenoo_security.testing.reset import reset as reset_cache

    reset_cache(progress(), keep_downloads=keep_downloads, force=force)


def _running() -> LocalOdoo:
    from zenoo_security.testing import LocalOdoo

    odoo = LocalOdoo.attach(NAME)
    if odoo is None:
        typer.echo("The local Odoo does not run: zenoo-security odoo up", err=True)
        raise typer.Exit(1)
    return odoo


def _show(odoo: LocalOdoo) -> None:
    typer.echo(f"url       {odoo.url}")
    typer.echo(f"database  {', '.join(odoo.databases())}")
    typer.echo(f"login     {odoo.admin_login}")
    typer.echo(f"log       {odoo.log_path}")
    typer.echo(f"secrets   {odoo.record_path} (or: zenoo-security odoo status --show-password)")
