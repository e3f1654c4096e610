"""Key rings that a program prints, and programs that do anything else."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from keyring.leaks import holds, secrets_of
from zenoo_security import KeyRing
from zenoo_security.errors import KeyRingError, ParameterError
from zenoo_security.keyring import CommandProvider, KeyEncryptionKey, KeyProvider

RING = KeyRing.generate().rotate()


@pytest.fixture
def printed(tmp_path):
    """A file that a program prints."""

    def write(content):
        path = tmp_path / "printed"
        path.write_text(content)
        return str(path)

    return write


def python(code, *arguments, **options):
    return CommandProvider([sys.executable, "-S", "-c", code, *arguments], **options)


def shell(script, *arguments, **options):
    return CommandProvider(["sh", "-c", script, "sh", *arguments], **options)


def is_running(pid):
    """Whether a process does anything; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(pid):
    """Whether a process that was killed is gone, when it had the time to."""
    for _ in range(500):
        if not is_running(pid):
            return True
        time.sleep(0.01)
    return False


def test_the_ring_that_a_program_prints(printed):
    """The document in the clear; the program has no input, and a provider is one by its form."""
    provider = CommandProvider(["cat", printed(RING.to_json())])
    assert isinstance(provider, KeyProvider)
    assert provider.load().to_json() == RING.to_json()
    assert shell('read line; cat "$1"', printed(RING.to_json())).load().to_json() == RING.to_json()


def test_the_wrapped_ring_that_a_program_prints(printed):
    """With a key-encryption key the ring is wrapped under it, and nothing else is taken."""
    kek = KeyEncryptionKey.generate()
    path = printed(RING.wrap(kek.reveal()))
    assert CommandProvider(["cat", path], kek=kek).load().to_json() == RING.to_json()
    with pytest.raises(KeyRingError, match="another key-encryption key"):
        CommandProvider(["cat", path], kek=KeyEncryptionKey.generate()).load()
    with pytest.raises(KeyRingError, match="is wrapped"):
        CommandProvider(["cat", path]).load()
    with pytest.raises(KeyRingError, match="not wrapped") as raised:
        CommandProvider(["cat", printed(RING.to_json())], kek=kek).load()
    assert not holds(raised.value, secrets_of(RING))


def test_no_shell_reads_the_arguments(printed):
    """What a shell would act upon is a file name like any other."""
    provider = CommandProvider(["cat", f"{printed(RING.to_json())}; echo $HOME"])
    with pytest.raises(KeyRingError, match="exit code 1"):
        provider.load()


@pytest.mark.asvs("v5.0.0-13.3.1")
def test_a_program_that_fails_is_named_and_not_quoted(printed, capfd, caplog):
    """Exit code 3 with the ring on both outputs: no output, log, exception or frame has a key."""
    with pytest.raises(KeyRingError) as raised:
        shell('cat "$1"; cat "$1" >&2; exit 3', printed(RING.to_json())).load()
    assert str(raised.value) == "the command 'sh': it ended with exit code 3; run it by hand to see why"
    assert not holds(raised.value, secrets_of(RING))
    assert (capfd.readouterr(), caplog.text) == (("", ""), "")


def test_a_program_that_is_killed_is_named_with_the_signal():
    """A signal is not an exit code."""
    with pytest.raises(KeyRingError, match="signal 9 ended it"):
        shell("kill -9 $$").load()


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("true", "printed nothing"),
        ("echo", "half written"),
        ("printf '\\377\\376'", "UTF-8"),
        ("echo '{}'", "missing, unknown"),
        ("echo hello", "not JSON"),
        ("head -c 1048577 /dev/zero", "more than 1 MiB"),
        ("head -c 1000000000 /dev/zero", "more than 1 MiB"),
        ("while :; do echo x; done", "more than 1 MiB"),
    ],
)
def test_what_is_no_ring_is_refused(script, complaint):
    """Nothing, other bytes, other texts, and as many of them as somebody likes."""
    with pytest.raises(KeyRingError, match=complaint):
        shell(script).load()


def late(provider, folder):
    """The error of a program that is killed, and the pid that it wrote; more time where the machine was too busy."""
    for timeout_s in (1, 10, 60):
        with pytest.raises(KeyRingError, match=f"or what it started, did not end within {timeout_s} s") as raised:
            provider(timeout_s).load()
        if (folder / "pid").exists() and (pid := (folder / "pid").read_text()):
            return raised.value, int(pid)
    raise AssertionError("it did not start")


def test_a_program_that_hangs_is_killed(printed, tmp_path):
    """After the time-out it is dead, although it has printed a ring and does not care for other signals."""
    code = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[2], "w").write(str(os.getpid()))
print(open(sys.argv[1]).read(), flush=True)
time.sleep(600)
"""
    ring = printed(RING.to_json())
    raised, pid = late(lambda timeout_s: python(code, ring, str(tmp_path / "pid"), timeout_s=timeout_s), tmp_path)
    assert ends(pid)
    assert not holds(raised, secrets_of(RING))


def test_a_program_that_closes_its_output_and_hangs_is_killed(tmp_path):
    """The end of the output is not the end of the program."""
    script = 'echo $$ > "$1"; exec >&-; exec sleep 600'
    _, pid = late(lambda timeout_s: shell(script, str(tmp_path / "pid"), timeout_s=timeout_s), tmp_path)
    assert ends(pid)


def test_a_child_that_keeps_the_output_open_is_killed_too(printed, tmp_path):
    """The program ends well and leaves a child behind that holds the pipe: time-out, and the child is dead."""
    script = 'sleep 600 & echo $! > "$2"; cat "$1"'
    ring = printed(RING.to_json())
    raised, pid = late(lambda timeout_s: shell(script, ring, str(tmp_path / "pid"), timeout_s=timeout_s), tmp_path)
    assert ends(pid)
    assert not holds(raised, secrets_of(RING))


def test_a_child_in_another_session_does_not_hold_us_up(printed):
    """It escapes the kill, and all the same the call ends with the time-out."""
    script = 'setsid sleep 5 & cat "$1"'
    with pytest.raises(KeyRingError, match="did not end"):
        shell(script, printed(RING.to_json()), timeout_s=0.5).load()


@pytest.mark.parametrize("argv", [["/nonexistent/program"], ["/"], ["\ud800"]])
def test_what_cannot_be_started_is_a_key_ring_error(argv):
    """A missing program, a directory, and a name that no file can have."""
    with pytest.raises(KeyRingError, match="cannot be started"):
        CommandProvider(argv).load()


@pytest.mark.parametrize("argv", ["cat ring.json", [], [""], ["cat", 5], ["nul\0byte"], [b"cat"], ()])
def test_what_is_no_command_is_a_mistake(argv):
    """A text would be run letter by letter."""
    with pytest.raises(ParameterError):
        CommandProvider(argv)


@pytest.mark.parametrize("timeout_s", [0, -1, 601, float("nan"), float("inf")])
def test_the_time_is_bounded(timeout_s):
    """No program may take for ever."""
    with pytest.raises(ParameterError):
        CommandProvider(["true"], timeout_s=timeout_s)
