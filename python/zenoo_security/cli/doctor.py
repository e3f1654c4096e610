"""`zenoo-security doctor`: whether this installation works."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Final

import typer

from zenoo_security.cli.output import Format, OutputFormat

if TYPE_CHECKING:
    from zenoo_security.doctor import Finding

__all__ = ["doctor"]

_COLORS: Final = {"ok": "32", "warn": "33", "fail": "1;31", "skip": "2"}
_WIDEST: Final = 100
_MARGIN: Final = 16


def doctor(*, output: OutputFormat = Format.TEXT) -> None:
    """Say whether this installation works: software, settings, files, keys, store and Odoo.

    Changes nothing (but a server that is new as a store is set up), sends Odoo no credential, shows no secret, and
    ends within some ten seconds. Exit code 1: something fails; warnings do not count.
    """
    from zenoo_security.doctor import State, examine

    findings = examine()
    failed = any(one.state is State.FAIL for one in findings)
    if output is Format.JSON:
        document = {"ok": not failed, "findings": [vars(one) for one in findings]}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        for one in findings:
            typer.echo("\n".join(_lines(one)))
    if any(thread.name.startswith("doctor-") for thread in threading.enumerate()):
        # Something hangs, such as a name server: Python would wait for the thread that asks it.
        sys.stdout.flush()
        os._exit(int(failed))
    if failed:
        raise typer.Exit(1)


def _lines(finding: Finding) -> list[str]:
    width, blank = min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST), " " * _MARGIN
    wrapper = textwrap.TextWrapper(max(width, 40), initial_indent=blank, subsequent_indent=blank)
    wrapper.break_on_hyphens = wrapper.break_long_words = False
    first, *rest = wrapper.wrap(finding.text) or [blank]
    label = f"{finding.state.value:<5} {finding.part:<10}"
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        label = f"\x1b[{_COLORS[finding.state.value]}m{label}\x1b[0m"
    return [label + first[_MARGIN:], *rest, *(wrapper.wrap(f"-> {finding.hint}") if finding.hint else ())]
