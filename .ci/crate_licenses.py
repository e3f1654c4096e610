"""Puts the license texts of the crates that are compiled into a wheel into the wheel: most of them ask for it.

python .ci/crate_licenses.py UNPACKED-WHEEL, in the folder of the Cargo.toml that it was built from.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

NAMES = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


def folders() -> dict[tuple[str, str], Path]:
    """Name and version of each crate of the lock, and where its files are."""
    command = ["cargo", "metadata", "--locked", "--offline", "--format-version", "1"]
    packages = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["packages"]
    return {(package["name"], package["version"]): Path(package["manifest_path"]).parent for package in packages}


def texts(wheel: Path) -> dict[str, list[str]]:
    """Each license text, and the crates that have it."""
    sources = folders()
    [bom] = wheel.glob("*.dist-info/sboms/zenoo-security.cyclonedx.json")
    found: dict[str, list[str]] = {}
    for crate in json.loads(bom.read_text(encoding="utf-8"))["components"]:
        name = f"{crate['name']} {crate['version']}"
        files = sorted(path for path in sources[crate["name"], crate["version"]].iterdir() if NAMES.match(path.name))
        for path in files:
            if path.is_file():
                found.setdefault(path.read_text(encoding="utf-8").strip(), []).append(name)
        if not files:
            declared = " and ".join(choice.get("expression", "") for choice in crate["licenses"])
            found.setdefault(f"No license text comes with it. It declares: {declared}", []).append(name)
    return found


def main(wheel: Path) -> None:
    """Write the file, and name it in the metadata (PEP 639)."""
    [info] = wheel.glob("*.dist-info")
    line = f"\n\n{'=' * 80}\n\n"
    parts = (f"{', '.join(crates)}:\n\n{text}" for text, crates in texts(wheel).items())
    head = "The native module holds the crates below, which are under these licenses."
    (info / "licenses/crates.txt").write_text(line.join((head, *parts)) + "\n", encoding="utf-8")
    metadata = info / "METADATA"
    named = metadata.read_text(encoding="utf-8").replace(
        "\nLicense-File:", "\nLicense-File: crates.txt\nLicense-File:", 1
    )
    metadata.write_text(named, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
