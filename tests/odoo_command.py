"""Odoo's program on the databases of a local Odoo, once and to its end, as an administrator calls it."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.testing.postgres import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.testing import LocalOdoo


@contextmanager
def started(server: LocalOdoo, *options: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program with what the server was started with and these options; killed at the end if it still runs."""
    command, environment = _started_with(server)
    with log.open("ab") as output:
        running = subprocess.Popen(
            [*command, "--stop-after-init", "--workers=0", f"--http-port={free_port()}", *options],
            stdout=output,
            stderr=output,
            env=environment,
            cwd=server.log_path.parent,
        )
        try:
            yield running
        finally:
            running.kill()
            running.wait()


def run(server: LocalOdoo, *options: str, log: Path) -> int:
    """Run it to its end, and return its status."""
    with started(server, *options, log=log) as running:
        return running.wait()


def shell(server: LocalOdoo, database: str, script: str) -> str:
    """What `odoo shell` prints when it is given a script."""
    (program, odoo, *options), environment = _started_with(server)
    command = [program, odoo, "shell", *options, "-d", database, "--no-http", "--workers=0"]
    done = subprocess.run(
        command, input=script, env=environment, cwd=server.log_path.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _started_with(server: LocalOdoo) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of the server."""
    process = Path("/proc", str(json.loads(server.record_path.read_text())["processes"]["odoo"]["pid"]))
    command, environment = (
        [os.fsdecode(part) for part in process.joinpath(name).read_bytes().split(b"\0")[:-1]]
        for name in ("cmdline", "environ")
    )
    return command, dict(line.split("=", 1) for line in environment)
