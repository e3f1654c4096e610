"""docs/start.md, word by word: who follows it has a protected application."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from docs.page import code
from zenoo_security.testing.postgres import free_port

pytestmark = pytest.mark.odoo
PAGE = "docs/start.md"


def bash(script, folder, variables, **options):
    """A terminal of the reader, with the commands of this environment."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = f'zenoo-security() {{ "{sys.executable}" -m zenoo_security.cli "$@"; }}\nset -e\n{script}'
    return subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env={**os.environ, **variables, "PATH": path}, text=True, **options
    )


def answer_of(script, folder, variables):
    with bash(script, folder, variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as shell:
        said, _ = shell.communicate(timeout=60)
    assert shell.returncode == 0, said
    return said


def wait_for(port, log):
    for _ in range(2400):
        if "startup complete" in log.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page asks with curl")
def test_who_follows_the_page_has_a_protected_application(odoo_database, odoo_user, tmp_path):
    """A stranger is refused, a wrong password too, and a user sees what Odoo gives that user."""
    _install, settings, start, ask = code(PAGE, "bash")
    (application,) = code(PAGE, "python")
    port, user = free_port(), odoo_user()
    assert '"production"' in application
    application = application.replace("production", odoo_database.name).replace("8000", str(port))
    (tmp_path / "app.py").write_text(application)

    settings = settings.replace("https://erp.example.com", odoo_database.url)
    said = answer_of(f"{settings}\nenv -0 > environment", tmp_path, {})
    assert "fail" not in said, said
    kept = dict(line.split("=", 1) for line in (tmp_path / "environment").read_text().split("\0") if "ZENOO" in line)

    log = tmp_path / "log"
    with log.open("w") as output:
        server = bash(f"exec {start.strip()} --port {port}", tmp_path, kept, stdout=output, stderr=output)
        try:
            wait_for(port, log)
            ask = ask.replace("8000", str(port))
            ask = ask.replace('"password": "admin"', f'"password": "{user.password}"')
            said = answer_of(ask.replace('"admin"', f'"{user.login}"'), tmp_path, kept)
        finally:
            server.terminate()
            server.wait(30)
    assert "HTTP/1.1 401" in said
    assert "Check the user name, the password and the code" in said
    rows = json.loads(said[said.rindex("[{") :])
    assert rows
    assert all(set(row) == {"id", "name"} for row in rows)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
    assert user.password.encode() not in stored


def test_ten_lines_are_ten():
    """Those before what is the reader's."""
    (application,) = code(PAGE, "python")
    before, _, _ = application.partition('@app.get("/partners")')
    assert len([line for line in before.splitlines() if line]) == 10
