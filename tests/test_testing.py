"""The local Odoo's parts, and what they say when something is missing."""

from __future__ import annotations

import errno
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from configparser import RawConfigParser
from pathlib import Path
from unittest.mock import Mock

import pytest

from zenoo_security import testing
from zenoo_security.errors import InsecureTransport, LocalOdooError, OdooRefused, OdooUnavailable
from zenoo_security.testing import commands, debian, installation, local, processes, rpc, runs, system
from zenoo_security.testing.cache import Cache
from zenoo_security.testing.database import ExternalOdoo, hash_as_odoo
from zenoo_security.testing.odoo_conf import OdooSettings
from zenoo_security.testing.postgres import PostgresServer
from zenoo_security.testing.progress import PlainProgress, QuietProgress

FOLDER = Path(testing.__file__).parent
QUIET = QuietProgress()


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def write_entry(folder: Path) -> None:
    (folder / "file").write_text("content")


# The cache.


def test_cache_builds_once(cache):
    """What is built is kept, and not built again."""
    built = []

    def fill(folder):
        built.append(folder)
        write_entry(folder)

    for _ in range(2):
        entry = cache.build("kind", "key", fill)
    assert len(built) == 1
    assert (entry / "file").read_text() == "content"
    assert cache.root.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: (entry / "file").unlink(),
        lambda entry: (entry / "file").write_text("cut"),
        lambda entry: (entry / "more").write_text("x"),
        lambda entry: (entry / ".zenoo-security.json").write_text("{"),
        lambda entry: (entry / ".zenoo-security.json").unlink(),
        shutil.rmtree,
    ],
)
def test_cache_replaces_what_is_damaged(cache, damage):
    """A file that is missing, cut short or too many is noticed, and the entry is built again."""
    damage(cache.build("kind", "key", write_entry))
    assert cache.newest("kind") is None
    entry = cache.build("kind", "key", write_entry)
    assert [path.name for path in entry.iterdir() if path.name[0] != "."] == ["file"]
    assert cache.newest("kind") == entry


def test_cache_ignores_compiled_python(cache):
    """What Python compiles into an entry does not make it a damaged one."""
    entry = cache.build("kind", "key", write_entry)
    (entry / "__pycache__").mkdir()
    (entry / "__pycache__" / "x.pyc").write_text("x")
    assert cache.newest("kind") == entry


def test_cache_keeps_nothing_half_built(cache):
    """A build that fails leaves no entry, and what a killed one left is removed by the next."""

    def fail(folder):
        write_entry(folder)
        raise LocalOdooError("failed")

    with pytest.raises(LocalOdooError, match="failed"):
        cache.build("kind", "key", fail)
    (cache.folder("unfinished") / "left by a killed run").mkdir()
    cache.build("other", "key", write_entry)
    assert list(cache.folder("kind").iterdir()) == list(cache.folder("unfinished").iterdir()) == []


def test_cache_is_locked_against_other_processes(cache):
    """While one process holds the lock another waits, says so, and goes on when the holder is killed."""
    hold = (
        "import sys, time; from pathlib import Path; from zenoo_security.testing.cache import Cache;"
        "from zenoo_security.testing.progress import QuietProgress\n"
        "with Cache(Path(sys.argv[1])).lock(QuietProgress()): print('held', flush=True); time.sleep(60)"
    )
    said = []

    class Recorder(QuietProgress):
        def step(self, text):
            said.append(text)
            holder.kill()
            return super().step(text)

    with subprocess.Popen([sys.executable, "-c", hold, cache.root], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with cache.lock(Recorder()):
            assert said == ["Waiting for another process that fills the cache"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"ZENOO_SECURITY_CACHE": "/named", "XDG_CACHE_HOME": "/xdg", "HOME": "/home"}, "/named"),
        ({"XDG_CACHE_HOME": "/xdg", "HOME": "/home"}, "/xdg/zenoo-security"),
        ({"HOME": "/home"}, "/home/.cache/zenoo-security"),
    ],
)
def test_cache_is_where_the_environment_says(monkeypatch, environment, expected):
    """The cache's own variable comes before the desktop's, and that before the home folder."""
    for name in ("ZENOO_SECURITY_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Cache().root == Path(expected)


@pytest.mark.parametrize("named", ["", "~nobody-of-this-name/cache"])
def test_home_folder_that_is_not_there_is_named(monkeypatch, named):
    """A container's user may have none."""
    monkeypatch.setenv("ZENOO_SECURITY_CACHE", named)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", Mock(side_effect=RuntimeError))
    with pytest.raises(LocalOdooError, match="ZENOO_SECURITY_CACHE"):
        Cache()


# What is missing.


def test_disk_too_small_is_named(monkeypatch, tmp_path):
    """Too little room is an error before any work, with both figures and the way out."""
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(0, 0, 5 * 2**20))
    with pytest.raises(LocalOdooError, match=r"has 5 MiB free and 300 MiB are needed: make room, or name another disk"):
        commands.require_space(tmp_path, 300)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_disk_that_refuses_is_named(cache, code):
    """A disk that fills up or is read-only is an error that names the folder and the way out."""

    def fill(folder):
        raise OSError(code, os.strerror(code))

    with pytest.raises(LocalOdooError, match="ZENOO_SECURITY_CACHE"):
        cache.build("kind", "key", fill)


