"""What is installed, what runs by itself, and what it is connected to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from zenoo_security.checks.check import CannotTell, NotApplicable, Problem, Severity
from zenoo_security.checks.live_rpc.base import DatabaseCheck, named
from zenoo_security.checks.support import is_supported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zenoo_security.checks.live_rpc.snapshot import Database, Row

__all__ = [
    "Addon",
    "Aliases",
    "Audit",
    "Backups",
    "Code",
    "Ldap",
    "Modules",
    "Oauth",
    "Supported",
    "Webhooks",
    "WebsiteCode",
]

_DANGEROUS: Final = {
    "auth_admin_passkey": "one password opens every account",
    "base_import_module": "code can be uploaded over HTTP",
    "impersonate_login": "administrators act as others",
    "web_studio": "the application can be changed over HTTP",
    "payment_demo": "orders count as paid, and nobody paid",
}
_FORM_MODELS: Final = frozenset(
    {"crm.lead", "helpdesk.ticket", "hr.applicant", "mail.mail", "mailing.contact", "project.task", "res.partner"}
)
"""Odoo's own modules allow them in forms."""
_NO_FORM: Final = re.compile(
    r"ir\.|base\.|res\.(?!partner$)|hr\.(?!applicant$)|account\.|payment\.|mail\.(?!mail$)|auth"
)
_ENDPOINTS: Final = ("auth_endpoint", "validation_endpoint", "data_endpoint")
_PROVIDER_OF_ODOO: Final = "accounts.odoo.com"
_AUDITED: Final = ("res.users", "res.groups", "ir.rule", "ir.model.access", "ir.config_parameter")
_RISKY: Final = re.compile(r"\b(?:eval|exec|requests|urllib|sudo|cr\.execute|os\.)\b")
_SERIES: Final = re.compile(r"(?:saas~)?([0-9]{1,2}\.[0-9]{1,2})\.")


