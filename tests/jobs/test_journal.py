"""The journal: whole or not there, of one job, for one process, without values."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from zenoo_security.errors import ConfigurationError
from zenoo_security.jobs.journal import State, default_path, open_journal
from zenoo_security.jobs.report import FieldReport

JOB = {
    "operation": "rotate",
    "host": "http://localhost:8069",
    "database": "db",
    "fields": {"a.b": {}},
    "keys": {"1": "primary"},
}


def filled(path):
    with open_journal(path, JOB) as journal:
        journal.state.cursors["a"] = 7
        journal.state.fields["a.b"] = FieldReport(
            rows=3, done={"rotated": 2}, left={"altered": 1}, ids={"altered": [5]}
        )
        journal.state.intent["a.b"] = {8: "rotated"}
        journal.state.seconds = 1.5
        journal.save()
        return journal.state


def test_what_is_saved_comes_back_as_it_was(tmp_path):
    path = tmp_path / "deep" / "journal"
    saved = filled(path)
    with open_journal(path, JOB) as journal:
        assert journal.state == State(**{**vars(saved), "resumed": 1})
        journal.remove()
    assert not list(path.parent.iterdir())


def test_only_the_owner_may_read_it(tmp_path):
    previous = os.umask(0)
    try:
        filled(tmp_path / "own" / "journal")
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o700
    assert [(p.name, stat.S_IMODE(p.stat().st_mode)) for p in (tmp_path / "own").iterdir()] == [("journal", 0o600)]


@pytest.mark.parametrize("what", sorted(JOB))
def test_the_journal_of_another_job_is_refused_and_kept(tmp_path, what):
    path = tmp_path / "journal"
    filled(path)
    before = path.read_bytes()
    other = {**JOB, what: {"c.d": {}}}
    with (
        pytest.raises(ConfigurationError, match=rf"another job \({what} differ\).*--restart"),
        open_journal(path, other),
    ):
        pass
    assert path.read_bytes() == before
    with open_journal(path, other, restart=True) as journal:
        assert journal.state == State()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"format": 2}', b'{"format": 1, "job": {}, "state": {}}', b"\xff", b"x" * 20_000_000],
    ids=len,
)
def test_what_is_no_journal_is_refused(tmp_path, content):
    path = tmp_path / "journal"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match=r"--restart|KiB"), open_journal(path, JOB):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigurationError, match=r"its folder cannot be made"),
        open_journal(tmp_path / "file" / "journal", JOB),
    ):
        pass


def test_a_lock_that_cannot_be_made_is_an_error_of_ours(tmp_path):
    (tmp_path / "journal.lock").symlink_to("elsewhere")
    with (
        pytest.raises(ConfigurationError, match=r"journal\.lock cannot be made"),
        open_journal(tmp_path / "journal", JOB),
    ):
        pass


def test_two_processes_do_not_share_a_journal(tmp_path):
    path = tmp_path / "journal"
    code = f"from zenoo_security.jobs.journal import open_journal\nwith open_journal({path!r}, {JOB!r}): print('held')"
    child = [sys.executable, "-c", f"from pathlib import Path, PosixPath\n{code}"]
    with open_journal(path, JOB):
        held = subprocess.run(child, capture_output=True, text=True, check=False)
        assert "another process works with" in held.stderr
    free = subprocess.run(child, capture_output=True, text=True, check=False)
    assert (free.stdout, free.stderr) == ("held\n", "")


def test_a_crash_in_the_middle_of_a_save_leaves_the_state_before_it(tmp_path, monkeypatch):
    path = tmp_path / "journal"
    filled(path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with open_journal(path, JOB) as journal:
        journal.state.cursors["a"] = 9
        with pytest.raises(ConfigurationError, match="cannot be written"):
            journal.save()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock")] == ["journal"]


def test_the_default_is_in_the_state_directory_and_the_same_for_the_same_job(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    path = default_path(JOB)
    assert path.parent == Path("/var/state/zenoo-security/jobs")
    assert path == default_path({**JOB, "keys": {"9": "primary"}}), "so that another ring is refused, not ignored"
    assert (
        len({path, *(default_path({**JOB, name: {"x": {}}}) for name in ("operation", "host", "database", "fields"))})
        == 5
    )
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    assert default_path(JOB).parent == Path.home() / ".local/state/zenoo-security/jobs"
    monkeypatch.setattr(Path, "home", Mock(side_effect=RuntimeError))  # As for a user whom the system does not know.
    with pytest.raises(ConfigurationError, match="--journal"):
        default_path(JOB)


def test_nothing_in_it_is_a_value(tmp_path):
    filled(tmp_path / "journal")
    assert set(json.loads((tmp_path / "journal").read_text())) == {"format", "job", "state"}
