"""`zenoo-security keys`: what each command makes, shows and refuses, in process and as a program."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from mfa_users import PRINCIPAL, enrolled, manager_with
from zenoo_security import KeyRing, keyring
from zenoo_security.cli import app
from zenoo_security.cli.keys import showing
from zenoo_security.clock import FakeClock
from zenoo_security.errors import KeyInUse, KeyRingError, SecurityError
from zenoo_security.keyring import KeyEncryptionKey
from zenoo_security.keys import MAX_AGE_DAYS
from zenoo_security.sessions import Sessions
from zenoo_security.stores import open_store

NOW = 1_700_000_010.0
COMMAND = [sys.executable, "-m", "zenoo_security.cli", "keys"]
WRITING = ("add", "promote", "retire")


class Result(NamedTuple):
    """What came of a command that was run in this process."""

    code: int
    out: str
    err: str
    error: BaseException | None

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("ZENOO_SECURITY_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def path(tmp_path):
    """A ring of one key in its file."""
    path = tmp_path / "keys.json"
    keyring.save(KeyRing.generate(), path)
    return path


@pytest.fixture
def kek_file(tmp_path):
    kek_file = tmp_path / "kek"
    KeyEncryptionKey.generate().save(kek_file)
    return kek_file


def keys(*arguments, **options):
    """Run a command in this process."""
    ran = CliRunner().invoke(app, ["keys", *map(str, arguments)], **options)
    error = None if isinstance(ran.exception, SystemExit) else ran.exception
    if error is not None and not isinstance(error, SecurityError):
        raise error
    return Result(ran.exit_code, ran.stdout, ran.stderr, error)


def program(*arguments, **options):
    """Run a command as users do."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60, **options
    )


def secrets_of(ring):
    document = json.loads(ring.to_json())
    return [key["key"] for key in document["keys"]] + [document["index_key"]]


