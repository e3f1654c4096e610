"""What is done with keys on the command line is in the audit file that the environment names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from command_line import run
from zenoo_security import keyring
from zenoo_security.audit import AuditLog, FileSink
from zenoo_security.audit.verify import verify
from zenoo_security.cli.process import os_user

if TYPE_CHECKING:
    from pathlib import Path


def events(path: Path) -> list[tuple[str, str, str, object]]:
    """Event, outcome, command and key."""
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert all(line["details"]["by"] == os_user() and line["details"]["file"] for line in lines)
    told = [(line["event.action"], line["event.outcome"], line["details"]) for line in lines]
    return [(event, outcome, details["what"], details.get("key_id")) for event, outcome, details in told]


@pytest.mark.asvs("v5.0.0-16.2.1", "v5.0.0-16.3.3")
def test_what_is_done_with_keys_is_told_with_who_did_it(tmp_path):
    ring, audit = tmp_path / "ring.json", tmp_path / "audit.jsonl"
    settings = {"KEY_RING_FILE": str(ring), "AUDIT_FILE": str(audit)}
    for arguments in (
        ["create", str(ring)], ["add"], ["promote", "2", "--dry-run"], ["promote", "2"],
        ["retire", "1", "--no-odoo", "--no-store"], ["export", str(tmp_path / "copy.json")], ["list"],
    ):  # fmt: skip
        assert run("keys", *arguments, settings=settings).code == 0
    assert run("keys", "promote", "9", settings=settings).code == 1
    assert events(audit) == [
        ("sensitive_create", "success", "keys create", 1),
        ("sensitive_update", "success", "keys add", None),
        ("sensitive_update", "success", "keys promote", 2),
        ("sensitive_update", "success", "keys retire", 1),
        ("sensitive_read", "success", "keys export", None),
        ("sensitive_update", "failure", "keys promote", 9),
    ]
    assert json.loads(keyring.load(ring).to_json())["keys"][0]["key"].encode() not in audit.read_bytes()
    assert b'"chain.tag"' in audit.read_bytes()


@pytest.mark.asvs("v5.0.0-16.5.3")
def test_no_keys_are_shown_that_nobody_would_hear_of(tmp_path, ring):
    """The file is chained, and the command has no ring to chain with."""
    keyring.save(ring, tmp_path / "ring.json")
    with AuditLog(FileSink(tmp_path / "a", key_ring=ring)) as log:
        log.record("x")
    command = ["keys", "export", "--key-ring", str(tmp_path / "ring.json"), "--environment", "--show-keys"]
    done = run(*command, settings={"AUDIT_FILE": str(tmp_path / "a")})
    assert (done.code, done.output) == (1, "")
    assert "the audit log is required, and this sink fails" in done.errors
    assert verify([tmp_path / "a"], ring).lines == 1


def test_what_is_done_and_cannot_be_logged_is_called_done(tmp_path):
    """Or it would be done once more."""
    file = tmp_path / "ring.json"
    done = run("keys", "create", str(file), settings={"AUDIT_FILE": str(tmp_path)})
    assert (done.code, file.exists()) == (1, True)
    assert "error: keys create is done, but the audit log is required" in done.errors
    again = run("keys", "create", str(file), settings={"AUDIT_FILE": str(tmp_path)})
    assert "is done" not in again.errors
