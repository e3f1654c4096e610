"""`zenoo-security blocks`: what it says, and with which exit code."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys

import pytest

from command_line import run

USER = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def settings(tmp_path):
    """A store that the processes of a machine share."""
    return {"STORE_URL": f"sqlite:///{tmp_path}/store.db"}


def blocks(*arguments, settings):
    return run("blocks", *arguments, settings=settings)


def test_a_block_is_made_listed_and_lifted(settings):
    made = blocks("add", "2001:db8::9", "--for", "2h", "--reason", "scraping", settings=settings)
    assert (made.code, made.errors) == (0, "")
    assert made.output.startswith("2001:db8::/64 until ")
    head, row = blocks("list", settings=settings).output.splitlines()
    assert head.split() == ["network", "until", "times", "by", "reason"]
    assert row.split()[0] == "2001:db8::/64"
    assert row.split()[-3:] == ["1", USER, "scraping"]
    assert blocks("remove", "2001:db8::1", settings=settings) == (0, "lifted\n", "")
    assert blocks("list", settings=settings).output.splitlines() == ["network  until  times  by  reason"]


def test_what_is_not_blocked_is_not_lifted(settings):
    assert blocks("remove", "203.0.113.9", settings=settings) == (1, "not blocked\n", "")


def test_programs_get_a_document(settings):
    made = json.loads(blocks("add", "203.0.113.9", "--for", "90s", "--format", "json", settings=settings).output)
    assert (made["network"], made["times"], made["by"], made["reason"]) == ("203.0.113.9", 1, USER, "manual")
    listed = json.loads(blocks("list", "--format", "json", settings=settings).output)
    assert listed == {"blocks": [made]}
    assert json.loads(blocks("remove", "203.0.113.9", "--format", "json", settings=settings).output) == {"lifted": True}
    gone = blocks("remove", "203.0.113.9", "--format", "json", settings=settings)
    assert (gone.code, json.loads(gone.output)) == (1, {"lifted": False})


def test_without_a_time_the_next_block_is_longer(settings):
    """What the policy says: five minutes, and half an hour where a block was not lifted."""
    made = json.loads(blocks("add", "203.0.113.9", "--format", "json", settings=settings).output)
    again = json.loads(blocks("add", "203.0.113.9", "--format", "json", settings=settings).output)
    assert made == again


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "somebody"], "address: an address is written like 203.0.113.9"),
        (["add", "203.0.113.0/24"], "address: an address is written like 203.0.113.9"),
        (["add", "127.0.0.1"], "this network is on the list of those that are never blocked"),
        (["add", "203.0.113.9", "--for", "2 weeks"], "--for is a number and s, min, h or d"),
        (["add", "203.0.113.9", "--for", "0s"], "a block lasts more than 0 seconds"),
        (["add", "203.0.113.9", "--reason", "a\nb"], "reason and by are"),
        (["remove", "somebody"], "address: an address is written like 203.0.113.9"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value).replace("\n", "-"),
)
def test_what_cannot_be_meant_ends_with_one_line(settings, arguments, says):
    ended = blocks(*arguments, settings=settings)
    assert (ended.code, ended.output, ended.errors.count("\n")) == (1, "", 1)
    assert says in ended.errors


@pytest.mark.parametrize("command", [["list"], ["add", "203.0.113.9"], ["remove", "203.0.113.9"]], ids=lambda c: c[0])
def test_a_store_has_to_be_named(command):
    """The memory of the command itself would hold nothing."""
    ended = blocks(*command, settings={})
    assert ended.code == 1
    assert "give --store" in ended.errors


def test_the_store_may_be_named_as_an_option(settings):
    url = settings["STORE_URL"]
    assert run("blocks", "add", "203.0.113.9", "--store", url).code == 0
    assert "203.0.113.9" in run("blocks", "list", "--store", url).output


@pytest.mark.asvs("v5.0.0-16.2.1")
def test_making_and_lifting_are_in_the_audit_file(settings, tmp_path):
    settings = {**settings, "AUDIT_FILE": str(tmp_path / "audit.jsonl")}
    blocks("add", "203.0.113.9", settings=settings)
    blocks("remove", "203.0.113.9", settings=settings)
    written = (tmp_path / "audit.jsonl").read_text()
    assert '"event.action":"client_blocked"' in written
    assert '"event.action":"client_unblocked"' in written


@pytest.mark.parametrize("command", ["list", "add", "remove", None])
def test_help_fits_a_screen(command):
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    arguments = [sys.executable, "-m", "zenoo_security.cli", "blocks", *filter(None, [command]), "--help"]
    shown = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert len(shown.stdout.splitlines()) <= 32
    assert "\x1b" not in shown.stdout
