"""The files around Odoo: who may read and change them, and how old what is in them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.checks.check import NotApplicable, Problem, Severity
from zenoo_security.checks.odoo_conf.base import ConfCheck, problem
from zenoo_security.checks.odoo_conf.options import OPTIONS
from zenoo_security.checks.odoo_conf.snapshot import SECRET_NAME
from zenoo_security.checks.support import OLDEST_SUPPORTED, SUPPORTED_UNTIL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.files import PathFacts
    from zenoo_security.checks.odoo_conf.snapshot import OdooConf

__all__ = ["Code", "Permissions", "PlainSecrets", "Supported"]

_DANGEROUS: Final = {
    "auth_admin_passkey": "one password opens every account",
    "base_import_module": "code can be uploaded over HTTP",
    "impersonate_login": "administrators act as others",
    "web_studio": "the application can be changed over HTTP",
}
_PATHS: Final = ("file", "filename", "_path")
_NO_SECRETS: Final = ("", "false", "none")
_NOT_SEEN: Final = "cannot be looked at: run the check on the machine of Odoo, and as root"
_HELD_ELSEWHERE: Final = frozenset({"admin_passwd", "db_password", "smtp_password"})


class Permissions(ConfCheck):
    id = "CONF-17"
    title = "Only Odoo and root can read its file, its sessions and its attachments"
    severity = Severity.HIGH
    rationale = "Who reads the file of a session is logged in as its user; the file of options has passwords."
    fix = "chown root:odoo odoo.conf; chmod 640 odoo.conf; chmod 700 the data_dir"
    asvs = ("v5.0.0-13.3.2",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        facts = snapshot.facts
        if facts.allows(0o027):
            who = "change" if facts.allows(0o022) else "read"
            yield problem(snapshot, "odoo.conf", f"others can {who} the file: mode {facts.mode:04o}")
        root, *inside = snapshot.paths.get("data_dir", ()) or (None,)
        if root is None:
            message = "data_dir is not set, so its sessions and attachments were not looked at"
            yield problem(snapshot, "data_dir", message, of="not set", warning=True)
            return
        if root.mode is None:
            yield problem(snapshot, "data_dir", f"{root.path} {_NOT_SEEN}", of="not seen", warning=True)
        if facts.mode is not None and root.mode is not None and facts.uid not in {0, root.uid}:
            message = "the file belongs neither to root nor to the owner of data_dir"
            yield problem(snapshot, "odoo.conf", message, of="owner")
        yield from _readable(snapshot, root, inside)


class Code(ConfCheck):
    id = "CONF-18"
    title = "Odoo cannot change its own code, and loads no dangerous module for all databases"
    severity = Severity.HIGH
    rationale = "Who gets Odoo to write a file must not get it to run that file."
    fix = "chown -R root: the folders of addons_path; chmod -R go-w them. Take the module out of server_wide_modules"
    asvs = ("v5.0.0-13.2.2", "v5.0.0-15.2.3")

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        for name in snapshot.items("server_wide_modules"):
            if name in _DANGEROUS:
                message = f"{name} is loaded for all databases: {_DANGEROUS[name]}"
                yield problem(snapshot, "server_wide_modules", message, of=name)
        service = next((facts.uid for facts in snapshot.paths.get("data_dir", ()) if facts.mode is not None), 0)
        for facts in snapshot.paths.get("addons_path", ()):
            if facts.mode is None:
                message = f"{facts.path} {_NOT_SEEN}"
                yield problem(snapshot, "addons_path", message, of=f"not seen {facts.path}", warning=True)
            elif facts.allows(0o022):
                message = f"others can change {facts.path}: mode {facts.mode:04o}"
                yield problem(snapshot, "addons_path", message, of=facts.path)
            elif service and facts.uid == service and facts.allows(0o200):
                message = f"{facts.path} belongs to the owner of data_dir"
                yield problem(snapshot, "addons_path", message, of=f"owner {facts.path}")


class PlainSecrets(ConfCheck):
    id = "CONF-21"
    title = "No other secret stands in the file in the clear"
    severity = Severity.MEDIUM
    rationale = "What server_environment and other modules read from the file is in each backup and in each copy of it."
    fix = "Keep it in a file of mode 0600 of its own, or in a secret of systemd or the container; then replace it"
    asvs = ("v5.0.0-13.3.1",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        known = {name: value for name, value in snapshot.values.items() if snapshot.line(name) and name in OPTIONS}
        held = {**known, **snapshot.unknown, **snapshot.others}
        for name, value in held.items():
            if name in _HELD_ELSEWHERE or not isinstance(value, str) or value.lower() in _NO_SECRETS:
                continue
            if SECRET_NAME.search(name) and not name.endswith(_PATHS):
                shown, line = name.split(maxsplit=1)[0], snapshot.lines.get(name.rpartition(".")[2], 0)
                yield Problem(f"{shown} holds what looks like a secret", shown, line=line)


class Supported(ConfCheck):
    id = "CONF-22"
    title = "This Odoo still gets security fixes"
    severity = Severity.HIGH
    rationale = "Faults of a series that is out of support are published and not mended."
    fix = (
        "Upgrade to a supported series: "
        "https://www.odoo.com/documentation/master/administration/standard_extended_support.html"
    )
    asvs = ("v5.0.0-15.2.1",)

    def find(self, snapshot: OdooConf, /) -> Iterator[Problem]:
        if not snapshot.series:
            raise NotApplicable("neither addons_path nor a path says which Odoo it is")
        major = snapshot.series.partition(".")[0]
        end = SUPPORTED_UNTIL.get(f"{major}.0")
        if end is None and int(major) >= OLDEST_SUPPORTED:
            raise NotApplicable(f"how long Odoo {snapshot.series} is supported is not known here")
        if end is None or end < snapshot.today:
            when = f" since {end}" if end else ""
            yield problem(snapshot, "addons_path", f"Odoo {snapshot.series} is out of support{when}")


def _readable(conf: OdooConf, root: PathFacts, inside: list[PathFacts]) -> Iterator[Problem]:
    """Folders that others can read, and get to through the data folder."""
    there = [facts for facts in inside if facts.mode is not None]
    for facts in there or [root]:
        if facts.allows(0o077) and root.allows(0o077):
            yield problem(conf, "data_dir", f"others get into {facts.path}: mode {facts.mode:04o}", of=facts.path)
