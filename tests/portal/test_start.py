"""One command starts the portal on an Odoo of its own, and nothing is left of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import httpx
import pytest

from portal.serving import ROOT
from zenoo_security import KeyRing, keyring
from zenoo_security.testing.postgres import free_port

START = "import examples.portal.__main__ as portal, sys; portal.PORT = int(sys.argv[1]); portal.main()"


@pytest.mark.odoo
def test_a_printed_password_logs_in_and_ctrl_c_ends_it():
    port, paths = free_port(), os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": paths}
    command = [sys.executable, "-c", START, str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as started:
        try:
            lines = iter(started.stdout.readline, "")
            odoo = next(found[0] for line in lines if (found := re.search(r"http://[\w.:]+", line)))
            password = next(found[1] for line in lines if (found := re.search(r"clerk@example.com +(\S+)", line)))
            address = f"https://localhost:{port}"
            answer = _first_answer(started, address + "/login", {"login": "clerk@example.com", "password": password})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
        finally:
            os.killpg(started.pid, signal.SIGINT)
        assert started.wait(60) == 0
    for gone in (address, odoo):
        with pytest.raises(httpx.ConnectError):
            httpx.get(gone, verify=False)


def test_without_the_name_of_its_database_it_does_not_start(tmp_path):
    """Else every login would be refused, and nobody would be told why."""
    keyring.save(KeyRing.generate(), tmp_path / "key-ring.json")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENOO_SECURITY_")}
    environment |= {"ZENOO_SECURITY_KEY_RING_FILE": str(tmp_path / "key-ring.json")}
    environment |= {"ZENOO_SECURITY_ODOO_URL": "https://erp.example.com"}
    command = [sys.executable, "-c", "import examples.portal.app"]
    started = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert "ZENOO_SECURITY_ODOO_DATABASE" in started.stderr.splitlines()[-1]


def _first_answer(started, address, form):
    """As soon as there is one."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert started.poll() is None
        try:
            return httpx.post(address, data=form, verify=False, timeout=60)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError(address)
