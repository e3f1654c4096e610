"""docs/deployment.md: its units, proxies and scripts do what they are there for."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

import httpx
import pytest
import uvicorn

from checks.conf_cases import conf
from docs.page import ROOT, code
from nginx_server import make_certificates, running_nginx
from zenoo_security import KeyRing, SecurityConfig, keyring
from zenoo_security.addon.settings import read_section, read_settings
from zenoo_security.checks import Status
from zenoo_security.checks.engine import run_check
from zenoo_security.checks.odoo_conf import VIEW as CONF
from zenoo_security.errors import SecurityError

PAGE = "docs/deployment.md"
UNIT, ODOO_CONF = code(PAGE, "ini")
SETTINGS = {name.upper() for name in SecurityConfig.model_fields}


def test_systemd_understands_the_unit(tmp_path):
    """With programs that are there in the place of those that are not, and not a word about any line."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("this machine has no systemd-analyze")
    unit = re.sub(r"(?<==)-?/srv/shop/venv/bin/\S+", shutil.which("true"), UNIT)
    (tmp_path / "shop.service").write_text(unit)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "shop.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    about_it = [line for line in done.stderr.splitlines() if "shop.service" in line]
    assert about_it == []


def test_the_settings_of_the_unit_are_settings(monkeypatch, tmp_path):
    """Each is known, and together they are what production needs."""
    given = dict(re.findall(r"^Environment=ZENOO_SECURITY_(\w+)=(\S+)$", UNIT, re.MULTILINE))
    assert set(given) == {"KEY_RING_FILE", "STORE_URL", "ODOO_URL", "ODOO_DATABASE"}
    keyring.save(KeyRing.generate(), tmp_path / "keys.json")
    given["KEY_RING_FILE"] = str(tmp_path / "keys.json")
    for name, value in given.items():
        monkeypatch.setenv(f"ZENOO_SECURITY_{name}", value)
    config = SecurityConfig.from_environment()
    assert config.store_url.get_secret_value() == "sqlite:////var/lib/shop/store.db"


def test_the_options_of_odoo_are_known_to_it_and_to_the_addon(tmp_path):
    """By the check that looks for misspelt options, and by the addon's own reading."""
    (check,) = [check for check in CONF.checks if check.id == "CONF-20"]
    for text, status in ((ODOO_CONF, Status.PASS), (ODOO_CONF.replace("list_db", "list_database"), Status.FAIL)):
        results = run_check(CONF.name, check, conf(text)(tmp_path))
        assert {result.status for result in results} == {status}
    section = read_section(str(tmp_path / "odoo.conf"))
    assert section == {"key_ring_file": "/etc/odoo/keys.json"}
    read_settings(section, {})


class Serving:
    """The application of the page, on a port of its own."""

    def __init__(self, application):
        self._server = uvicorn.Server(uvicorn.Config(application, log_level="error", proxy_headers=False))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve([self._socket])))

    def __enter__(self):
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def test_the_proxy_and_the_application_agree_on_who_asks(tmp_path):
    """Over https, with the client's address, whatever the client claims; without the proxy nobody but a monitor is answered."""
    store = f"sqlite:///{tmp_path / 'store.db'}"
    (application,) = code(PAGE, "python")
    names = {}
    exec(application.replace("sqlite:////var/lib/shop/store.db", store), names)
    (servers,) = code(PAGE, "nginx")
    authority = make_certificates(tmp_path)
    with Serving(names["app"]) as serving:
        for given, meant in (
            ("443", "{port}"),
            ("/etc/ssl/shop.", "{folder}/server."),
            ("127.0.0.1:8000", f"127.0.0.1:{serving.port}"),
        ):
            assert given in servers
            servers = servers.replace(given, meant)
        host = {"host": "shop.example.com"}
        with running_nginx(tmp_path, servers) as port:
            trusted = ssl.create_default_context(cafile=authority)
            from_elsewhere = httpx.HTTPTransport(verify=trusted, local_address="127.0.0.2")
            with httpx.Client(base_url=f"https://localhost:{port}", transport=from_elsewhere, headers=host) as client:
                forged = {"x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "http"}
                reply = client.get("/who", headers=forged)
                assert (reply.status_code, reply.json()) == (200, "127.0.0.2")
                assert "strict-transport-security" in reply.headers
        direct = f"http://127.0.0.1:{serving.port}"
        assert httpx.get(f"{direct}/who", headers=host).status_code == 403
        assert httpx.get(f"{direct}/health").json() == "alive"


def test_secrets_that_a_platform_mounts_readable_are_copied_so_that_they_are_taken(tmp_path, monkeypatch):
    """By start.sh, up to the line that starts the server."""
    (script,) = code(PAGE, "sh")
    mounted, private = tmp_path / "secrets", tmp_path / "shop"
    mounted.mkdir()
    private.mkdir(mode=0o700)
    keyring.save(KeyRing.generate(), mounted / "keys.json")
    (mounted / "store-url").write_text(f"sqlite:///{private / 'store.db'}")
    for file in mounted.iterdir():
        file.chmod(0o444)
    with pytest.raises(SecurityError):
        keyring.load(mounted / "keys.json")

    script = script.replace("/run/secrets", str(mounted)).replace("/run/shop", str(private))
    program = tmp_path / "zenoo-security"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m zenoo_security.cli "$@"\n')
    program.chmod(0o700)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ZENOO_SECURITY_")},
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "ZENOO_SECURITY_KEY_RING_FILE": str(private / "keys.json"),
        "ZENOO_SECURITY_STORE_URL_FILE": str(private / "store-url"),
    }
    script = script.replace("exec uvicorn", "echo would start")
    done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "would start app:app" in done.stdout
    assert "fail" not in done.stdout
    assert keyring.load(private / "keys.json")


def test_the_image_installs_what_there_is():
    """No container engine runs here: instructions, commands and names are looked at."""
    (image,) = code(PAGE, "dockerfile")
    instructions = dict(line.split(" ", 1) for line in image.splitlines())
    assert set(instructions) == {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "CMD"}
    (extras,) = re.findall(r"zenoo-security\[([\w,]+)\]", image)
    project = (ROOT / "pyproject.toml").read_text()
    for extra in extras.split(","):
        assert f"\n{extra} = [" in project
    for run in re.findall(r"^RUN (.+)$", image, re.MULTILINE):
        subprocess.run(["sh", "-n", "-c", run], check=True)
    for variable in re.findall(r"ZENOO_SECURITY_(\w+?)(?:_FILE)?=", image):
        assert variable in SETTINGS | {"KEY_RING"}
