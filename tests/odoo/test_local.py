"""The local Odoo: what it promises, on the real thing."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from zenoo_security.errors import LocalOdooError, OdooRefused
from zenoo_security.testing import LocalOdoo, debian, postgres, runs, server
from zenoo_security.testing.cache import Cache
from zenoo_security.testing.commands import run
from zenoo_security.testing.debian import PrivateApt, find_keyring
from zenoo_security.testing.progress import QuietProgress
from zenoo_security.testing.runs import clean_up, list_runs

pytestmark = pytest.mark.odoo

SCRIPT = "usr/bin/odoo"
# One white pixel, as PNG.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
KILLED_RUN = """
import json, sys, threading, time
from zenoo_security.testing import LocalOdoo, debian, postgres, runs, server

def start():
    odoo = LocalOdoo()
    odoo.start()
    run = odoo._run
    pids = [process.pid for process in run.processes.values()]
    print(json.dumps({"name": run.name, "folder": str(run.folder), "pids": pids}), flush=True)

if sys.argv[1] == "thread":
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
else:
    start()
time.sleep(600)
"""


@pytest.fixture
def local(odoo_server):
    if not isinstance(odoo_server, LocalOdoo):
        pytest.skip("these are about the local Odoo, and --odoo-url names another")
    return odoo_server


@pytest.fixture
def own_cache(local):
    """A cache of its own for a test, whose entries are links to those of the real one."""
    real = Cache()
    with tempfile.TemporaryDirectory(prefix="zenoo-security-test-") as folder:
        cache = Cache(Path(folder))
        for kind in ("odoo", "python", "template"):
            for entry in real.folder(kind).iterdir():
                (cache.folder(kind) / entry.name).symlink_to(entry)
        yield cache


def cli(cache: Cache, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ZENOO_SECURITY_CACHE": str(cache.root)}
    return subprocess.run(
        [sys.executable, "-m", "zenoo_security.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]


def wait_until(condition, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_administrator_logs_in(odoo_database):
    """The administrator's password opens the database, and another one does not."""
    assert odoo_database.login(odoo_database.admin_login, odoo_database.admin_password)
    assert odoo_database.login(odoo_database.admin_login, "wrong") is None


def test_login_page_answers(local, odoo_database):
    """The web client's assets, which are links to other packages' files, can be built."""
    browser = build_opener(HTTPCookieProcessor())
    with browser.open(f"{local.url}/web/login?db={odoo_database.name}") as page:
        text = page.read().decode()
    assert "oe_login_form" in text
    bundles = re.findall(r'(?:href|src)="(/web/assets/[^"]+)"', text)
    assert bundles
    for bundle in bundles:
        with browser.open(local.url + bundle) as asset:
            assert len(asset.read()) > 1000


def test_databases_are_independent(local):
    """What is written to one database is not in the other, and no secret is the same in both."""
    first, second = local.create_database(), local.create_database()
    try:
        first.call("res.partner", "create", {"name": "Only in the first"})
        found = [
            database.call("res.partner", "search_count", [("name", "=", "Only in the first")])
            for database in (first, second)
        ]
        assert found == [1, 0]
        query = "SELECT value FROM ir_config_parameter WHERE key IN ('database.uuid', 'database.secret')"
        values = [row["value"] for database in (first, second) for row in database.sql(query)]
        assert len(set(values)) == 4
        assert {first.name, second.name} <= set(local.databases())
    finally:
        local.drop_database(first.name)
        local.drop_database(second.name)
    assert not {first.name, second.name} & set(local.databases())


def test_a_database_like_another_has_what_is_in_it_and_secrets_of_its_own(local):
    """Odoo is connected to the other, goes on with it afterwards, and what is written later is in one of them."""
    first = local.create_database()
    partner = first.call("res.partner", "create", {"name": "In both", "image_1920": PIXEL})
    second = local.create_database(like=first)
    try:
        assert second.call("res.partner", "read", [partner], ["name", "image_1920"]) == first.call(
            "res.partner", "read", [partner], ["name", "image_1920"]
        )
        second.call("res.partner", "write", [partner], {"name": "In the second"})
        assert first.call("res.partner", "read", [partner], ["name"]) == [{"id": partner, "name": "In both"}]
        query = "SELECT value FROM ir_config_parameter WHERE key IN ('database.uuid', 'database.secret')"
        assert len({row["value"] for database in (first, second) for row in database.sql(query)}) == 4
    finally:
        local.drop_database(first.name)
        local.drop_database(second.name)


