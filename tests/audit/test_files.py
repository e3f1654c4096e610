"""The file of a FileSink: who may read it, who writes to it at once, and what happens when it cannot be written."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from unittest.mock import Mock

import pytest

from forked import in_child
from zenoo_security import keyring
from zenoo_security.audit import AuditLog, Entry, FileSink, configured, emit, forks
from zenoo_security.audit.appending import AppendFile
from zenoo_security.audit.sinks.own_lines import own_line
from zenoo_security.audit.verify import verify
from zenoo_security.clock import FakeClock
from zenoo_security.errors import AuditUnavailable, ParameterError

if TYPE_CHECKING:
    from zenoo_security import KeyRing

WRITER = Path(__file__).parent / "writer.py"


def start_writer(path: Path, ring: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(path), str(ring), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": ":".join(sys.path)}
    )


@pytest.fixture
def ring_file(tmp_path, ring: KeyRing) -> Path:
    keyring.save(ring, tmp_path / "ring.json")
    return tmp_path / "ring.json"


def all_lines(path: Path) -> list[dict[str, object]]:
    files = path.parent.glob(f"{path.name}*")
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def test_only_the_owner_can_read_it(tmp_path):
    path = tmp_path / "audit.jsonl"
    path.touch(mode=0o666)
    path.chmod(0o666)
    os.umask(os.umask(0o077))
    with AuditLog(FileSink(path)) as log:
        log.record("x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with AuditLog(FileSink(tmp_path / "group", mode=0o640)) as log:
        log.record("x")
    assert stat.S_IMODE((tmp_path / "group").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "options", [{"max_bytes": 65_535}, {"keep": 0}, {"keep": 10_001}, {"checkpoint_every": 0}, {"mode": 0o666}]
)
def test_arguments_out_of_range_are_refused(tmp_path, options):
    with pytest.raises(ParameterError):
        FileSink(tmp_path / "a", **options)


def test_a_symbolic_link_is_not_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(AuditUnavailable), AuditLog(FileSink(tmp_path / "link"), required=True) as log:
        log.record("x")
    assert not (tmp_path / "target").exists()


def test_what_is_no_regular_file_is_left_alone(tmp_path):
    """A pipe or a device gets neither another mode nor events that nobody keeps."""
    os.mkfifo(tmp_path / "a", 0o644)
    with pytest.raises(AuditUnavailable):
        AuditLog(FileSink(tmp_path / "a"), required=True).record("x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_no_file_is_larger_than_it_may_be_and_the_oldest_goes(tmp_path):
    path = tmp_path / "audit.jsonl"
    with AuditLog(FileSink(path, max_bytes=65_536, keep=3)) as log:
        for number in range(2000):
            log.record("x", number=number)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["audit.jsonl"] + [f"audit.jsonl.{n}" for n in (1, 2, 3)]
    assert all(each.stat().st_size <= 65_536 + 400 for each in tmp_path.iterdir())


def test_threads_share_a_file(tmp_path, ring):
    path = tmp_path / "audit.jsonl"

    def write() -> None:
        for number in range(100):
            emit("x", number=number)

    with configured(AuditLog(FileSink(path, key_ring=ring, max_bytes=65_536))):
        threads = [threading.Thread(target=write) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert verify(list(tmp_path.iterdir()), ring).intact
    assert sorted(line["event.sequence"] for line in all_lines(path) if line["event.action"] == "x") == [*range(1, 801)]


@pytest.mark.asvs("v5.0.0-16.4.2")
def test_four_processes_share_a_chained_file_that_rotates(tmp_path, ring, ring_file):
    """Nothing is lost, nothing is mixed up, and there is one chain."""
    path = tmp_path / "audit.jsonl"
    writers = [start_writer(path, ring_file, "500") for _ in range(4)]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * 4
    files = list(tmp_path.glob("audit.jsonl*"))
    assert len(files) > 3
    result = verify(files, ring)
    assert (result.findings, result.notes) == ([], [])
    lines = [line for line in all_lines(path) if line["event.action"] == "x"]
    assert len({(line["process.entity_id"], line["event.sequence"]) for line in lines}) == len(lines) == 2000
    for writer in writers:
        assert writer.stdout
        writer.stdout.close()


@pytest.mark.asvs("v5.0.0-16.4.2")
def test_who_waits_after_a_rename_goes_on_after_what_others_wrote_meanwhile(tmp_path, ring, monkeypatch):
    """Also when that is a whole file, and the one after it is still empty."""
    path, now, entry = tmp_path / "a", 1_795_540_359.0, Entry(b'{"event.action":"x"}', "x", 30, 1_795_540_359.0)
    slow, fast = (FileSink(path, key_ring=ring, max_bytes=65_536) for _ in range(2))
    rename = slow._file.rotate

    def rename_and_wait() -> None:
        rename()
        for _ in range(100):
            fast(entry)
        fast._note(own_line("audit_file_ended", now), fast._file.lock(now))
        fast._file.rotate()

    monkeypatch.setattr(slow._file, "rotate", rename_and_wait)
    while not path.with_name("a.2").exists():
        slow(entry)
    fast(entry)
    assert [len(file.read_bytes().splitlines()) for file in (path, tmp_path / "a.1")] == [2, 101]
    assert verify([path, tmp_path / "a.1", tmp_path / "a.2"], ring).intact
    slow.close()
    fast.close()


def test_a_killed_process_leaves_a_file_that_goes_on(tmp_path, ring, ring_file):
    path = tmp_path / "audit.jsonl"
    for _ in range(3):
        writer = start_writer(path, ring_file, "1000000")
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(0.05)
        writer.kill()
        writer.wait()
        writer.stdout.close()
    with AuditLog(FileSink(path, key_ring=ring)) as log:
        log.record("last")
    assert verify(list(tmp_path.glob("audit.jsonl*")), ring).findings == []


def test_a_forked_process_writes_under_a_lock_and_a_name_of_its_own(tmp_path, ring):
    path = tmp_path / "audit.jsonl"
    log = AuditLog(FileSink(path, key_ring=ring))
    log.record("parent")
    child = os.fork()
    if not child:
        try:
            for _ in range(200):
                log.record("child")
        finally:
            os._exit(0)
    for _ in range(200):
        log.record("parent")
    assert os.waitpid(child, 0)[1] == 0
    log.close()
    assert verify([path], ring).findings == []
    lines = all_lines(path)
    assert len(lines) == 401
    assert len({line["process.entity_id"] for line in lines}) == 2


class BreaksInChild:
    """Something that cannot begin anew in a forked process, and says so."""

    def __init__(self) -> None:
        self.tried = False
        forks.register(self)

    def in_child(self) -> None:
        self.tried = True
        raise OSError


def test_what_cannot_begin_anew_in_a_forked_process_keeps_nothing_else_from_it():
    broken = [BreaksInChild(), BreaksInChild()]

    def look() -> None:
        assert all(each.tried for each in broken)

    assert in_child(look)


def test_a_forked_process_without_a_name_of_its_own_writes_nothing(tmp_path, monkeypatch):
    """It would go on under the name and the numbers of its parent."""
    log = AuditLog(FileSink(tmp_path / "audit.jsonl"))
    monkeypatch.setattr(secrets, "token_hex", Mock(side_effect=OSError))

    def write() -> None:
        with pytest.raises(AuditUnavailable, match="no name"):
            log.record("x")

    assert in_child(write)
    log.record("x")
    log.close()
    assert len(all_lines(tmp_path / "audit.jsonl")) == 1


def test_the_first_threads_of_a_forked_process_do_not_have_the_lock_of_its_parent(tmp_path, monkeypatch):
    """Two of them at once, while the parent writes: the file that they inherit would be locked for all three."""
    sink = FileSink(tmp_path / "audit.jsonl")
    log = AuditLog(sink, required=True)
    log.record("parent")
    close = AppendFile.close
    monkeypatch.setattr(AppendFile, "close", lambda self: (time.sleep(0.2), close(self)))
    sink._file.lock(time.time())
    child = os.fork()
    if not child:
        written: list[int] = []
        threads = [threading.Thread(target=_write_if_possible, args=(log, written)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        os._exit(len(written))
    assert os.waitpid(child, 0)[1] == 0
    sink._file.unlock()
    log.close()


def _write_if_possible(log: AuditLog, written: list[int]) -> None:
    with contextlib.suppress(AuditUnavailable):
        log.record("child")
        written.append(1)


def test_a_file_that_cannot_be_looked_at_is_not_kept_from_others(tmp_path, monkeypatch):
    path, is_current = tmp_path / "audit.jsonl", AppendFile._is_current
    one, other = AuditLog(FileSink(path)), AuditLog(FileSink(path), required=True)
    monkeypatch.setattr(AppendFile, "_is_current", Mock(side_effect=PermissionError))
    one.record("x")
    monkeypatch.setattr(AppendFile, "_is_current", is_current)
    other.record("x")
    for log in (one, other):
        log.close()


def test_a_full_disk_loses_whole_events_and_is_reported(tmp_path, ring, ring_file):
    """RLIMIT_FSIZE makes the kernel write a part of a line; none of it stays."""
    path = tmp_path / "audit.jsonl"
    writer = start_writer(path, ring_file, "400", "--limit", "30000")
    out, _ = writer.communicate(timeout=60)
    assert writer.returncode == 0
    report = json.loads(out.splitlines()[-1])
    assert report["refused"] > 100
    assert report["written"] + report["refused"] == 400
    assert report["told"] == ["sys_monitor_disabled"]
    assert path.stat().st_size <= 30_000
    assert path.read_bytes().endswith(b"\n")
    assert verify([path], ring).findings == []


def test_a_folder_that_is_gone_is_reported_and_one_that_is_back_is_used(tmp_path, caplog):
    folder = tmp_path / "logs"
    folder.mkdir()
    heard = []
    log = AuditLog(FileSink(folder / "a"), heard.append)
    log.record("x")
    (folder / "a").unlink()
    folder.rmdir()
    time.sleep(1.1)  # Looked at once a second.
    for _ in range(5):
        log.record("x")
    folder.mkdir()
    log.record("x")
    assert [entry.event for entry in heard if entry.event != "x"] == ["sys_monitor_disabled", "sys_monitor_enabled"]
    (back,) = [entry for entry in heard if entry.event == "sys_monitor_enabled"]
    assert json.loads(back.line)["details"] == {"monitor": "FileSink", "lost": 5}
    assert [json.loads(line)["event.action"] for line in (folder / "a").read_bytes().splitlines()] == [
        "audit_file_altered",
        "x",
    ]
    assert "FileSink" in caplog.text
    log.close()


def test_a_file_that_somebody_else_renames_is_opened_anew(tmp_path):
    path = tmp_path / "a"
    log = AuditLog(FileSink(path))
    log.record("x")
    path.rename(tmp_path / "b")
    time.sleep(1.1)
    log.record("x")
    log.close()
    assert [json.loads(line)["event.action"] for line in path.read_bytes().splitlines()] == ["audit_file_altered", "x"]
    assert len((tmp_path / "b").read_bytes().splitlines()) == 1


@pytest.mark.parametrize("chained", [False, True])
def test_a_file_that_cannot_be_renamed_goes_on_growing_and_says_so_once_a_minute(tmp_path, ring, caplog, chained):
    """Too large is better than lost."""
    path, clock, heard = tmp_path / "a", FakeClock(1_795_540_359), []
    sink = FileSink(path, max_bytes=65_536, keep=1, key_ring=ring if chained else None)
    log = AuditLog(sink, heard.append, clock=clock, required=True)
    (tmp_path / "a.1").mkdir()
    for number in range(1000):
        log.record("x", number=number)
    clock.advance(61)
    log.record("x", number=1000)
    assert path.stat().st_size > 2 * 65_536
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [line["details"]["number"] for line in lines if line["event.action"] == "x"] == [*range(1001)]
    told = [entry.event for entry in heard if entry.event not in {"x", "audit_checkpoint"}]
    assert told == ["sys_monitor_disabled"] * 2
    assert [line["event.reason"] for line in lines if line["event.action"] == "sys_monitor_disabled"] == [
        "IsADirectoryError"
    ] * 2
    assert caplog.text.count("cannot be renamed") == 2
    (tmp_path / "a.1").rmdir()
    clock.advance(61)
    log.record("x", number=1001)
    assert len(path.read_bytes().splitlines()) == 1
    assert not chained or verify([path, tmp_path / "a.1"], ring).intact


@pytest.mark.asvs("v5.0.0-16.4.2")
def test_a_process_without_the_key_ring_writes_nothing_into_a_chained_file(tmp_path, ring):
    """Its lines would look like those that somebody added."""
    path, heard = tmp_path / "a", []
    with AuditLog(FileSink(path, key_ring=ring)) as chained, AuditLog(FileSink(path), heard.append) as plain:
        chained.record("x")
        for _ in range(3):
            plain.record("lost")
        chained.record("x")
    assert [entry.event for entry in heard if entry.event != "lost"] == ["sys_monitor_disabled"]
    assert json.loads(heard[0].line)["event.reason"] == "KeyRingError"
    assert len(path.read_bytes().splitlines()) == 2
    assert verify([path], ring).intact


def next_file(path: Path, file: BinaryIO) -> BinaryIO | None:
    """The file after this one, if there is one: under the name, or under a number when more than one came since."""
    for number in range(1000):
        older, newer = path.with_name(f"{path.name}.{number + 1}"), path
        if number:
            newer = path.with_name(f"{path.name}.{number}")
        if older.exists() and os.path.samestat(older.stat(), os.fstat(file.fileno())):
            try:
                found = newer.open("rb")
            except FileNotFoundError:  # Between two names.
                return None
            if os.path.samestat(older.stat(), os.fstat(file.fileno())):
                return found
            found.close()
            return None
    return None


def test_who_follows_the_file_reads_every_line_once(tmp_path, ring_file):
    """The last line of a file says that it is over: nothing is written after it."""
    path, read, rest = tmp_path / "audit.jsonl", [], b""
    writers = [start_writer(path, ring_file, "400") for _ in range(2)]
    try:
        while not path.exists():
            time.sleep(0.001)
        file = path.open("rb")
        while True:
            over = all(writer.poll() is not None for writer in writers)
            # A write is not seen at once by who reads meanwhile: a line is one when its line feed is there.
            *lines, rest = (rest + file.read()).split(b"\n")
            read += [json.loads(line) for line in lines]
            if read and read[-1]["event.action"] == "audit_file_ended":
                assert not file.read()
                following = next_file(path, file)
                if following is not None:
                    assert not file.read()
                    file.close()
                    file = following
                    read.append({"event.action": "next"})
            elif over and not lines and not rest:
                break
        file.close()
    finally:
        for writer in writers:
            writer.communicate(timeout=60)
    numbers = [(line["process.entity_id"], line["event.sequence"]) for line in read if line["event.action"] == "x"]
    assert len(set(numbers)) == len(numbers) == 800


def test_a_process_that_hangs_with_the_lock_delays_one_call(tmp_path):
    path = tmp_path / "a"
    log = AuditLog(FileSink(path))
    log.record("x")
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        started = time.monotonic()
        for _ in range(50):
            log.record("x")
        assert time.monotonic() - started < 30  # Not 50 s.
    log.close()
    assert len(path.read_bytes().splitlines()) == 1


def test_a_required_log_refuses_what_it_cannot_write(tmp_path):
    with configured(AuditLog(FileSink(tmp_path / "none" / "a"), required=True)), pytest.raises(AuditUnavailable):
        emit("authz_fail")
    with configured(AuditLog(FileSink(tmp_path / "none" / "a"))):
        emit("authz_fail")
    assert signal.getsignal(signal.SIGXFSZ) == signal.SIG_IGN
