"""A change of a policy file is effective at the next use; a file that went wrong allows nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from zenoo_security.audit import AuditLog, Entry, configured
from zenoo_security.clock import FakeClock
from zenoo_security.errors import PolicyError
from zenoo_security.policy import Policy, PolicyFile

NOW = 2_000_000_000.0


def content(*allow: str) -> str:
    return json.dumps({"version": 1, "roles": {"viewer": {"allow": list(allow)}}})


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(content("a:read"))
    return path


def allows(file: PolicyFile, permission: str) -> bool:
    return file.current().rights(frozenset({"viewer"})).allows(permission)


@pytest.mark.asvs("v5.0.0-8.3.2")
def test_a_change_is_effective_at_the_next_use(path):
    file = PolicyFile(path)
    assert allows(file, "a:read")
    path.write_text(content("b:read"))
    assert not allows(file, "a:read")
    assert allows(file, "b:read")


@pytest.mark.parametrize("replaced", [False, True])
def test_a_change_of_the_same_size_and_times_is_seen(path, replaced):
    """What a text editor, `rsync -t` or a clock of two seconds does."""
    file = PolicyFile(path)
    os.utime(path, ns=(1, 1))
    assert allows(file, "a:read")
    target = path.with_name("new.json") if replaced else path
    target.write_text(content("b:read"))
    os.utime(target, ns=(1, 1))
    target.replace(path)
    assert not allows(file, "a:read")


def test_a_file_that_rests_is_not_read_again(path, monkeypatch):
    file = PolicyFile(path, clock=FakeClock(NOW + 1e9))
    policy = file.current()
    monkeypatch.setattr("zenoo_security.policy.file.DOCUMENT", None)
    assert file.current() is policy


def test_a_file_that_says_the_same_again_keeps_what_is_remembered(path):
    file = PolicyFile(path)
    policy = file.current()
    path.write_text(path.read_text())
    assert file.current() is policy


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.unlink(), "cannot be read: No such file"),
        (lambda path: path.write_text('{"version": 1,'), "Expecting property name"),
        (lambda path: path.write_text(content("A")), "roles.viewer.allow[0]: a rule is"),
        (lambda path: path.write_bytes(b""), "Expecting value"),
        (lambda path: path.chmod(0o666), "everybody may write it"),
    ],
    ids=["gone", "half", "wrong", "empty", "open"],
)
@pytest.mark.parametrize("later_s", [0.0, 1e9])
def test_a_file_that_went_wrong_allows_nothing_until_it_is_right(path, spoil, says, later_s):
    file = PolicyFile(path, clock=FakeClock(NOW + later_s))
    spoil(path)
    for _ in range(2):
        with pytest.raises(PolicyError, match=f"^{path}: ") as refused:
            file.current()
        assert says in str(refused.value)
    path.unlink(missing_ok=True)
    path.write_text(content("a:read"))
    assert allows(file, "a:read")


@pytest.mark.asvs("v5.0.0-16.3.3")
def test_each_change_is_one_event(path):
    entries: list[Entry] = []
    with configured(AuditLog(entries.append)):
        file = PolicyFile(path)
        first = file.current().digest
        file.current()
        path.write_text("{}")
        for _ in range(3):
            with pytest.raises(PolicyError):
                file.current()
        path.write_text(content("b:read"))
        second = file.current().digest
        path.write_text(content("c:read"))
        third = file.current().digest
    assert [(entry.event, json.loads(entry.line).get("details", {})) for entry in entries] == [
        ("policy_refused", {}),
        ("policy_changed", {"before": "", "after": second}),
        ("policy_changed", {"before": second, "after": third}),
    ]
    assert len({first, second, third}) == 3


def test_a_file_that_could_not_be_read_once_is_read_at_the_next_use(path, monkeypatch):
    """Such as by a process with too many open files: the file has not changed since, and does not have to."""
    file = PolicyFile(path, clock=FakeClock(NOW + 1e9))
    os.utime(path)
    monkeypatch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(OSError(24, "Too many open files")))
    with pytest.raises(PolicyError, match="Too many open files"):
        file.current()
    monkeypatch.undo()
    assert allows(file, "a:read")


def test_a_program_with_a_wrong_policy_does_not_start(tmp_path):
    with pytest.raises(PolicyError, match="cannot be read"):
        PolicyFile(tmp_path / "none.toml")


@pytest.mark.asvs("v5.0.0-8.3.2")
def test_a_change_is_effective_in_another_process(path):
    program = (
        "import sys\n"
        "from zenoo_security.policy import PolicyFile\n"
        "file = PolicyFile(sys.argv[1])\n"
        "for line in sys.stdin:\n"
        "    print(file.current().rights(frozenset({'viewer'})).allows(line.strip()), flush=True)\n"
    )
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def asked() -> str:
            process.stdin.write("b:read\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        assert asked() == "False"
        path.write_text(content("b:read"))
        assert asked() == "True"
        process.stdin.close()


class Stopped(FakeClock):
    """Holds up who reads the file."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.reads, self.goes_on = threading.Event(), threading.Event()
        self.goes_on.set()

    def now(self) -> float:
        self.reads.set()
        self.goes_on.wait(30)
        return super().now()


@pytest.mark.filterwarnings("ignore:.*is multi-threaded:DeprecationWarning")
def test_a_fork_while_a_thread_reads_the_file_leaves_the_child_free(path):
    clock = Stopped()
    file = PolicyFile(path, clock=clock)
    clock.reads.clear()
    clock.goes_on.clear()
    path.write_text(content("b:read"))
    thread = threading.Thread(target=file.current)
    thread.start()
    clock.reads.wait(30)
    child = os.fork()
    if not child:
        signal.alarm(5)
        clock.goes_on = threading.Event()
        clock.goes_on.set()
        os._exit(0 if allows(file, "b:read") else 1)
    clock.goes_on.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0


def test_threads_see_one_policy_or_the_other(path):
    file = PolicyFile(path)
    other = path.with_name("other.json")
    seen: list[object] = []

    def look() -> None:
        for _ in range(200):
            try:
                policy = file.current()
            except PolicyError as error:
                seen.append(error)
            else:
                seen.append(isinstance(policy, Policy) and len(policy.roles) == 1)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(50):
        other.write_text(content(f"m{number}:read"))
        other.replace(path)
    for thread in threads:
        thread.join()
    assert set(seen) == {True}
    assert allows(file, "m49:read")