def test_a_password_costs_next_to_nothing_unless_odoos_parameter_says_otherwise(local):
    """That of the administrator before anybody has logged in, too."""

    def rounds(login):
        [row] = database.sql("SELECT split_part(password, '$', 3) AS rounds FROM res_users WHERE login = %s", [login])
        return int(row["rounds"])

    database = local.create_database()
    try:
        assert rounds(database.admin_login) == 1
        user = database.create_user()
        assert rounds(user.login) == 1
        database.call("ir.config_parameter", "set_param", "password.hashing.rounds", "2000")
        assert database.login(user.login, user.password) == user.uid
        assert rounds(user.login) == 2000
    finally:
        local.drop_database(database.name)
    assert "manifest for 'zenoo_cheap_hashes'" not in local.log_path.read_text()


@pytest.mark.parametrize("name", ["", "../up", 'x"; DROP DATABASE postgres; --', "a" * 64, "ü", "\ud800"])
def test_database_name_is_checked(local, name):
    """A name that could be anything but a name is refused before PostgreSQL or a path sees it."""
    with pytest.raises(LocalOdooError, match="name"):
        local.drop_database(name)


def test_taken_database_name_is_refused(local, odoo_database):
    """A second database of one name is an error that says so, not a silent replacement."""
    with pytest.raises(LocalOdooError, match="already exists"):
        local.create_database(odoo_database.name)


