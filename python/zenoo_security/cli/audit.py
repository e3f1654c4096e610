"""`zenoo-security audit`: whether an audit file is as it was written, and what events there are."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.app import App
from zenoo_security.cli.reading import reading

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing

__all__ = ["app"]

app = App("Audit files: check them, and list what is in them.")


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="The files of one chain, in any order.")],
    checkpoint: Annotated[str | None, typer.Option(metavar="TEXT", help="What AuditLog.checkpoint() returned.")] = None,
    key_ring: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The key ring; that of the environment unless given.")
    ] = None,
) -> None:
    """Say whether lines were removed, changed, moved, repeated, added or cut. Exit code 1 if something is wrong."""
    from zenoo_security.audit.verify import verify as verify_files

    ring = _key_ring(key_ring)
    with reading(*files) as report:
        result = verify_files(files, ring, checkpoint=checkpoint, report=report)
    for note in result.notes:
        typer.echo(f"note: {note}")
    for finding in result.findings:
        typer.echo(str(finding))
    if not result.intact:
        sys.stderr.write(f"error: not as written: {len(result.findings)} findings in {result.lines} lines\n")
        raise typer.Exit(1)
    typer.echo(f"intact: {result.lines} lines, numbers {result.first} to {result.end.count} of the chain")
    typer.echo(f"from {result.since} to {result.until}")
    if checkpoint is None:
        typer.echo(
            "that no line was removed after these only a checkpoint tells, which was kept elsewhere: --checkpoint"
        )
    typer.echo(f"checkpoint to keep elsewhere: {result.end.text}")


@app.command()
def events() -> None:
    """List every event that the package emits, as a Markdown table."""
    from zenoo_security.audit.inventory import as_markdown

    typer.echo(as_markdown())


def _key_ring(path: Path | None) -> KeyRing:
    from zenoo_security import keyring

    return keyring.from_environment() if path is None else keyring.load(path)
