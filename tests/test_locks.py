"""Each dependency, also a dependency's own, is one version from one place, checked against its hash."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", ".ci/release.lock", "python/zenoo_security/testing/odoo-19.lock")
COMMANDS = [path for path in sorted((ROOT / ".ci").iterdir()) if path.is_file() and path.suffix == ""]


@pytest.mark.asvs("v5.0.0-15.2.4")
@pytest.mark.parametrize("lock", LOCKS)
def test_each_python_requirement_is_one_version_with_its_hashes_and_names_no_index(lock):
    """A file with another hash is refused; which index it comes from is for the machine to say, not for a lock."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", line), line
        assert "://" not in line


@pytest.mark.asvs("v5.0.0-15.2.4")
@pytest.mark.parametrize("lock", ["Cargo.lock", "fuzz/Cargo.lock"])
def test_each_crate_comes_from_crates_io_with_its_hash(lock):
    crates = tomllib.loads((ROOT / lock).read_text(encoding="utf-8"))["package"]
    foreign = [crate for crate in crates if crate["name"] not in {"zenoo-security", "zenoo-security-fuzz"}]
    assert len(foreign) > 100
    for crate in foreign:
        assert crate["source"] == "registry+https://github.com/rust-lang/crates.io-index", crate["name"]
        assert re.fullmatch(r"[0-9a-f]{64}", crate["checksum"]), crate["name"]


def test_make_lock_renews_each_lock_of_crates():
    text = (ROOT / ".ci/lock").read_text(encoding="utf-8")
    [manifests] = re.findall(r"for manifest in (.+); do\n    cargo update .*--manifest-path \"\$manifest\"", text)
    tracked = subprocess.run(["git", "ls-files", "*Cargo.toml"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert manifests.split() == tracked.stdout.split()


@pytest.mark.parametrize("folder", [".", "fuzz"])
def test_it_builds_below_a_stray_cargo_toml(tmp_path, folder):
    """Cargo would take the folder above for a workspace that this crate is no member of."""
    (tmp_path / "Cargo.toml").write_text("[workspace]\n")
    for path in ("Cargo.toml", "src/lib.rs", "fuzz/Cargo.toml", "fuzz/src/lib.rs"):
        (tmp_path / "checkout" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / "checkout" / path)
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    done = subprocess.run(command, cwd=tmp_path / "checkout" / folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.asvs("v5.0.0-15.2.4")
def test_the_scripts_of_ci_take_what_is_locked():
    """Whoever adds a step that builds or installs has to say that it keeps to the locks.

    `.ci/installs` does what people do, with what they would get; `.ci/mutants` says what to install by hand.
    """
    scripts = [path for path in COMMANDS if path.name not in {"installs", "mutants"}]
    lines = [line for path in scripts for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()]
    building = [line for line in lines if re.search(r"cargo (bench|clippy|deny|test|vendor)\b|maturin\"? build", line)]
    installing = [line for line in lines if re.search(r"\bpip\"? .*\b(install|download)\b|\bpip-audit\b", line)]
    assert len(building) > 5
    assert len(installing) > 3
    assert [line for line in building if "--locked" not in line] == []
    own = re.compile(r"--no-deps .* dist/\*\.whl")
    assert [line for line in installing if "--require-hashes" not in line and not own.search(line)] == []


@pytest.mark.asvs("v5.0.0-15.2.4")
def test_each_action_of_the_workflows_is_one_commit():
    """A tag of an action can be moved; then it runs as somebody else's code, with the rights to publish."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github/workflows").iterdir()))
    used = re.findall(r"\buses: (.*)", text)
    assert len(used) > 5
    ours = {f"./.github/workflows/{path.name}" for path in (ROOT / ".github/workflows").iterdir()}
    assert [
        use for use in used if use not in ours and not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+", use)
    ] == []


WORKFLOWS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github/workflows").iterdir())}


def test_a_stranger_reaches_nothing_by_a_pull_request():
    """It runs what they wrote: without secrets, with a token that reads, and with no text of theirs in a command."""
    for text in WORKFLOWS.values():
        assert re.search(r"^permissions:( \{\}\n|\n  contents: read\n\n)", text, re.MULTILINE)
        assert not re.search(r"pull_request_target|workflow_run|issue_comment|secrets\.|secrets: inherit", text)
        assert not re.search(r"github\.(event\.|head_ref)", text.replace("github.event_name", ""))
        assert text.count("actions/checkout@") == text.count("persist-credentials: false")
    assert [name for name, text in WORKFLOWS.items() if re.search(r": write\b", text)] == ["release.yml"]
    assert "pull_request" not in WORKFLOWS["release.yml"]


def test_what_is_published_was_built_where_nothing_else_ran():
    """What tries the wheels, and `make test`, install what is not locked: it can neither change them nor put others in their place."""
    release, building = WORKFLOWS["release.yml"], WORKFLOWS["dist.yml"].split("\n  installs:\n")[0]
    assert re.findall(r"run: make (.*)", building) == ["wheels"]
    assert ".ci/wheels" in (ROOT / "Makefile").read_text(encoding="utf-8").split("\nwheels:")[1].split("\n\n")[0]
    assert release.count("actions/download-artifact@") == release.count("artifact-ids: ${{ needs.dist.outputs.") == 3
    assert not re.search(r"^ +(name|pattern): .*(wheel|sdist)", release, re.MULTILINE)
    assert "actions/checkout@" not in release


def test_the_workflows_run_targets_that_there_are():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    run = set(re.findall(r"run: make ([a-z]+)", "\n".join(WORKFLOWS.values())))
    assert {"test", "wheels", "installs", "advisories"} <= run <= targets


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")[:2]))


def test_each_crate_compiles_with_the_rust_that_we_say():
    """Where there is no wheel, pip compiles with a Rust that may be that old; cargo refuses a crate that asks for more."""
    command = [
        "cargo",
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        "x86_64-unknown-linux-gnu",
    ]
    listed = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    crates = {package["id"]: package for package in listed["packages"]}
    ours = version(crates[listed["resolve"]["root"]]["rust_version"])
    asked = {crate["name"]: crate["rust_version"] for crate in crates.values() if crate["rust_version"]}
    assert len(asked) > 50
    assert {name: rust for name, rust in asked.items() if version(rust) > ours} == {}
