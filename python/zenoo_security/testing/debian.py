"""Takes packages of Debian's unstable suite into a folder, without installing them.

The mirror is the one that this machine already uses, asked from apt. apt runs on lists, caches and sources of its own
and verifies the suite with the archive keyring that is installed. When that keyring is older than the suite's signing
keys, a newer `debian-archive-keyring` is taken from the machine's own release, which the installed keyring does verify:
trust is only ever handed on by Debian's keys. Unsigned data is never accepted.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.commands import run

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PrivateApt", "unpack"]

_KEYRING_PACKAGE = "debian-archive-keyring"
_KEYRINGS = ("usr/share/keyrings/debian-archive-keyring.pgp", "usr/share/keyrings/debian-archive-keyring.gpg")
_SUITE = "unstable"
_NO_MIRROR = (
    "apt knows no Debian mirror on this machine: a local Odoo needs Debian. "
    "Elsewhere, use an Odoo that already runs (pytest --odoo-url)"
)
_NO_ANSWER = (
    "Debian's mirror did not deliver Odoo 19. Is there a network, and does `apt-get update` work? "
    "Run this again when it does; what is complete is kept"
)
# Nothing but lists of packages, in English.
_OPTIONS = (
    "Acquire::Languages=none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
    "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false",
    "Acquire::Retries=2",
    "APT::Update::Error-Mode=any",
    "Dir::Etc::sourceparts=/dev/null",
)


class PrivateApt:
    """An apt of its own in a folder, on the machine's mirror and with its proxies.

    Args:
        folder: where it keeps its lists and downloads; apt's unprivileged user must be able to reach it.
        root: where the installed keyring is looked for.
    """

    def __init__(self, folder: Path, *, root: Path = Path("/")) -> None:
        self._folder = folder
        self._keyring = find_keyring(root)
        for name in ("lists/partial", "cache/archives/partial", "debs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            _give_to_apt(folder / "debs")

    def update(self) -> None:
        """Fetch and verify the suite's list of packages.

        Raises:
            LocalOdooError: no mirror is configured, it did not answer, or no trusted key signed what it sent.
        """
        *others, last = find_mirrors()
        for mirror in others:
            with contextlib.suppress(LocalOdooError):
                self._update_from(mirror)
                return
        self._update_from(last)

    def download(self, packages: Sequence[str]) -> list[Path]:
        """Fetch packages, each checked against the signed list, and return their files in the order asked.

        Raises:
            LocalOdooError: the mirror did not answer, or does not have one of them.
        """
        self._apt("download", *packages)
        return [next((self._folder / "debs").glob(f"{package}_*.deb")) for package in packages]

    def _update_from(self, mirror: str) -> None:
        self._write_sources(mirror, _SUITE, self._keyring)
        try:
            self._apt("update")
        except LocalOdooError as error:
            if not _is_unknown_key(str(error)):
                raise
            self._keyring = self._newer_keyring(mirror)
            self._write_sources(mirror, _SUITE, self._keyring)
            self._apt("update")

    def _newer_keyring(self, mirror: str) -> Path:
        self._write_sources(mirror, _codename(), self._keyring)
        self._apt("update")
        unpacked = self._folder / "keyring"
        unpack(self.download([_KEYRING_PACKAGE]), unpacked)
        return find_keyring(unpacked)

    def _write_sources(self, mirror: str, suites: str, keyring: Path) -> None:
        text = f"Types: deb\nURIs: {mirror}\nSuites: {suites}\nComponents: main\nSigned-By: {keyring}\n"
        (self._folder / "private.sources").write_text(text)

    def _apt(self, *arguments: str) -> str:
        settings = (
            *_OPTIONS,
            f"Dir::State::lists={self._folder}/lists",
            f"Dir::Cache={self._folder}/cache",
            f"Dir::Etc::sourcelist={self._folder}/private.sources",
        )
        options = [part for setting in settings for part in ("-o", setting)]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        return run(
            ["apt-get", "-q", *options, *arguments], failure=_NO_ANSWER, env=environment, cwd=self._folder / "debs"
        )


def unpack(packages: Sequence[Path], folder: Path) -> None:
    """Unpack packages into one folder, without the translations: two thirds of Odoo, and a test reads English.

    Raises:
        LocalOdooError: a package is damaged or the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages:
        # Not `dpkg-deb --extract`: it cannot leave files out.
        read = ["dpkg-deb", "--fsys-tarfile", str(package)]
        with subprocess.Popen(read, stdout=subprocess.PIPE) as archive:
            run(
                ["tar", "-x", "--no-same-owner", "-C", folder, "--exclude=*.po", "--exclude=*.pot"],
                failure=f"{package.name} could not be unpacked into {folder}: is the disk full?",
                stdin=archive.stdout,
            )
        if archive.returncode != 0:
            raise LocalOdooError(f"{package.name} is damaged: run this again to download it again")


def find_mirrors() -> list[str]:
    """Return the addresses that this machine's apt has its release from, Debian's own first.

    Raises:
        LocalOdooError: it has none.
    """
    release = _codename()
    shown = run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(RELEASE) $(REPO_URI)", "Identifier: Packages"],
        failure=_NO_MIRROR,
    )
    known = re.findall(rf"^Debian {re.escape(release)} (\S+?)/?$", shown, re.MULTILINE)
    # Before the first `apt-get update` apt lists no targets, but tells what it would fetch.
    configured = re.findall(
        rf"^'(\S+)/dists/{re.escape(release)}/InRelease'",
        run(["apt-get", "update", "--print-uris"], failure=_NO_MIRROR),
        re.MULTILINE,
    )
    mirrors = list(dict.fromkeys([*known, *configured]))
    if not mirrors:
        raise LocalOdooError(_NO_MIRROR)
    return mirrors


def find_keyring(root: Path) -> Path:
    """Return the archive keyring below a root folder.

    Raises:
        LocalOdooError: the package that holds it is not installed there.
    """
    for name in _KEYRINGS:
        if (root / name).exists():
            return root / name
    raise LocalOdooError(f"the archive keyring is missing: apt-get install {_KEYRING_PACKAGE}")


def _codename() -> str:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    return values.get("VERSION_CODENAME", "").strip('"')


def _is_unknown_key(said: str) -> bool:
    return "NO_PUBKEY" in said or "is not signed" in said or "Missing key" in said


def _give_to_apt(folder: Path) -> None:
    try:
        pwd.getpwnam("_apt")
    except KeyError:
        return
    shutil.chown(folder, "_apt")