def test_cache_that_is_a_file_is_named(tmp_path):
    """A cache that cannot be a folder is an error of ours."""
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalOdooError, match="cannot be written"):
        Cache(tmp_path / "file").folder("kind")


def test_files_that_cannot_be_copied_give_one_reason(tmp_path):
    """Of all that `copytree` gathers, one reason is told, and no list of files."""
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "broken").symlink_to("nothing")
    with (
        pytest.raises(LocalOdooError, match=r"cannot be written \(\[Errno 2\] .*\): make room"),
        commands.disk_errors(tmp_path),
    ):
        shutil.copytree(tmp_path / "from", tmp_path / "to")


@pytest.mark.parametrize("name", ["missing", "file"])
def test_folder_for_databases_that_cannot_be_used_is_named(cache, tmp_path, monkeypatch, name):
    """A TMPDIR that is missing, or no folder, is an error of ours that names it."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TMPDIR", str(tmp_path / name))
    with pytest.raises(LocalOdooError, match=f"{name} cannot be written .*TMPDIR"):
        runs.Run.create(cache)


def test_failed_program_shows_its_last_words(tmp_path):
    """The error has what was attempted and the end of what the program said, and no more."""
    script = "import sys; [print(f'line {n}', file=sys.stderr) for n in range(100)]; sys.exit(3)"
    with pytest.raises(LocalOdooError) as failed:
        commands.run([sys.executable, "-c", script], failure="It did not work: do that.")
    lines = str(failed.value).splitlines()
    assert lines[0] == "It did not work: do that."
    assert lines[-1] == "  | line 99"
    assert len(lines) == 13
    with pytest.raises(LocalOdooError, match="no-such-program is not installed"):
        commands.run(["no-such-program"], failure="It did not work.")
    with pytest.raises(LocalOdooError, match=r"It did not work. \(/: Permission denied\)"):
        commands.run(["/"], failure="It did not work.")


@pytest.fixture
def apt_settings(monkeypatch):
    """Settings that the machine's apt reads last, as an administrator's would be."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)

        def write(text: str) -> Path:
            (Path(folder) / "apt.conf").write_text(text)
            monkeypatch.setenv("APT_CONFIG", f"{folder}/apt.conf")
            return Path(folder)

        yield write


needs_apt = pytest.mark.skipif(not shutil.which("apt-get"), reason="only Debian has apt")


@needs_apt
def test_no_network_says_what_to_do(apt_settings):
    """When the mirror cannot be reached, the error shows apt's words and says what to do."""
    folder = apt_settings('Acquire::http::Proxy "http://127.0.0.1:9"; Acquire::https::Proxy "http://127.0.0.1:9";')
    with pytest.raises(LocalOdooError, match="Is there a network, and does `apt-get update` work"):
        debian.PrivateApt(folder / "apt").update()


@needs_apt
def test_no_mirror_says_what_to_do(apt_settings):
    """A machine whose apt has no Debian release in it is told that, and what else works."""
    apt_settings('Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";')
    with pytest.raises(LocalOdooError, match="--odoo-url"):
        debian.find_mirrors()


@needs_apt
def test_mirror_is_the_machines_own(apt_settings, tmp_path):
    """The mirror is taken from apt's sources, and also before apt has downloaded any list."""
    sources = tmp_path / "sources"
    sources.write_text(f"deb [trusted=no] http://mirror.invalid/debian {debian._codename()} main\n")
    apt_settings(
        f'Dir::Etc::sourcelist "{sources}"; Dir::Etc::sourceparts "/dev/null"; Dir::State::lists "{tmp_path}";'
    )
    assert debian.find_mirrors() == ["http://mirror.invalid/debian"]


