"""`zenoo-security fields encrypt ...`: progress, and what ends it before it begins."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from zenoo_security.cli.job_progress import PlainLines, job_progress
from zenoo_security.clock import FakeClock
from zenoo_security.jobs import Progress


def test_without_a_terminal_there_is_a_line_now_and_then():
    clock, written = FakeClock(), []
    lines = PlainLines(written.append, every_s=5.0, clock=clock)
    for done in range(0, 1001, 100):
        lines(Progress("rotate", "res.partner", done, 1000))
        clock.advance(1)
    lines(Progress("verify", "res.partner", 1000, 1000))
    assert written == [
        "rotate res.partner: 0 of 1000 records\n",
        "rotate res.partner: 500 of 1000 records, 100 a second, 5 s left\n",
        "rotate res.partner: 1000 of 1000 records, 100 a second\n",
        "verify res.partner: 1000 of 1000 records\n",
    ]


def test_in_a_terminal_there_is_a_bar_with_rate_and_time_left(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with job_progress() as progress:
        for done in range(0, 1001, 10):
            progress(Progress("rotate", "res.partner", done, 1000))
    shown = terminal.getvalue()
    assert "rotate res.partner" in shown
    assert "1000/1000" in shown
    assert "/s" in shown


@pytest.mark.parametrize("names", [["a.b"], []], ids=["one field", "all fields"])
@pytest.mark.parametrize("operation", ["encrypt", "decrypt", "rotate", "reindex", "status", "verify"])
def test_a_declaration_that_is_missing_ends_it_with_one_line(operation, names, tmp_path):
    arguments = ["fields", operation, *names, "--fields", str(tmp_path / "no.toml")]
    command = [sys.executable, "-m", "zenoo_security.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, len(done.stderr.splitlines()), done.stdout) == (1, 1, "")
    assert done.stderr.startswith("error: ")