class Aliases(DatabaseCheck):
    id = "RPC-19"
    title = "Not everybody makes records by mail"
    severity = Severity.MEDIUM
    rationale = "A mail to such an address becomes a record, with what stands in it; its sender is easily forged."
    fix = "The alias: accept mails from authenticated partners or employees"
    asvs = ("v5.0.0-8.2.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for row in snapshot.rows("aliases"):
            model = row["alias_model_id"][1] if row["alias_model_id"] else ""
            yield Problem(f"a mail of anybody to {row['alias_name']} makes a record: {model}", str(row["alias_name"]))


class Code(DatabaseCheck):
    id = "RPC-20"
    title = "Code in the database is by administrators, and harmless"
    severity = Severity.HIGH
    rationale = "A server action runs Python with the rights of who starts it, a scheduled one with those of OdooBot."
    fix = "Settings, Technical, Server Actions: read these, and move what is needed into a module under review"
    asvs = ("v5.0.0-1.3.2",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        trusted = {1, *(user["id"] for user in snapshot.administrators())}
        for row in snapshot.rows("server_actions"):
            authors = {one[0] for one in (row["create_uid"], row["write_uid"]) if one}
            name = str(row["name"])
            if authors - trusted:
                yield Problem(f"the code of {name} is by somebody who is no administrator", name)
            elif authors - {1} and (match := _RISKY.search(str(row["code"] or ""))):
                yield Problem(f"the code of {name} has {match[0]}", name, warning=True)


class Webhooks(DatabaseCheck):
    id = "RPC-21"
    title = "No automation is started by whoever knows an address"
    severity = Severity.HIGH
    rationale = "The address of a webhook is its only secret; it stands in logs, and in whatever calls it."
    fix = "In the proxy allow /web/hook/ the addresses of the callers alone; archive what nobody uses"
    asvs = ("v5.0.0-8.2.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for row in snapshot.rows("webhooks"):
            if row["active"]:
                yield Problem(f"the automation {row['name']} is started by a webhook", str(row["name"]))


class WebsiteCode(DatabaseCheck):
    id = "RPC-22"
    title = "Websites have no code that nobody reviews, and forms only for what is meant"
    severity = Severity.MEDIUM
    rationale = "A script sees what is typed on its page; a form makes records without asking for a right."
    fix = (
        "Website: take the code out, or move it into a module with a hash of its source; "
        "Settings, Technical, Models: take Allowed to use in forms off"
    )
    asvs = ("v5.0.0-3.6.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for row in snapshot.rows("websites"):
            if any("<script" in str(row[name] or "").lower() for name in ("custom_code_head", "custom_code_footer")):
                yield Problem(f"the website {row['name']} has a script of its own on every page", str(row["name"]))
        for name in sorted({str(row["model"]) for row in snapshot.rows("form_models")} - _FORM_MODELS):
            sensitive = bool(_NO_FORM.match(name))
            text = f"whoever is not logged in makes records of {name}: it is allowed in forms of a website"
            yield Problem(text, f"form {name}", warning=not sensitive)
        yield from _scripted(snapshot.rows("scripted_views"))


def _scripted(views: Sequence[Row]) -> Iterator[Problem]:
    """Pages and blocks that were written in the website's editor, and have a script that no module brought."""
    from_modules = {row["key"] for row in views if row["model_data_id"]}
    for row in views:
        if not row["model_data_id"] and row["key"] not in from_modules:
            name = str(row["name"])
            yield Problem(f"the page or block {name} has a script that no module brought", f"view {name}", warning=True)


class Oauth(DatabaseCheck):
    id = "RPC-26"
    title = "Logins by OAuth use https, and one provider that is yours"
    severity = Severity.HIGH
    rationale = (
        "Odoo uses the implicit flow: the token comes in the address. A provider that is enabled opens accounts."
    )
    fix = "Settings, OAuth Providers: https only; archive those that came with Odoo. Customer Account: On invitation"
    asvs = ("v5.0.0-10.4.4", "v5.0.0-12.2.1")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for row in snapshot.rows("oauth"):
            if not row["enabled"]:
                continue
            name = str(row["name"])
            addresses = [str(row[one]) for one in _ENDPOINTS if row.get(one)]
            if any(urlsplit(address).scheme != "https" for address in addresses):
                yield Problem(f"the provider {name} is asked over plain http", name)
            if snapshot.parameter("auth_signup.invitation_scope", "b2b") == "b2c":
                yield Problem(f"whoever has an account at {name} makes one here", f"{name} sign-up")
            if urlsplit(addresses[0]).hostname == _PROVIDER_OF_ODOO:
                text = f"the provider {name} came with Odoo, enabled: does anybody use it?"
                yield Problem(text, f"{name} default", warning=True)
            yield Problem(f"the provider {name} uses the implicit flow", f"{name} flow", warning=True)


class Ldap(DatabaseCheck):
    id = "RPC-27"
    title = "LDAP is encrypted, and asked by an account that may only read"
    severity = Severity.HIGH
    rationale = "Every login sends its password to the directory."
    fix = "Settings, LDAP Server: Use TLS; a binding account without rights to change anything"
    asvs = ("v5.0.0-12.3.1", "v5.0.0-13.2.2")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for row in snapshot.rows("ldap"):
            server = str(row["ldap_server"])
            if not row["ldap_tls"]:
                yield Problem(f"the directory {server} is asked without TLS", server)
            if re.search(r"cn=(?:admin|administrator|manager|root)\b", str(row["ldap_binddn"] or ""), re.IGNORECASE):
                yield Problem(f"the directory {server} is asked as its administrator", f"{server} bind")


class Modules(DatabaseCheck):
    id = "RPC-28"
    title = "No module is installed that opens the database, and no demo data"
    severity = Severity.HIGH
    rationale = (
        "Some modules let code in, or let one person be another; demo users have passwords that everybody knows."
    )
    fix = "Apps: uninstall them. Demo data cannot be removed: start from a new database"
    asvs = ("v5.0.0-15.2.3", "v5.0.0-6.3.2")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        modules = snapshot.rows("modules")
        for name in sorted(str(row["name"]) for row in modules):
            what = "it is for tests" if name.startswith("test_") else _DANGEROUS.get(name)
            if what:
                yield Problem(f"{name} is installed: {what}", name)
        if any(row["demo"] for row in modules):
            yield Problem("the database has demo data", "demo")
        unknown = [row["name"] for row in modules if not str(row["author"] or "").strip()]
        if unknown:
            yield Problem(f"modules that name no author: {named(unknown)}", "author", warning=True)


class Audit(DatabaseCheck):
    id = "RPC-29"
    title = "Changes of users, rights and settings are recorded"
    severity = Severity.MEDIUM
    rationale = "Nobody can tell afterwards who gave which right to whom."
    fix = (
        "OCA's auditlog with subscribed rules for res.users, res.groups, ir.rule, ir.model.access, "
        "ir.config_parameter; leave the fields with passwords out of that for res.users, and delete what it has of them"
    )
    asvs = ("v5.0.0-16.3.2", "v5.0.0-16.3.3")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        if "auditlog" not in snapshot.installed():
            yield Problem("auditlog is not installed", "module", severity=Severity.LOW)
            return
        models = {row["id"]: row["model"] for row in snapshot.rows("models")}
        rules = [row for row in snapshot.rows("audit_rules") if row["state"] == "subscribed" and row["model_id"]]
        missing = set(_AUDITED) - {str(models.get(row["model_id"][0])) for row in rules}
        if missing:
            yield Problem(f"not recorded: {named(missing)}", "rules")
        if passwords := snapshot.rows("audited_passwords"):
            text = f"auditlog has recorded passwords, {len(passwords)} times"
            yield Problem(text, "passwords", severity=Severity.HIGH)


class Backups(DatabaseCheck):
    id = "RPC-32"
    title = "Backups leave the machine, and this database is no neutralized copy"
    severity = Severity.MEDIUM
    rationale = "A backup beside the database goes with it."
    fix = "auto_backup: a target on another machine, or a backup outside of Odoo; restore one now and then"
    asvs = ("v5.0.0-14.2.4",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        neutralized = snapshot.parameter("database.is_neutralized")
        if neutralized not in {"", "False"}:
            yield Problem("the database is neutralized: this is a copy for tests", "neutralized")
        try:
            backups = snapshot.rows("backups")
        except NotApplicable:
            if neutralized in {"", "False"}:
                raise NotApplicable("auto_backup is not installed: see that something else makes backups") from None
            return
        if backups and all(row["method"] == "local" for row in backups):
            yield Problem("every backup stays on this machine", "local")


class Supported(DatabaseCheck):
    id = "RPC-33"
    title = "This Odoo gets fixes, and no update waits"
    severity = Severity.HIGH
    rationale = "Faults of a series that is out of support are published and not mended."
    fix = "Upgrade to a supported series; for what waits: odoo-bin -u MODULE"
    asvs = ("v5.0.0-15.2.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        modules = snapshot.rows("modules")
        base = next((str(row["latest_version"] or "") for row in modules if row["name"] == "base"), "")
        match = _SERIES.match(base)
        if match is None:
            raise CannotTell("the version of the module base is not known")
        if not is_supported(match[1], snapshot.now.date()):
            yield Problem(f"Odoo {match[1]} is out of support", "series")
        waiting = [row["name"] for row in modules if row["state"] != "installed"]
        if waiting:
            yield Problem(f"not finished: {named(waiting)}", "waiting", severity=Severity.MEDIUM)


class Addon(DatabaseCheck):
    id = "RPC-34"
    title = (
        "The addon is that on the disk, its audit log as written, and encrypted fields are whole, under the primary key"
    )
    severity = Severity.HIGH
    rationale = "Between two versions its checks may be missing; a value beside its ciphertext is in every backup."
    fix = (
        "odoo-bin -u zenoo_security; zenoo-security fields encrypt, rotate and reindex, until fields verify is "
        "content; Settings, Security, Security events, Verify: which rows of the audit log were changed"
    )
    asvs = ("v5.0.0-15.2.1", "v5.0.0-11.2.2", "v5.0.0-16.4.2")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        ours = [row for row in snapshot.rows("modules") if str(row["name"]).startswith("zenoo_security")]
        for row in ours:
            if row["state"] != "installed" or row["latest_version"] != row["installed_version"]:
                yield Problem(f"{row['name']} waits for an update", str(row["name"]))
        for chain in snapshot.rows("audit_chain") if ours else ():
            yield from _audit(chain)
        try:
            fields = snapshot.rows("encrypted_fields")
        except NotApplicable as reason:
            if not ours:
                raise NotApplicable(f"the addon zenoo_security is not installed, and {reason}") from None
            return
        for row in fields:
            yield from _encryption(row)


def _audit(chain: Row) -> Iterator[Problem]:
    if not chain["protected"]:
        text = "the addon has no key ring: nobody notices when its events are changed"
        yield Problem(text, "key ring", severity=Severity.MEDIUM)
    elif chain["altered"]:
        yield Problem(f"{chain['altered']} places of the audit log are not as they were written", "audit")


def _encryption(row: Row) -> Iterator[Problem]:
    name = row["name"]
    if row["plaintext"]:
        yield Problem(f"{row['plaintext']} values of {name} are in the clear", f"{name} plaintext")
    if row["undecryptable"]:
        yield Problem(f"{row['undecryptable']} values of {name} cannot be decrypted", f"{name} undecryptable")
    if row["index_stale"]:
        text = f"{row['index_stale']} values of {name} are not found by their index, or by a wrong one"
        yield Problem(text, f"{name} index", severity=Severity.MEDIUM)
    if row["primary"] < row["tokens"]:
        share = 100 * row["primary"] // row["tokens"]
        yield Problem(
            f"{share} % of {name} is under the primary key: go on with zenoo-security fields rotate",
            f"{name} keys",
            severity=Severity.MEDIUM,
        )