def test_missing_keyring_names_its_package(tmp_path):
    """Without the archive keyring nothing is fetched, and its package is named."""
    with pytest.raises(LocalOdooError, match="apt-get install debian-archive-keyring"):
        debian.PrivateApt(tmp_path, root=tmp_path)


@needs_apt
def test_unsigned_lists_are_never_accepted(apt_settings, tmp_path):
    """A mirror whose lists no key of Debian's has signed is refused."""
    release = tmp_path / "mirror" / "dists" / "unstable"
    release.mkdir(parents=True)
    (release / "Release").write_text("Suite: unstable\nCodename: sid\nComponents: main\nArchitectures: amd64\n")
    sources = tmp_path / "sources"
    sources.write_text(f"deb file://{tmp_path}/mirror {debian._codename()} main\n")
    folder = apt_settings(f'Dir::Etc::sourcelist "{sources}"; Dir::Etc::sourceparts "/dev/null";')
    shutil.copytree(tmp_path / "mirror", folder / "mirror")
    sources.write_text(f"deb file://{folder}/mirror {debian._codename()} main\n")
    with pytest.raises(LocalOdooError, match="Debian's mirror did not deliver"):
        debian.PrivateApt(folder / "apt").update()


@pytest.fixture
def without_postgresql(monkeypatch, tmp_path):
    """A machine that has apt and no PostgreSQL. What `apt-get` and `sudo` would do is up to the test."""
    monkeypatch.setattr(system, "_DEBIAN_FOLDERS", tmp_path / "postgresql")
    monkeypatch.setattr(system, "_CLUSTER_SETTINGS", tmp_path / "createcluster.conf")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    for program in ("env", "install"):
        (tmp_path / "bin" / program).symlink_to(f"/usr/bin/{program}")
    return tmp_path


def write_program(folder: Path, name: str, text: str) -> None:
    program = folder / "bin" / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)


@pytest.mark.parametrize("sudo", [None, "echo 'a password is required' >&2; exit 1"])
def test_missing_postgresql_names_package_and_command(without_postgresql, monkeypatch, sudo):
    """Without PostgreSQL and without rights the package and the command are named."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    write_program(without_postgresql, "apt-get", "exit 0")
    if sudo:
        write_program(without_postgresql, "sudo", sudo)
    with pytest.raises(LocalOdooError, match="apt-get install --no-install-recommends postgresql"):
        system.ensure_postgresql(QUIET)


def test_postgresql_is_installed_where_we_may(without_postgresql, monkeypatch):
    """As root, apt installs the package, told before not to start a server of its own."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    programs = without_postgresql / "postgresql" / "17" / "bin"
    write_program(
        without_postgresql,
        "apt-get",
        f"""echo "$@" >> {without_postgresql}/calls
        case "$*" in *install*)
            /bin/mkdir -p {programs}
            for name in initdb postgres; do
                echo '#!/bin/sh' > {programs}/$name
                echo 'echo "postgres (PostgreSQL) 17.1 (Debian 17.1-1)"' >> {programs}/$name
                /bin/chmod +x {programs}/$name
            done
        esac""",
    )
    assert system.ensure_postgresql(QUIET) == programs
    assert (without_postgresql / "calls").read_text().splitlines() == [
        "-q -y update",
        "-q -y install --no-install-recommends postgresql",
    ]
    assert "create_main_cluster = false" in (without_postgresql / "createcluster.conf").read_text()


def test_missing_redis_names_package_and_command(without_postgresql, monkeypatch):
    """Without Redis and without rights the package and the command are named."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LocalOdooError, match="apt-get install --no-install-recommends redis-tools"):
        system.ensure_redis(QUIET)


def test_redis_is_installed_without_its_service(without_postgresql, monkeypatch):
    """As root, apt installs the package that has the program and starts no server."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program = without_postgresql / "bin" / "redis-check-rdb"
    write_program(
        without_postgresql,
        "apt-get",
        f"""echo "$@" >> {without_postgresql}/calls
        case "$*" in *install*) echo '#!/bin/sh' > {program}; /bin/chmod +x {program};; esac""",
    )
    assert system.ensure_redis(QUIET) == program
    assert (without_postgresql / "calls").read_text().splitlines() == [
        "-q -y update",
        "-q -y install --no-install-recommends redis-tools",
    ]


@pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
def test_a_redis_or_a_valkey_that_is_there_is_used(without_postgresql, name):
    """Nothing is installed where either of them is."""
    write_program(without_postgresql, name, "exit 0")
    assert system.ensure_redis(QUIET) == without_postgresql / "bin" / name


def test_failed_installation_shows_why(without_postgresql, monkeypatch):
    """When apt cannot install PostgreSQL, its own words are shown."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    write_program(without_postgresql, "apt-get", "echo 'E: Unable to locate package' >&2; exit 100")
    with pytest.raises(LocalOdooError, match=r"could not be installed(.|\n)*Unable to locate package"):
        system.ensure_postgresql(QUIET)


def test_old_postgresql_does_not_count(without_postgresql):
    """A PostgreSQL that Odoo 19 does not support is passed over."""
    for version in (9, 12):
        programs = without_postgresql / "postgresql" / str(version) / "bin"
        programs.mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (programs / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}.1'\n")
            (programs / name).chmod(0o755)
    assert system.find_postgresql() is None


def test_unsupported_python_is_named(monkeypatch, tmp_path):
    """A Python that Odoo does not support is replaced by one on the PATH, or the error lists what would do."""
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LocalOdooError, match=r"put one of python3\.13"):
        installation.find_python()
    (tmp_path / "python3.12").symlink_to(sys.executable)
    assert installation.find_python() == tmp_path / "python3.12"


def test_no_package_index_says_what_to_do(monkeypatch, cache):
    """When pip cannot reach an index, the error says so and nothing half installed stays."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    tree = cache.build("odoo", "19.0", write_entry)
    with pytest.raises(LocalOdooError, match="does pip reach its index"):
        installation.install_odoo(cache, QUIET)
    assert cache.newest("python") is None
    assert cache.newest("odoo") == tree


def write_interpreter(folder: Path, cases: str) -> Path:
    """A Python that fails as Debian's does without its additional packages."""
    program = folder / "python3"
    program.write_text(f'#!/bin/sh\ncase "$*" in {cases} esac\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    return program


def test_python_without_ensurepip_uses_its_own_pip(tmp_path):
    """On a Debian without python3-venv, the pip of the interpreter installs into the environment."""
    interpreter = write_interpreter(tmp_path, '*--without-pip*) ;; *"-m venv"*) exit 1;;')
    pip = installation._make_environment(interpreter, tmp_path / "venv")
    assert pip[0] == interpreter
    where = commands.run([*pip, "inspect", "--local"], failure="pip")
    assert json.loads(where)["installed"] == []
    assert not (tmp_path / "venv" / "bin" / "pip").exists()


def test_python_without_any_pip_names_the_package(tmp_path):
    """With neither ensurepip nor pip the package to install is named."""
    interpreter = write_interpreter(tmp_path, '*--without-pip*) ;; *"-m venv"*|*"-m pip"*) exit 1;;')
    with pytest.raises(LocalOdooError, match="apt-get install python3-venv"):
        installation._make_environment(interpreter, tmp_path / "venv")


# The list of Odoo's Python packages.


def test_lock_pins_every_package_by_hash():
    """Each package that Odoo needs is pinned, each pin has hashes, and no host is named."""
    text = (FOLDER / "odoo-19.lock").read_text()
    pins = re.split(r"(?m)^(?=\w)", text)[1:]
    assert all(" \\\n    --hash=sha256:" in pin for pin in pins)
    pinned = {pin.partition("==")[0] for pin in pins}
    names = re.findall(r"(?m)^\w.*$", (FOLDER / "odoo-19.in").read_text())
    assert names
    assert {name.replace("_", "-") for name in names} <= pinned
    assert "://" not in text


# Processes and runs.


def test_other_process_with_the_same_id_is_left_alone():
    """A process id that was given to another program is not signalled."""
    with subprocess.Popen(["sleep", "60"]) as other:
        stale = processes.Process(other.pid, 1)
        assert not stale.is_alive()
        stale.stop(signal.SIGKILL)
        assert other.poll() is None
        other.kill()


def test_process_that_ignores_its_signal_is_killed(tmp_path):
    """SIGKILL follows when the polite signal does nothing."""
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    )
    process = processes.spawn([sys.executable, "-c", script], log=tmp_path / "log", env={}, cwd=tmp_path)
    while "ready" not in processes.tail(tmp_path / "log"):
        assert process.is_alive()
    process.stop(signal.SIGTERM, timeout_s=0.1)
    assert not process.is_alive()