def test_environment_does_not_reach_the_servers(local, odoo_database, monkeypatch):
    """Settings for other PostgreSQL servers and other Pythons in the environment change nothing."""
    for name, value in {"PGOPTIONS": "-c no_such=1", "PGHOST": "192.0.2.1", "PYTHONHOME": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    assert odoo_database.sql("SELECT 1 AS one") == [{"one": 1}]


def test_sql_parameters_are_values(local, odoo_database):
    """A parameter reaches PostgreSQL as a value, whatever it looks like."""
    text = "'; DROP TABLE res_users; -- %s"
    assert odoo_database.sql("SELECT %s AS text, %s AS number", [text, 7]) == [{"text": text, "number": 7}]
    with pytest.raises(LocalOdooError, match="does not exist"):
        odoo_database.sql("SELECT * FROM no_such_table")


def test_user_has_the_groups_and_no_more(odoo_database, odoo_user):
    """A user made with the portal group is a portal user, who may not read users."""
    portal = odoo_user(groups=["base.group_portal"])
    assert odoo_database.login(portal.login, portal.password) == portal.uid
    assert odoo_database.call("res.users", "has_group", [portal.uid], "base.group_portal", user=portal)
    with pytest.raises(OdooRefused) as refused:
        odoo_database.call("res.users", "create", {"name": "x", "login": "x"}, user=portal)
    assert refused.value.odoo_type == "odoo.exceptions.AccessError"
    assert portal.password not in repr(portal)


def test_unknown_group_is_named(odoo_user):
    """A group that does not exist is an error that names it."""
    with pytest.raises(LocalOdooError, match=r"base\.group_nobody"):
        odoo_user(groups=["base.group_nobody"])


async def test_client_is_logged_in(odoo_client, odoo_user):
    """`odoo_client` gives the administrator's client, or that of a user."""
    user = odoo_user()
    async with odoo_client() as admin, odoo_client(user) as client:
        assert admin.is_authenticated
        assert client.uid == user.uid


def test_everything_listens_on_loopback(local):
    """Neither Odoo nor PostgreSQL can be reached from another machine."""
    ports = {local.port, int(local.dsn("x").rpartition(":")[2].partition("/")[0])}
    listening = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if state == "0A":
                host, port = address.split(":")
                listening.setdefault(int(port, 16), set()).add(host)
    assert [listening[port] for port in ports] == [{"0100007F"}] * 2


def test_postgresql_asks_for_the_password_on_its_port(local, odoo_database):
    """Over TCP the random password opens the database, and another one does not."""
    script = "import psycopg2, sys; print(psycopg2.connect(sys.argv[1]).info.dbname)"
    python = local._details["python"]
    dsn = local.dsn(odoo_database.name)
    wrong = f"postgresql://odoo:wrong@{dsn.rpartition('@')[2]}"
    assert run([python, "-c", script, dsn], failure="login").strip() == odoo_database.name
    with pytest.raises(LocalOdooError, match="password authentication failed"):
        run([python, "-c", script, wrong], failure="login")


def test_files_are_private(local):
    """Passwords and logs are in files that only their owner reads."""
    folder = local.log_path.parent
    assert local.record_path.stat().st_mode & 0o777 == 0o600
    assert (folder / "odoo.conf").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert local.admin_password not in (folder / "odoo.conf").read_text()
    assert local.admin_password not in local.log_path.read_text()


def test_taken_port_is_named(local):
    """A port that is in use is an error that names it, and nothing is left behind."""
    before = {record.name for record in list_runs(Cache())}
    with pytest.raises(LocalOdooError, match=f"port {local.port} of 127.0.0.1 cannot be used"):
        LocalOdoo(port=local.port).start()
    assert {record.name for record in list_runs(Cache())} <= before


@pytest.mark.parametrize("started_in", ["main", "thread"])
def test_killed_run_is_cleaned_up(local, started_in):
    """After SIGKILL the servers end at once if the main thread started them, and with the rest at the next start."""
    with subprocess.Popen([sys.executable, "-c", KILLED_RUN, started_in], stdout=subprocess.PIPE, text=True) as victim:
        left = json.loads(victim.stdout.readline())
        assert all(map(is_alive, left["pids"]))
        victim.send_signal(signal.SIGKILL)
    if started_in == "main":
        assert wait_until(lambda: not any(map(is_alive, left["pids"])))
    assert Path(left["folder"]).exists()
    cache = Cache()
    with cache.lock(QuietProgress()):
        clean_up(cache)
    assert not any(map(is_alive, left["pids"]))
    assert not Path(left["folder"]).exists()
    assert left["name"] not in {record.name for record in list_runs(cache)}
    assert local.url  # The one that is in use was left alone.


def test_stopping_waits_for_nobody(monkeypatch):
    """With a connection open, on which Odoo would wait for a request, neither server takes time to finish its work."""
    logs = []

    def remove(folder, **options):
        logs.extend((Path(folder) / name).read_text() for name in ("odoo/odoo.log", "postgres/log"))
        shutil.rmtree(folder, **options)

    monkeypatch.setattr(runs, "shutil", SimpleNamespace(rmtree=remove))
    with LocalOdoo() as odoo, socket.create_connection(("127.0.0.1", odoo.port)):
        folder = odoo.log_path.parent.parent
        odoo.stop()
    assert "Initiating shutdown" not in logs[0]
    assert "immediate shutdown" in logs[1]
    assert not folder.exists()


def test_command_line_leaves_it_running(own_cache):
    """`up` starts it, `status` shows it, a second `up` reuses it, another port is refused, `down` removes it."""
    up = cli(own_cache, "odoo", "up")
    assert up.returncode == 0, up.stderr
    assert "Starting PostgreSQL and Odoo" in up.stderr
    try:
        running = LocalOdoo.attach("up", cache=own_cache)
        assert running.databases() == ["odoo"]
        assert f"url       {running.url}\n" in up.stdout
        assert running.admin_password not in up.stdout + up.stderr
        shown = cli(own_cache, "odoo", "status", "--show-password")
        assert shown.stdout == up.stdout + f"password  {running.admin_password}\n"
        assert cli(own_cache, "odoo", "up").stdout == up.stdout
        other = cli(own_cache, "odoo", "up", "--port", "1")
        assert (other.returncode, other.stdout) == (1, "")
        assert f"error: it runs already, on port {running.port}" in other.stderr
        with pytest.raises(LocalOdooError, match="runs already"):
            LocalOdoo(cache=own_cache).start(name="up")
    finally:
        assert cli(own_cache, "odoo", "down").returncode == 0
    assert cli(own_cache, "odoo", "status").returncode == 1
    assert not running.log_path.exists()
    assert "does not run" in cli(own_cache, "odoo", "down").stdout


def test_half_dead_instance_is_replaced(own_cache):
    """When one of the two servers has died, `down` stops the other one."""
    assert cli(own_cache, "odoo", "up").returncode == 0
    [record] = list_runs(own_cache)
    record.processes["odoo"].stop(signal.SIGKILL)
    assert cli(own_cache, "odoo", "status").returncode == 1
    assert cli(own_cache, "odoo", "down").returncode == 0
    assert not record.processes["postgres"].is_alive()


def test_damaged_template_is_made_again(own_cache):
    """A template that lost a file is noticed and replaced, and the new one works."""
    for template in own_cache.folder("template").iterdir():
        original = template.resolve()
        template.unlink()
        shutil.copytree(original, template)
        (template / "data" / "global" / "pg_control").unlink()
    with LocalOdoo(cache=own_cache) as odoo:
        database = odoo.create_database()
        assert database.login("admin", odoo.admin_password)


def test_damage_that_cannot_be_seen_says_what_to_do(own_cache):
    """When Odoo itself does not run, the error shows why and names the way out, which works."""

    def fill(folder: Path) -> None:
        script = folder / SCRIPT
        script.parent.mkdir(parents=True)
        script.write_text("raise SystemExit('broken on purpose')")

    for entry in own_cache.folder("odoo").iterdir():
        entry.unlink()
        broken = own_cache.build("odoo", entry.name, fill)
    started = cli(own_cache, "odoo", "up")
    assert started.returncode == 1
    assert "broken on purpose" in started.stderr
    assert "zenoo-security odoo reset" in started.stderr
    assert cli(own_cache, "odoo", "reset").returncode == 0
    assert not broken.exists()


def test_reset_spares_what_is_in_use(own_cache):
    """A reset is refused while another process uses the cache, and forced ends that."""
    with LocalOdoo(cache=own_cache) as odoo:
        refused = cli(own_cache, "odoo", "reset", "--keep-downloads")
        assert refused.returncode == 1
        assert f"process {os.getpid()}" in refused.stderr
        assert cli(own_cache, "odoo", "reset", "--keep-downloads", "--force").returncode == 0
        assert not odoo.log_path.exists()
    assert (own_cache.root / "odoo").exists()
    assert not (own_cache.root / "template").exists()


def test_older_keyring_takes_a_newer_one():
    """A keyring that knows the release but not the unstable suite is brought up to date by the release itself."""
    folder = find_keyring(Path("/")).parent
    known = next(folder.glob(f"debian-archive-{debian._codename()}-stable.*"), None)
    if known is None:
        pytest.skip("this release's own key is not installed by itself")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        root = Path(name) / "root"
        keyring = root / "usr/share/keyrings/debian-archive-keyring.gpg"
        keyring.parent.mkdir(parents=True)
        keyring.write_bytes(known.read_bytes())
        apt = PrivateApt(Path(name) / "apt", root=root)
        apt.update()
        assert apt._keyring != keyring
        assert apt.download(["fonts-ocr-b"])[0].exists()


def test_port_that_is_taken_meanwhile(monkeypatch, local):
    """When another program takes the free port first, another port is tried."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = postgres.free_port
        offered = iter([taken.getsockname()[1]])
        monkeypatch.setattr(server, "free_port", lambda: next(offered, None) or free())
        also_offered = iter([taken.getsockname()[1]])
        monkeypatch.setattr(postgres, "free_port", lambda: next(also_offered, None) or free())
        with LocalOdoo() as odoo:
            assert odoo.port != taken.getsockname()[1]
            assert odoo.databases() == []


def group_of(pid: int) -> list[int]:
    shown = subprocess.run(["pgrep", "--pgroup", str(pid)], capture_output=True, text=True, check=True)
    return [int(line) for line in shown.stdout.split()]


def test_workers_settings_and_addons(tmp_path):
    """With worker processes, settings and a folder of modules: they are used, and nothing of it is left at the end."""
    module = tmp_path / "of_a_test"
    module.mkdir()
    (module / "__init__.py").write_text("")
    (module / "__manifest__.py").write_text("{'name': 'Of a test', 'depends': ['base'], 'license': 'LGPL-3'}")
    settings = {"options": {"limit_time_real": 77}, "of_a_test": {"name": "100 %"}}
    with LocalOdoo(workers=2, addons=[tmp_path], settings=settings) as odoo:
        written = (odoo.log_path.parent / "odoo.conf").read_text()
        assert "limit_time_real = 77" in written
        assert "[of_a_test]\nname = 100 %" in written
        database = odoo.create_database()
        database.install("of_a_test", "zenoo_security")
        installed = [("name", "in", ["of_a_test", "zenoo_security"]), ("state", "=", "installed")]
        assert database.call("ir.module.module", "search_count", installed) == 2
        database.uninstall("of_a_test")
        assert database.call("ir.module.module", "search_count", installed) == 1
        with pytest.raises(LocalOdooError, match="does not find all of no_such_module"):
            database.install("no_such_module")
        pids = group_of(odoo._run.processes["odoo"].pid)
        assert len(pids) >= 4  # the parent, two workers, and the one that waits for events
    assert not any(map(is_alive, pids))
