"""What shells are told to complete: commands, options and the values of choices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

PROGRAM = "from zenoo_security.cli import main; main()"


def ask(**variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENOO_SECURITY_")}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(
        command, env={**environment, **variables}, capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done.stdout


def complete(shell, line):
    """What the shell is told for a line that was typed so far."""
    if shell == "bash":
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    else:
        words = {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    return ask(_ZENOO_SECURITY_COMPLETE=f"complete_{shell}", **words)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "expected", "other"),
    [
        ("zenoo-security ", ["check", "keys", "policy"], "--conf"),
        ("zenoo-security ke", ["keys"], "policy"),
        ("zenoo-security keys re", ["reseal", "retire"], "promote"),
        ("zenoo-security keys list --ma", ["--max-age-days"], "--key-ring"),
        ("zenoo-security check --fail-on ", ["critical", "never"], "--conf"),
    ],
)
def test_commands_options_and_choices_are_completed(shell, line, expected, other):
    answer = complete(shell, line)
    for word in expected:
        assert word in answer
    assert other not in answer


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_one_that_it_can_read(shell):
    """`--show-completion` prints it; where the shell is installed it has no fault of syntax."""
    script = ask(_ZENOO_SECURITY_COMPLETE=f"source_{shell}")
    assert "_ZENOO_SECURITY_COMPLETE" in script
    assert "zenoo-security" in script
    if found := shutil.which(shell):
        assert subprocess.run([found, "-n"], input=script, text=True, check=False, timeout=60).returncode == 0


def test_bash_completes_by_the_script(tmp_path):
    """The whole way: bash loads the script, and asks the program for a line."""
    program = tmp_path / "zenoo-security"
    program.write_text(f"#!{sys.executable}\n{PROGRAM}\n", encoding="utf-8")
    program.chmod(0o755)
    script = ask(_ZENOO_SECURITY_COMPLETE="source_bash")
    # `complete -p` names the function that bash calls.
    typed = (
        'COMP_WORDS=(zenoo-security keys ver); COMP_CWORD=2; $(complete -p zenoo-security | sed "s/.*-F //;s/ .*//") '
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", f'{script}\n{typed} zenoo-security; echo "${{COMPREPLY[@]}}"'],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["verify"]