@pytest.mark.usefixtures("many_open_files")
def test_process_is_stopped_by_a_program_with_many_open_files(tmp_path):
    """Its end is waited for, not timed out."""
    process = processes.spawn(["sleep", "60"], log=tmp_path / "log", env={"PATH": os.defpath}, cwd=tmp_path)
    process.stop(signal.SIGTERM)
    assert not process.is_alive()


def test_program_that_is_not_there_is_named(tmp_path):
    """A server that cannot be started is an error of ours."""
    with pytest.raises(LocalOdooError, match="no-such-program could not be started"):
        processes.spawn(["no-such-program"], log=tmp_path / "log", env={}, cwd=tmp_path)


@pytest.fixture
def record(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return runs.Run.create(cache)


def test_clean_up_ends_what_nobody_uses(cache, record):
    """A run whose owner is gone is removed with its folder; one in use, and one of another machine, stay."""
    dead = runs.Run.create(cache)
    elsewhere = runs.Run.create(cache)
    dead.owner = elsewhere.owner = processes.Process(1, 1)
    elsewhere.host = "another/pid:[1]"
    dead.save(cache)
    elsewhere.save(cache)
    (cache.folder("runs") / "unreadable.json").write_text("{")
    runs.clean_up(cache)
    assert {run.name for run in runs.list_runs(cache)} == {record.name, elsewhere.name}
    assert not dead.folder.exists()
    assert record.folder.exists()


def test_record_is_private_and_comes_back(cache, record):
    """What was recorded is read back equal, from a file that only its owner reads."""
    record.processes["odoo"] = processes.Process(1, 2)
    record.details["admin_password"] = "secret"
    record.save(cache)
    assert runs.list_runs(cache) == [record]
    assert record.path(cache).stat().st_mode & 0o777 == 0o600


def test_odoo_that_does_not_run_says_so(cache):
    """What needs a running Odoo is an error of ours before it runs."""
    odoo = local.LocalOdoo(cache=cache)
    odoo.stop()
    with pytest.raises(LocalOdooError, match=r"call start\(\)"):
        _ = odoo.url
    assert local.LocalOdoo.attach("up", cache=cache) is None


def test_half_an_address_is_no_bad_attach(cache, record):
    """A record of a run that is still being started is not one to attach to."""
    assert local.LocalOdoo.attach(record.name, cache=cache) is None


# Talking to Odoo.


@pytest.mark.parametrize("url", ["http://erp.example.com", "http://192.0.2.7:8069", "http://0.0.0.0:8069", "erp.test"])
def test_an_address_that_would_give_the_password_away_is_refused(url):
    """Plain http to another machine is refused when the address is named, before anything is sent."""
    with pytest.raises(InsecureTransport, match="https://"):
        ExternalOdoo(url, "odoo", "admin", "password")


def test_the_address_of_somebody_elses_odoo_is_this_machine_or_https():
    """Plain http is for this machine; other machines have https."""
    urls = ["http://127.0.0.1:8069/", "http://[::1]:8069", "https://erp.example.com"]
    assert [ExternalOdoo(url, "odoo", "admin", "password").url for url in urls] == [
        "http://127.0.0.1:8069",
        "http://[::1]:8069",
        "https://erp.example.com:443",
    ]


@pytest.fixture
def answering():
    """A server that gives one answer to everything."""
    answer = {"status": 200, "body": b""}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(answer["status"])
            self.end_headers()
            self.wfile.write(answer["body"])

        do_GET = do_POST  # noqa: N815 - the name that http.server looks for

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        answer["url"] = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield answer
        server.shutdown()


@pytest.mark.parametrize(("status", "body"), [(500, b"{}"), (200, b"<html>"), (200, b"\xff"), (200, b"")])
def test_what_is_no_odoo_is_unavailable(answering, status, body):
    """An error page, HTML and an empty answer are all an Odoo that is not available."""
    answering |= {"status": status, "body": body}
    with pytest.raises(OdooUnavailable, match="does not answer as an Odoo does"):
        rpc.call(answering["url"], "common", "version")
    assert not rpc.is_answering(answering["url"])


def test_error_of_odoo_keeps_its_class_and_no_traceback(answering):
    """What Odoo refuses is an error with its message and class, without the traceback that it sent."""
    answering["body"] = (
        b'{"error": {"data": {"name": "odoo.exceptions.AccessError", "message": "no", "debug": "Traceback"}}}'
    )
    with pytest.raises(OdooRefused) as refused:
        rpc.call(answering["url"], "object", "execute_kw")
    assert (str(refused.value), refused.value.odoo_type) == ("no", "odoo.exceptions.AccessError")


def test_closed_port_is_unavailable():
    """An Odoo that is down is not available."""
    with pytest.raises(OdooUnavailable):
        rpc.call("http://127.0.0.1:9", "common", "version")


@pytest.mark.parametrize(
    ("chosen", "loaded"),
    [
        ({}, "base,rpc,web"),
        ({"server_wide_modules": "base,web,zenoo_security"}, "base,web,zenoo_security"),
        ({"server_wide_modules": "base,"}, "base"),
        ({"server_wide_modules": ""}, "base,rpc,web"),
        ({"server_wide_modules": " , "}, "base,rpc,web"),
        ({"server_wide_modules": None}, "base,rpc,web"),
    ],
)
def test_modules_of_the_server_are_those_that_were_chosen_and_ours(tmp_path, chosen, loaded):
    postgres = PostgresServer(tmp_path, 5432, "secret", processes.Process.current(), Path(sys.executable))
    written = RawConfigParser()
    written.read(OdooSettings(sections={"options": chosen}).write(tmp_path, postgres, port=8069))
    assert written["options"]["server_wide_modules"] == f"{loaded},zenoo_cheap_hashes"


@pytest.mark.filterwarnings("ignore:'crypt' is deprecated")
def test_hash_is_one_that_odoo_verifies():
    """passlib, which Odoo verifies with, accepts the hash for its password and for no other."""
    from passlib.hash import pbkdf2_sha512

    stored = hash_as_odoo("pässword")
    assert pbkdf2_sha512.verify("pässword", stored)
    assert not pbkdf2_sha512.verify("password", stored)
    assert stored != hash_as_odoo("pässword")


# What the user sees.


def cli(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zenoo_security.cli", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_command_line_shows_its_version():
    """`--version` is that of the package."""
    import zenoo_security

    assert cli("--version").stdout == f"{zenoo_security.__version__}\n"


def test_command_line_ends_with_one_line_and_status_1(tmp_path):
    """An error is one message on the standard error, exit code 1, and no traceback."""
    file = tmp_path / "file"
    file.write_text("")
    for failed in (
        cli("odoo", "up", ZENOO_SECURITY_CACHE=str(file)),
        cli("demo", "--folder", str(file)),
        cli("demo", "--folder", str(tmp_path), "--url", "no address", ODOO_PASSWORD="x"),
    ):
        assert (failed.returncode, failed.stdout) == (1, "")
        assert failed.stderr.startswith("error: ")
        assert failed.stderr.count("\n") == 1


def test_progress_is_plain_where_there_is_no_terminal(capsys):
    """Each step is a line when it starts and one with its seconds when it ends, or that it failed."""
    progress = PlainProgress(sys.stderr)
    with progress.step("First"):
        pass
    with pytest.raises(LocalOdooError), progress.step("Second"):
        raise LocalOdooError("failed")
    lines = capsys.readouterr().err.splitlines()
    assert [lines[0], lines[2]] == ["First ...", "Second ..."]
    assert re.fullmatch(r"First: \d+\.\d s", lines[1])
    assert re.fullmatch(r"Second: failed after \d+\.\d s", lines[3])


@pytest.mark.parametrize(("no_color", "colored"), [("", True), ("1", False)])
def test_progress_honors_no_color(monkeypatch, no_color, colored):
    """In a terminal steps are drawn, in color unless NO_COLOR is set."""
    import io

    from rich.console import Console

    from zenoo_security.cli.progress import TerminalProgress

    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    stream = io.StringIO()
    with TerminalProgress(Console(file=stream, force_terminal=True)).step("A step"):
        pass
    assert "A step" in stream.getvalue()
    assert ("\x1b[32m" in stream.getvalue()) is colored


def test_names_are_exported():
    """Every public name can be imported, and no other."""
    assert all(getattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError):
        _ = testing.no_such_name
