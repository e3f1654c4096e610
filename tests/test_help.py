"""The help of every command is the file of its name in `tests/help/`.

After a change that is meant: `RENEW_HELP=1 pytest tests/test_help.py`, and look at the difference that git shows.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from zenoo_security.cli import app

PAGES = Path(__file__).with_name("help")
SCREEN = (80, 24)
TERMINALS = ("80", "200")


def tree(command, *path):
    """Every command below, by its path."""
    yield path, command
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from tree(inner, *path, name)


COMMANDS = dict(tree(get_command(app)))
EVERY = pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "zenoo-security")


def page_of(path, columns="80", **settings):
    environment = {"COLUMNS": columns, "TERM": "xterm-256color", **settings}
    done = CliRunner().invoke(app, [*path, "--help"], prog_name="zenoo-security", env=environment)
    assert done.exit_code == 0, done.output
    return done.output


@EVERY
def test_the_help_of_a_command_is_its_file(path):
    """Whoever changes what people read sees it in a file."""
    file = PAGES / f"{'-'.join(path) or 'zenoo-security'}.txt"
    if os.environ.get("RENEW_HELP"):
        file.write_text(page_of(path), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == page_of(path), "meant? RENEW_HELP=1 pytest tests/test_help.py"


def test_there_is_no_file_without_a_command():
    """What is gone has no help."""
    assert {"-".join(path) or "zenoo-security" for path in COMMANDS} == {file.stem for file in PAGES.glob("*.txt")}


@EVERY
def test_help_looks_the_same_in_every_terminal(path):
    """Neither its width, nor its colors, nor whether rich is used, matter."""
    page = page_of(path)
    assert page == page_of(path, columns="200")
    assert page == page_of(path, FORCE_COLOR="1")
    assert "\x1b" not in page


@EVERY
def test_help_fits_a_screen(path):
    """24 lines of 80 columns, with the prompt below."""
    lines = page_of(path).splitlines()
    assert max(map(len, lines)) <= SCREEN[0]
    assert len(lines) < SCREEN[1]


@EVERY
def test_everything_has_a_text_and_a_name_for_its_value(path):
    """An option without one would show the name of a type, which differs with each version of typer."""
    for parameter in COMMANDS[path].params:
        assert parameter.help, parameter.name
        if parameter.param_type_name == "option" and not parameter.is_flag:
            assert parameter.metavar, parameter.name


def test_an_option_of_one_name_is_one_thing():
    """Who knows an option of one command knows it of all."""
    kinds = {}
    for path, command in COMMANDS.items():
        for parameter in command.params:
            for name in parameter.opts if parameter.param_type_name == "option" else ():
                kinds.setdefault(name, {}).setdefault((parameter.is_flag, parameter.metavar), []).append(path)
    shared = {"--url": 2}  # `check` shows what an address begins with
    assert {name: len(found) for name, found in kinds.items() if len(found) > 1} == shared


def test_the_verbs_are_few():
    """A new one is thought about here."""
    verbs = {path[-1] for path, command in COMMANDS.items() if path and not isinstance(command, TyperGroup)}
    assert verbs == {
        *("add", "build", "check", "create", "decrypt", "demo", "diff", "doctor", "down", "drop", "encrypt", "events"),
        *("explain", "export", "list", "promote", "provision", "reindex", "remove", "reseal", "reset", "retire"),
        *("rotate", "status", "unlock", "unlock-network", "up", "verify"),
    }


ROOT = Path(__file__).parents[1]
DOCUMENTS = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", *(ROOT / "python" / "zenoo_security").rglob("*.py")]
CALL = re.compile(r"(?:[ `]|\$ )zenoo-security((?: [a-z-]+)+)([^`\n;,()|]*)")


def unknown(words, rest):
    """What of a call there is not."""
    command, path = COMMANDS[()], words.split()
    while path and isinstance(command, TyperGroup):
        if path[0] not in command.commands:
            return path[0]
        command = command.commands[path.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    given = re.findall(r"(?<!\S)--[a-z-]+", f"{words} {rest}")
    return next((option for option in given if option not in known), None)


def test_what_documents_and_messages_call_exists():
    """A command that was renamed is not recommended anywhere, nor an option that is gone."""
    calls = {
        (str(file.relative_to(ROOT)), *call) for file in DOCUMENTS for call in CALL.findall(file.read_text("utf-8"))
    }
    known = [call for call in calls if call[1].split()[0] in COMMANDS[()].commands]
    assert len(known) > 50
    assert [call for call in known if unknown(*call[1:])] == []
    assert unknown(" keys new", " FILE") == "new"
    assert unknown(" keys list", " --json") == "--json"


def test_help_starts_without_what_it_does_not_need():
    """No command, no pydantic and no rich is imported to show the list of commands."""
    program = "import sys; from zenoo_security.cli import main\ntry: main()\nexcept SystemExit: print(*sys.modules)"
    command = [sys.executable, "-c", program, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"pydantic", "rich", "asyncio", "zenoo_security.cli.check", "zenoo_security.cli.keys"}
