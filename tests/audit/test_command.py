"""`zenoo-security audit`, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from zenoo_security import keyring
from zenoo_security.audit import AuditLog, FileSink
from zenoo_security.audit.inventory import as_markdown


def run(*arguments: object, **environment: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "zenoo_security.cli", "audit", *map(str, arguments)]
    known = {name: value for name, value in os.environ.items() if "KEY_RING" not in name}
    known |= {"PYTHONPATH": ":".join(sys.path), **environment}
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def files(tmp_path, ring):
    """A chained file, the file of the ring, and a checkpoint."""
    keyring.save(ring, tmp_path / "ring.json")
    with AuditLog(FileSink(tmp_path / "audit.jsonl", key_ring=ring)) as log:
        for _ in range(5):
            log.record("authz_fail")
        return tmp_path / "audit.jsonl", tmp_path / "ring.json", log.checkpoint()


@pytest.mark.asvs("v5.0.0-16.4.2")
def test_verify_says_what_is_wrong_where_and_exits_with_1(files):
    audit, ring, checkpoint = files
    code, out, error = run("verify", audit, "--key-ring", ring, "--checkpoint", checkpoint)
    assert (code, error) == (0, "")
    intact, times, keep = out.splitlines()
    assert intact == "intact: 6 lines, numbers 1 to 6 of the chain"
    assert re.fullmatch(r"from (\S{32}) to (\S{32})", times)
    assert keep == f"checkpoint to keep elsewhere: {checkpoint}"
    code, out, error = run("verify", audit, "--key-ring", ring)
    assert (code, out.splitlines()[2].endswith("kept elsewhere: --checkpoint")) == (0, True)
    lines = audit.read_bytes().splitlines(keepends=True)
    audit.write_bytes(b"".join(lines[:2] + lines[3:]))
    code, out, error = run("verify", audit, ZENOO_SECURITY_KEY_RING_FILE=str(ring))
    assert code == 1
    assert out == f"{audit}:3: lines were removed before it: 1, numbers 3 to 3 of the chain\n"
    assert error == "error: not as written: 1 findings in 5 lines\n"


def test_what_cannot_be_checked_is_one_line(files, tmp_path):
    audit, ring, _ = files
    for arguments in (["verify", audit], ["verify", tmp_path / "none", "--key-ring", ring],
                      ["verify", ring, "--key-ring", ring], ["verify", audit, "--key-ring", ring, "--checkpoint", "x"]):  # fmt: skip
        code, out, error = run(*arguments)
        assert (code, out) == (1, "")
        assert error.startswith("error: ")
        assert error.count("\n") == 1


def test_a_file_that_is_not_there_is_named(files, tmp_path):
    missing = tmp_path / "none.jsonl"
    assert run("verify", missing, "--key-ring", files[1])[2] == f"error: {missing}: No such file or directory\n"


@pytest.mark.asvs("v5.0.0-16.1.1", document="zenoo-security audit events")
def test_events_prints_the_inventory():
    assert run("events") == (0, as_markdown() + "\n", "")