def snapshot(folder):
    """The content of every file, but for the lock."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.endswith(".lock")}


class TestNew:
    @pytest.mark.asvs("v5.0.0-13.3.1", "v5.0.0-13.3.2")
    def test_the_file_is_private_whatever_the_umask(self, tmp_path):
        path = tmp_path / "keys.json"
        before = os.umask(0)
        try:
            made = keys("create", path)
        finally:
            os.umask(before)
        assert made.code == 0
        assert path.stat().st_mode & 0o777 == 0o600
        assert keyring.load(path).states == {1: "primary"}
        assert f"ZENOO_SECURITY_KEY_RING_FILE={path}" in made.out

    @pytest.mark.parametrize("dry", [["--dry-run"], []])
    def test_a_file_that_exists_is_refused_also_where_a_link_leads_nowhere(self, path, dry):
        before = path.read_bytes()
        link = path.with_name("link")
        link.symlink_to(path.with_name("nowhere"))
        for target in (path, link):
            assert "exists and is not replaced" in str(keys("create", target, *dry).error)
        assert path.read_bytes() == before

    def test_a_folder_that_is_missing_is_refused(self, tmp_path):
        assert "folder is missing" in str(keys("create", tmp_path / "a" / "b").error)

    def test_a_dry_run_makes_nothing(self, tmp_path):
        assert "would hold" in keys("create", tmp_path / "k", "--wrap", tmp_path / "kek", "--new-kek", "--dry-run").out
        assert not snapshot(tmp_path)

    @pytest.mark.asvs("v5.0.0-13.3.1")
    def test_a_wrapped_ring_and_its_kek_are_made_together(self, tmp_path):
        path, kek_file = tmp_path / "keys.json", tmp_path / "kek"
        made = keys("create", path, "--wrap", kek_file, "--new-kek")
        assert f"ZENOO_SECURITY_KEY_RING_KEK_FILE={kek_file}" in made.out
        assert kek_file.stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
        assert keyring.load(path, kek=KeyEncryptionKey.from_file(kek_file)).primary_id == 1
        with pytest.raises(KeyRingError):
            keyring.load(path)

    def test_a_kek_that_exists_is_used_and_one_that_does_not_is_made_only_when_asked(self, tmp_path, kek_file):
        before = kek_file.read_bytes()
        assert "--new-kek makes" in str(keys("create", tmp_path / "a", "--wrap", tmp_path / "none").error)
        assert "exists and is not replaced" in str(
            keys("create", tmp_path / "b", "--wrap", kek_file, "--new-kek").error
        )
        assert keys("create", tmp_path / "c", "--wrap", kek_file).code == 0
        assert "give both" in str(keys("create", tmp_path / "d", "--new-kek").error)
        assert kek_file.read_bytes() == before
        assert sorted(snapshot(tmp_path)) == ["c", "kek"]


class TestList:
    def test_ids_states_days_and_check_values_are_shown(self, path):
        keyring.save(KeyRing.generate(created="2020-01-01").rotate(), path, overwrite=True)
        shown = keys("list", "--key-ring", path)
        assert re.search(r"^ +1  decrypt-only  2020-01-01 +\d{4}  [0-9a-f]{16}$", shown.out, re.MULTILINE)
        assert re.search(r"^ +2  primary ", shown.out, re.MULTILINE)
        assert shown.err.startswith("warning: key 1: values of it should be encrypted anew")
        document = keys("list", "--key-ring", path, "--format", "json").json
        assert [key["state"] for key in document["keys"]] == ["decrypt-only", "primary"]
        assert [key["warned"] for key in document["keys"]] == ["old", ""]
        assert document["keys"][0]["check_value"] in shown.out

    def test_the_limit_of_the_commands_is_that_of_the_package(self):
        assert showing._MAX_AGE_DAYS == MAX_AGE_DAYS

    def test_a_primary_key_that_is_too_old_is_warned_of_by_the_limit_given(self, path):
        keyring.save(KeyRing.generate(created="2025-01-01"), path, overwrite=True)
        assert "longer than 30 days" in keys("list", "--key-ring", path, "--max-age-days", 30).err
        assert keys("list", "--key-ring", path, "--max-age-days", 36_500).err == ""

    @pytest.mark.parametrize("kind", ["file", "wrapped file", "document", "command"])
    def test_the_ring_is_that_of_the_environment(self, path, kek_file, monkeypatch, kind):
        ring = keyring.load(path).rotate()
        if kind == "wrapped file":
            keyring.save(ring, path, overwrite=True, kek=KeyEncryptionKey.from_file(kek_file))
            monkeypatch.setenv("ZENOO_SECURITY_KEY_RING_KEK_FILE", str(kek_file))
        else:
            keyring.save(ring, path, overwrite=True)
        variable, value = {
            "document": ("ZENOO_SECURITY_KEY_RING", ring.to_json()),
            "command": ("ZENOO_SECURITY_KEY_RING_COMMAND", f"cat {path}"),
        }.get(kind, ("ZENOO_SECURITY_KEY_RING_FILE", str(path)))
        monkeypatch.setenv(variable, value)
        assert [key["id"] for key in keys("list", "--format", "json").json["keys"]] == [1, 2]

    def test_option_and_environment_are_not_mixed(self, path, kek_file, monkeypatch):
        """A ring of the option that is plain opens, whatever the environment has for its own."""
        monkeypatch.setenv("ZENOO_SECURITY_KEY_RING_KEK_FILE", str(kek_file))
        assert keys("list", "--key-ring", path).code == 0
        assert "give both" in str(keys("list", "--kek", kek_file).error)

    def test_without_a_ring_it_says_what_to_set(self):
        assert "set ZENOO_SECURITY_KEY_RING_FILE" in str(keys("list").error)


class TestChanges:
    @pytest.mark.asvs("v5.0.0-11.2.2")
    def test_a_key_is_added_promoted_and_retired(self, path):
        added = keys("add", "--key-ring", path)
        assert "then: zenoo-security keys promote 2" in added.out
        assert keyring.load(path).states == {1: "primary", 2: "decrypt-only"}
        promoted = keys("promote", 2, "--key-ring", path)
        assert "zenoo-security fields rotate, zenoo-security keys reseal" in promoted.out
        assert keyring.load(path).states == {1: "decrypt-only", 2: "primary"}
        retired = keys("retire", 1, "--key-ring", path, "--no-odoo", "--no-store")
        assert "Key 1 is retired" in retired.out
        assert keyring.load(path).states == {1: "retired", 2: "primary"}

    def test_the_file_as_it_was_is_kept_and_named(self, path):
        before = path.read_bytes()
        document = keys("add", "--key-ring", path, "--format", "json").json
        assert (document["key"], document["states"]) == (2, {"1": "primary", "2": "decrypt-only"})
        backup = Path(document["backup"])
        assert backup.read_bytes() == before
        assert backup.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("command", [["add"], ["promote", "2"], ["retire", "2", "--no-odoo", "--no-store"]])
    def test_a_dry_run_says_what_would_be_and_changes_no_file(self, path, command):
        keyring.save(KeyRing.generate().add(), path, overwrite=True)
        before = snapshot(path.parent)
        document = keys(*command, "--key-ring", path, "--dry-run", "--format", "json").json
        assert (document["dry_run"], document["backup"]) == (True, None)
        assert document["key"] == (3 if command == ["add"] else 2)
        assert "would" in keys(*command, "--key-ring", path, "--dry-run").out
        assert snapshot(path.parent) == before

    @pytest.mark.parametrize(
        ("command", "says"),
        [
            (["promote", "9"], "no key of this id"),
            (["retire", "9", "--no-odoo", "--no-store"], "no key of this id"),
            (["retire", "1", "--no-odoo", "--no-store"], "the primary key cannot be retired"),
        ],
    )
    def test_what_cannot_be_is_refused_and_leaves_no_copy(self, path, command, says):
        before = snapshot(path.parent)
        refused = keys(*command, "--key-ring", path)
        assert refused.code == 1
        assert says in str(refused.error)
        assert snapshot(path.parent) == before

    def test_a_wrapped_ring_is_changed_under_its_kek(self, path, kek_file):
        kek = KeyEncryptionKey.from_file(kek_file)
        keyring.save(KeyRing.generate(), path, overwrite=True, kek=kek)
        assert keys("add", "--key-ring", path, "--kek", kek_file).code == 0
        assert len(keyring.load(path, kek=kek).states) == 2
        assert "wrapped" in str(keys("add", "--key-ring", path).error)

    @pytest.mark.parametrize("command", [["add"], ["promote", "1"], ["retire", "1", "--no-odoo", "--no-store"]])
    def test_the_ring_of_a_command_is_changed_where_it_comes_from(self, path, monkeypatch, command):
        keyring.save(KeyRing.generate().rotate(), path, overwrite=True)
        monkeypatch.setenv("ZENOO_SECURITY_KEY_RING_COMMAND", f"cat {path}")
        before = path.read_bytes()
        refused = str(keys(*command).error)
        assert "only in a file" in refused
        assert "keys export FILE" in refused
        assert path.read_bytes() == before

    def test_contradicting_variables_change_nothing(self, path, monkeypatch):
        monkeypatch.setenv("ZENOO_SECURITY_KEY_RING_FILE", str(path))
        monkeypatch.setenv("ZENOO_SECURITY_KEY_RING", KeyRing.generate().to_json())
        before = snapshot(path.parent)
        assert "keep one" in str(keys("add").error)
        assert snapshot(path.parent) == before


def filled(url, ring):
    """A store with a second factor of user 7, and a session."""

    async def fill():
        store = open_store(url)
        clock = FakeClock(now=NOW)
        await enrolled(manager_with(store, ring, clock), clock)
        await Sessions(store, ring).start(PRINCIPAL, "password of alice")
        await store.aclose()

    asyncio.run(fill())


def factors(url, ring):
    async def read():
        store = open_store(url)
        try:
            return await manager_with(store, ring, FakeClock(now=NOW)).factors("shop", 7)
        finally:
            await store.aclose()

    return asyncio.run(read())


class TestRetire:
    @pytest.fixture
    def url(self, tmp_path, path):
        """A store that was filled with key 1; key 2 is the primary one by now."""
        url, ring = f"sqlite:///{tmp_path}/state.db", keyring.load(path)
        filled(url, ring)
        keyring.save(ring.rotate(), path, overwrite=True)
        return url

    @pytest.mark.parametrize(
        ("given", "missing"),
        [
            ([], ["--fields", "--store"]),
            (["--no-odoo"], ["--store"]),
            (["--no-store"], ["--fields"]),
        ],
    )
    def test_what_was_not_counted_keeps_the_key(self, path, given, missing):
        keyring.save(KeyRing.generate().rotate(), path, overwrite=True)
        before = snapshot(path.parent)
        refused = keys("retire", 1, "--key-ring", path, *given)
        assert refused.code == 1
        assert all(each in str(refused.error) for each in missing)
        assert str(refused.error).count("; or --no-") == len(missing)
        assert keys("retire", 1, "--key-ring", path, *given, "--format", "json").json["not_counted"]
        assert snapshot(path.parent) == before

    @pytest.mark.asvs("v5.0.0-11.2.2")
    def test_a_key_that_sealed_something_is_refused_with_the_count(self, path, url):
        refused = keys("retire", 1, "--key-ring", path, "--no-odoo", "--store", url)
        assert isinstance(refused.error, KeyInUse)
        assert refused.error.count == 2
        assert "second factors 1" in str(refused.error)
        assert "sessions 1" in str(refused.error)
        assert "keys reseal" in str(refused.error)
        assert keyring.load(path).states[1] == "decrypt-only"
        counted = keys("retire", 1, "--key-ring", path, "--no-odoo", "--store", url, "--format", "json").json["uses"]
        assert {use["place"]: use["records"] for use in counted if use["records"]} == {
            "second factors": 1,
            "sessions": 1,
        }

    def test_after_resealing_and_the_end_of_the_session_it_is_retired(self, path, url, monkeypatch, caplog):
        caplog.set_level("INFO", logger="zenoo_security.audit")
        monkeypatch.setenv("ZENOO_SECURITY_STORE_URL", url)
        monkeypatch.setenv("ZENOO_SECURITY_KEY_RING_FILE", str(path))
        assert keys("reseal", "--dry-run", "--format", "json").json == {
            "seen": 1,
            "old": 1,
            "unreadable": [],
            "primary": 2,
            "dry_run": True,
        }
        assert not caplog.records
        assert "1 of 1 second factors were sealed anew, with key 2." in keys("reseal").out
        [told] = [record.event for record in caplog.records]
        assert (told["name"], told["what"], told["key_id"]) == ("sensitive_update", "keys reseal", 2)
        assert "0 of 1" in keys("reseal").out
        assert "sessions 1. First: wait" in str(keys("retire", 1, "--no-odoo").error)

        async def end():
            store = open_store(url)
            await Sessions(store, keyring.load(path)).end_all("shop", "alice")
            await store.aclose()

        asyncio.run(end())
        assert keys("retire", 1, "--no-odoo").code == 0
        assert factors(url, keyring.load(path)).recovery_codes_left == 10

    def test_a_store_that_does_not_answer_keeps_the_key(self, path):
        keyring.save(KeyRing.generate().rotate(), path, overwrite=True)
        refused = keys("retire", 1, "--key-ring", path, "--no-odoo", "--store", "redis://127.0.0.1:9/0")
        assert refused.code == 1
        assert keyring.load(path).states[1] == "decrypt-only"

    def test_the_memory_of_another_process_cannot_be_counted(self, path):
        keyring.save(KeyRing.generate().rotate(), path, overwrite=True)
        assert "one process" in str(keys("retire", 1, "--key-ring", path, "--no-odoo", "--store", "memory://").error)

    def test_force_without_a_terminal_is_refused(self, path, url):
        refused = keys("retire", 1, "--key-ring", path, "--no-odoo", "--store", url, "--force")
        assert "run it on a terminal" in str(refused.error)
        assert keyring.load(path).states[1] == "decrypt-only"

    def test_force_in_a_dry_run_asks_nothing(self, path, url):
        shown = keys("retire", 1, "--key-ring", path, "--no-odoo", "--store", url, "--force", "--dry-run")
        assert "would be retired" in shown.out
        assert keyring.load(path).states[1] == "decrypt-only"

    @pytest.mark.parametrize(("answer", "state"), [("n", "decrypt-only"), ("y", "retired")])
    def test_force_names_what_is_lost_and_asks_on_a_terminal(self, path, url, answer, state):
        shown = on_terminal("retire", 1, "--key-ring", path, "--no-odoo", "--store", url, "--force", answers=answer)
        assert "lost for good: 1 second factors" in shown
        assert "Retire key 1 all the same?" in shown
        assert keyring.load(path).states[1] == state


class TestReseal:
    def test_one_that_cannot_be_opened_is_named_and_ends_with_1(self, path, tmp_path):
        url = f"sqlite:///{tmp_path}/state.db"
        filled(url, KeyRing.generate())
        keyring.save(keyring.load(path).rotate(), path, overwrite=True)
        ended = keys("reseal", "--key-ring", path, "--store", url)
        assert ended.code == 1
        assert "1 cannot be opened" in ended.err
        assert ended.err.endswith("warning: cannot be opened: shop/7\n")

    def test_without_a_store_it_says_what_to_set(self, path):
        assert "set ZENOO_SECURITY_STORE_URL" in str(keys("reseal", "--key-ring", path).error)


class TestExport:
    def test_a_file_in_the_clear_or_wrapped(self, path, kek_file, tmp_path):
        ring = keyring.load(path)
        assert "in the clear" in keys("export", tmp_path / "plain", "--key-ring", path).out
        assert keyring.load(tmp_path / "plain").to_json() == ring.to_json()
        assert "wrapped" in keys("export", tmp_path / "wrapped", "--key-ring", path, "--wrap", kek_file).out
        kek = KeyEncryptionKey.from_file(kek_file)
        assert keyring.load(tmp_path / "wrapped", kek=kek).to_json() == ring.to_json()
        assert all((tmp_path / name).stat().st_mode & 0o777 == 0o600 for name in ("plain", "wrapped"))

    def test_a_file_that_exists_is_refused(self, path, kek_file):
        before = snapshot(path.parent)
        assert "exists and is not replaced" in str(keys("export", kek_file, "--key-ring", path).error)
        assert snapshot(path.parent) == before

    def test_a_dry_run_writes_nothing(self, path):
        before = snapshot(path.parent)
        assert "would hold" in keys("export", path.with_name("new"), "--key-ring", path, "--dry-run").out
        shown = keys("export", "--environment", "--show-keys", "--key-ring", path, "--dry-run").out
        assert not any(secret in shown for secret in secrets_of(keyring.load(path)))
        assert snapshot(path.parent) == before

    def test_the_line_for_the_environment_loads_from_there(self, path, kek_file):
        ring = keyring.load(path)
        shown = keys("export", "--environment", "--show-keys", "--key-ring", path)
        assert shown.out.count("\n") == 1
        assert shown.err.startswith("warning: these are the keys")
        assert keyring.from_environment({"ZENOO_SECURITY_KEY_RING": shown.out.strip()}).to_json() == ring.to_json()
        wrapped = keys("export", "--environment", "--wrap", kek_file, "--key-ring", path)
        environ = {"ZENOO_SECURITY_KEY_RING": wrapped.out.strip(), "ZENOO_SECURITY_KEY_RING_KEK_FILE": str(kek_file)}
        assert keyring.from_environment(environ).to_json() == ring.to_json()
        assert not any(secret in wrapped.out for secret in secrets_of(ring))

    @pytest.mark.parametrize("arguments", [["--environment"], [], ["file", "--environment"]])
    def test_keys_are_shown_only_when_that_is_said(self, path, arguments):
        refused = keys("export", *arguments, "--key-ring", path)
        assert (refused.code, refused.out) == (1, "")
        assert not path.with_name("file").exists()

    @pytest.mark.parametrize("answer", ["n", "y"])
    def test_a_terminal_asks_before_the_keys_are_shown(self, path, answer):
        shown = on_terminal("export", "--environment", "--show-keys", "--key-ring", path, answers=answer)
        assert "scrollback" in shown
        assert all((secret in shown) == (answer == "y") for secret in secrets_of(keyring.load(path)))


class TestVerify:
    def test_a_good_ring_is_well(self, path):
        checked = keys("verify", "--key-ring", path)
        assert (checked.code, checked.out) == (0, f"{path}: all is well\n")
        assert keys("verify", "--key-ring", path, "--format", "json").json == {
            "ring": str(path),
            "ok": True,
            "findings": [],
        }

    @pytest.mark.asvs("v5.0.0-13.3.4")
    def test_a_primary_key_that_is_too_old_is_found(self, path):
        keyring.save(KeyRing.generate(created="2020-01-01"), path, overwrite=True)
        checked = keys("verify", "--key-ring", path)
        assert checked.code == 1
        assert checked.out.startswith("expired: key 1: it has encrypted for longer than 730 days")
        assert keys("verify", "--key-ring", path, "--max-age-days", 36_500).code == 0

    def test_one_that_soon_will_be_is_warned_of_and_is_well(self, path):
        ended = keys("verify", "--key-ring", path, "--max-age-days", 20)
        assert (ended.code, ended.out) == (0, f"{path}: all is well\n")
        assert ended.err.startswith("warning: key 1: 20 days are left")

    def test_a_file_that_does_not_load_is_found(self, path):
        path.chmod(0o640)
        checked = keys("verify", "--key-ring", path, "--format", "json")
        assert checked.code == 1
        assert [finding["code"] for finding in checked.json["findings"]] == ["load"]
        assert "chmod 600" in checked.json["findings"][0]["text"]

    def test_a_backup_must_hold_the_same_keys(self, path, kek_file):
        keys("add", "--key-ring", path)
        backup = path.with_name("backup")
        keys("export", backup, "--key-ring", path, "--wrap", kek_file)
        against = ("--against", backup, "--against-kek", kek_file)
        keys("promote", 2, "--key-ring", path)
        assert keys("verify", "--key-ring", path, *against).code == 0
        keys("add", "--key-ring", path)
        checked = keys("verify", "--key-ring", path, *against)
        assert (checked.code, checked.out.split(":")[0]) == (1, "missing")
        other = path.with_name("other")
        keys("create", other)
        checked = keys("verify", "--key-ring", path, "--against", other, "--format", "json")
        assert {finding["code"] for finding in checked.json["findings"]} == {"differs", "missing"}

    def test_the_ring_of_the_environment_is_checked(self, path, monkeypatch):
        monkeypatch.setenv("ZENOO_SECURITY_KEY_RING_COMMAND", "false")
        assert keys("verify").out.startswith("load: ")
        monkeypatch.setenv("ZENOO_SECURITY_KEY_RING_COMMAND", f"cat {path}")
        assert keys("verify").code == 0


def on_terminal(*arguments, answers):
    """What a command shows on a terminal whose user types this."""
    parent, child = pty.openpty()
    with subprocess.Popen([*COMMAND, *map(str, arguments)], stdin=child, stdout=child, stderr=child) as process:
        os.close(child)
        os.write(parent, f"{answers}\n".encode())
        shown = b""
        while True:
            try:
                shown += os.read(parent, 65_536)
            except OSError:  # the child has closed the terminal
                break
        process.wait(timeout=60)
    os.close(parent)
    return shown.decode().replace("\r\n", "\n")


class TestProgram:
    def test_an_error_is_one_line_with_a_hint(self, tmp_path):
        ended = program("list", "--key-ring", tmp_path / "none")
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.startswith(f"error: {tmp_path / 'none'}: no such file; ")
        assert ended.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        "command", ["create", "list", "verify", "add", "promote", "reseal", "retire", "export", None]
    )
    def test_help_fits_a_screen(self, command):
        environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
        shown = program(*filter(None, [command]), "--help", env=environment)
        assert (shown.returncode, shown.stderr) == (0, "")
        assert len(shown.stdout.splitlines()) <= 32
        assert "\x1b" not in shown.stdout

    @pytest.mark.asvs("v5.0.0-13.3.1", "v5.0.0-14.2.4")
    def test_no_command_shows_a_key(self, path, kek_file):
        """Neither of the ring nor of what it is wrapped under, on the output or on the errors."""
        shown = ""
        wrapped = path.with_name("wrapped")
        for arguments in (
            ["create", wrapped, "--wrap", kek_file],
            ["list", "--key-ring", path],
            ["list", "--key-ring", path, "--format", "json"],
            ["add", "--key-ring", path],
            ["add", "--key-ring", wrapped],
            ["promote", 2, "--key-ring", path, "--format", "json"],
            ["retire", 1, "--key-ring", path, "--no-odoo", "--no-store"],
            ["verify", "--key-ring", path, "--against", wrapped, "--against-kek", kek_file],
            ["export", path.with_name("out"), "--key-ring", path],
            ["export", "--environment", "--key-ring", path],
            ["list", "--key-ring", kek_file],
            ["list", "--key-ring", wrapped, "--kek", path],
        ):
            ran = keys(*arguments)
            shown += f"{ran.out}{ran.err}{ran.error}"
        found = [*secrets_of(keyring.load(path)), kek_file.read_text().strip()]
        assert len(shown) > 1000
        assert not any(secret in shown for secret in found)

    def test_of_many_adds_side_by_side_each_has_an_id_of_its_own(self, path):
        started = [
            subprocess.Popen(
                [*COMMAND, "add", "--format", "json", "--key-ring", path], stdout=subprocess.PIPE, text=True
            )
            for _ in range(6)
        ]
        ids = [json.loads(process.communicate(timeout=120)[0])["key"] for process in started]
        assert sorted(ids) == [2, 3, 4, 5, 6, 7]
        assert len(keyring.load(path).states) == 7
        assert len(list(path.parent.glob("*.bak-*"))) == 6

    def test_a_process_that_is_killed_leaves_the_old_file_or_the_new_one(self, path):
        """At whatever moment: in every one of these the ring loads and lost no key, and the next change works."""
        code = (
            "import sys, itertools\n"
            "from zenoo_security import keyring\n"
            "from zenoo_security.keys import change_file\n"
            "print('ready', flush=True)\n"
            "for n in itertools.count():\n"
            "    change_file(sys.argv[1], lambda ring: ring.promote(1 + n % 2))\n"
        )
        keyring.save(KeyRing.generate().add(), path, overwrite=True)
        before = {json.loads(text) for text in map(json.dumps, secrets_of(keyring.load(path)))}
        for attempt in range(8):
            process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.003 * attempt)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
            assert set(secrets_of(keyring.load(path))) == before
        assert keys("promote", 2, "--key-ring", path).code == 0

    @pytest.mark.parametrize("command", ["add", "export"])
    def test_a_full_disk_leaves_the_file_as_it_was(self, path, command):
        before = snapshot(path.parent)
        target = [path.with_name("copy")] if command == "export" else []

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        ended = program(command, *target, "--key-ring", path, preexec_fn=limit)
        assert ended.returncode == 1
        assert ended.stderr.startswith("error: ")
        assert "too large" in ended.stderr
        assert snapshot(path.parent) == before
