"""What is uploaded: the wheels and the sdist in dist/, as .ci/check and .ci/wheels build them; skipped where there are none."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from email.parser import BytesParser
from pathlib import Path
from zipfile import ZipFile

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CARGO = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))
CRATES = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))["package"]
STEM = f"zenoo_security-{CARGO['package']['version']}"
INFO = f"{STEM}.dist-info"
LIMIT = 4_000_000


def built(pattern: str) -> list[Path]:
    found = sorted((ROOT / "dist").glob(pattern))
    if not found:
        pytest.skip(f"no {pattern} in dist/: `make test` and `make dist` build it")
    return found


@pytest.fixture(scope="module")
def wheel():
    with ZipFile(built("*.whl")[0]) as archive:
        yield archive


@pytest.fixture(scope="module")
def sdist():
    """Every file in it, without the folder that all are in."""
    with tarfile.open(built("*.tar.gz")[0]) as archive:
        return {name.removeprefix(f"{STEM}/") for name in archive.getnames()}


@pytest.fixture(scope="module")
def metadata(wheel):
    return BytesParser().parsebytes(wheel.read(f"{INFO}/METADATA"))


def tracked(*folders: str) -> set[str]:
    """What git knows below these folders."""
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout of git")
    command = ["git", "ls-files", "-z", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return set(listed.split("\0")) - {""}


def test_the_wheels_are_small_and_serve_every_python_from_3_10():
    """4 MB at most: a container downloads it for each image."""
    for path in built("*.whl"):
        assert path.stat().st_size < LIMIT
        assert re.fullmatch(rf"{STEM}-cp310-abi3-manylinux[\w.]+_(x86_64|aarch64)\.whl", path.name)


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    """Nothing that only lies about in a checkout: each file is one that git knows, the native module, or metadata."""
    names = {name for name in wheel.namelist() if not name.startswith(f"{INFO}/")}
    expected = {name.removeprefix("python/") for name in tracked("python/zenoo_security", "python/odoo")}
    assert names == expected | {"zenoo_security/_native.abi3.so"}


def test_the_metadata_of_the_wheel_are_these_files(wheel):
    names = {name.removeprefix(f"{INFO}/") for name in wheel.namelist() if name.startswith(f"{INFO}/")}
    licenses = {f"licenses/{path.relative_to(ROOT)}" for glob in PROJECT["license-files"] for path in ROOT.glob(glob)}
    assert len(licenses) > len(PROJECT["license-files"])
    boms = {"sboms/zenoo-security.cyclonedx.json"}
    names.discard("licenses/crates.txt")  # those of the crates, added by `make dist`
    assert names == licenses | boms | {"METADATA", "RECORD", "WHEEL", "entry_points.txt"}


def test_the_sdist_holds_what_a_build_needs_and_nothing_that_git_does_not_know(sdist):
    assert sdist - tracked() == {"PKG-INFO"}
    needed = tracked("python/zenoo_security", "python/odoo", "src")
    assert needed | {"Cargo.lock", "Cargo.toml", "pyproject.toml", ".cargo/config.toml", "LICENSE", "NOTICE"} <= sdist


def test_the_metadata_say_what_pyproject_says(metadata):
    assert metadata["Version"] == CARGO["package"]["version"]
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == PROJECT["license"]
    assert set(metadata.get_all("Provides-Extra")) == PROJECT["optional-dependencies"].keys()
    assert metadata.get_all("Classifier") == PROJECT["classifiers"]


def test_what_pypi_shows_begins_like_the_readme_and_has_no_link_that_ends_there(metadata):
    """PyPI resolves no relative link and shows no picture of the repository."""
    shown = metadata.get_payload(decode=True).decode()
    assert metadata["Description-Content-Type"].startswith("text/markdown")
    assert shown.split("```")[1] == (ROOT / "README.md").read_text(encoding="utf-8").split("```")[1]
    targets = re.findall(r"\]\(([^)]*)\)|(?:src|href)=[\"']([^\"']*)", shown)
    assert [target for pair in targets for target in pair if target and not target.startswith("https://")] == []


def test_every_extra_is_tried():
    script = (ROOT / ".ci/installs").read_text(encoding="utf-8")
    assert (
        set(re.search(r"^extras=\((.*)\)$", script, re.MULTILINE)[1].split()) == PROJECT["optional-dependencies"].keys()
    )


def compiled() -> set[tuple[str, str, str]]:
    """Name, version and SHA-256 of each crate that Cargo.lock holds for the wheel: all but those of the tests."""
    by_name = {name: crate for crate in CRATES for name in (crate["name"], f"{crate['name']} {crate['version']}")}
    todo = [
        name for name in by_name["zenoo-security"]["dependencies"] if name.split()[0] not in CARGO["dev-dependencies"]
    ]
    found = set()
    while todo:
        crate = by_name[todo.pop()]
        entry = (crate["name"], crate["version"], crate["checksum"])
        if entry not in found:
            found.add(entry)
            todo += crate.get("dependencies", [])
    return found


def needed(processor: str) -> set[tuple[str, str]]:
    """Name and version of each crate that is compiled for a processor, or that something compiled is made with."""
    target = ["--target", f"{processor}-unknown-linux-gnu"]
    command = ["cargo", "tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}", *target]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return {(name, version.removeprefix("v")) for name, version, *_ in map(str.split, filter(None, lines))}


@pytest.mark.asvs("v5.0.0-15.1.2")
def test_the_sbom_lists_each_crate_of_cargo_lock_with_its_hash_and_license(wheel):
    bom = json.loads(wheel.read(f"{INFO}/sboms/zenoo-security.cyclonedx.json"))
    assert bom["bomFormat"] == "CycloneDX"
    assert bom["metadata"]["component"]["version"] == CARGO["package"]["version"]
    components = bom["components"]
    assert all(component["licenses"] for component in components)
    listed = [
        (component["name"], component["version"], digest["content"])
        for component in components
        for digest in component["hashes"]
        if digest["alg"] == "SHA-256"
    ]
    assert len(listed) == len(components)
    assert set(listed) <= compiled()
    processor = re.search(r"(x86_64|aarch64)\.whl$", wheel.filename)[1]
    own = {("zenoo-security", CARGO["package"]["version"])}
    assert needed(processor) - own <= {(name, version) for name, version, _ in listed}
    assert {dependency["ref"] for dependency in bom["dependencies"]} >= {part["bom-ref"] for part in components}
