"""The command line in a process of its own, without a terminal or on one."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S = 60


class Outcome(NamedTuple):
    """How a command ended."""

    code: int
    output: str
    errors: str


def run(
    *arguments: str, settings: Mapping[str, str] | None = None, typed: str | None = None, before: str = ""
) -> Outcome:
    """Run `zenoo-security` with these arguments.

    Args:
        arguments: of the command line.
        settings: the variables of the environment, each without `ZENOO_SECURITY_`; the machine's own do not count.
        typed: what is typed on a terminal; there is none without it.
        before: Python that the process runs first, such as what makes a time-out short.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENOO_SECURITY_")}
    environment.update({f"ZENOO_SECURITY_{name}": value for name, value in (settings or {}).items()})
    start = ["-c", f"{before}\nfrom zenoo_security.cli import main\nmain()"] if before else ["-m", "zenoo_security.cli"]
    command = [sys.executable, *start, *arguments]
    terminal, keyboard = pty.openpty()
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    stdin = subprocess.DEVNULL if typed is None else keyboard
    try:
        with subprocess.Popen(command, env=environment, stdin=stdin, start_new_session=True, **streams) as process:
            output, errors = _communicate(process, terminal, typed)
    finally:
        os.close(terminal)
        os.close(keyboard)
    return Outcome(process.returncode, output, errors)


def _communicate(process: subprocess.Popen[str], terminal: int, typed: str | None) -> tuple[str, str]:
    """Type again until the command has ended: a prompt for a password forgets what was typed before it."""
    for _ in range(4 * _TIMEOUT_S):
        try:
            return process.communicate(timeout=0.25)
        except subprocess.TimeoutExpired:
            if typed is not None:
                os.write(terminal, typed.encode())
    process.kill()
    raise AssertionError(f"it does not end: {process.communicate()}")
