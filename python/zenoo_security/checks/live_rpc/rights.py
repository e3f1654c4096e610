"""Access rights, record rules, fields and attachments; of models and fields, those that Odoo's own modules lack."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from zenoo_security.checks.check import Problem, Severity
from zenoo_security.checks.live_rpc.base import DatabaseCheck, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.live_rpc.snapshot import Database, Row

__all__ = ["AccessForAll", "Attachments", "HtmlFields", "Rules", "SensitiveFields", "Wizards"]

_OUTSIDE: Final = ("base.group_portal", "base.group_public")
_OVERRIDE: Final = "base.group_sanitize_override"
_CHANGES: Final = ("perm_write", "perm_create", "perm_unlink")
_ALWAYS: Final = re.compile(r"\[\s*\(\s*1\s*,\s*['\"]=['\"]\s*,\s*1\s*\)\s*\]|\[\s*\]")
_SENSITIVE: Final = frozenset(
    {"res.users", "ir.config_parameter", "res.users.apikeys", "ir.mail_server", "hr.employee"}
)
_PUBLIC: Final = re.compile(
    r"^(?:ir\.ui\.view|ir\.asset|website|theme\.|product\.|blog\.|event\.|slide\.|res\.(?:company|partner|users)$)"
)


def _grants(row: Row, names: tuple[str, ...]) -> bool:
    return bool(row["active"]) and any(row[name] for name in names)


class AccessForAll(DatabaseCheck):
    id = "RPC-13"
    title = "No access right is given to everybody"
    severity = Severity.CRITICAL
    rationale = "A right without a group holds for portal users, and for who is not logged in."
    fix = "Name the group in ir.model.access.csv: base.group_user for employees"
    asvs = ("v5.0.0-8.2.1", "v5.0.0-8.2.2")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        models = {row["id"]: row["model"] for row in snapshot.rows("models")}
        for row in snapshot.rows("access"):
            if row["group_id"] or not row["model_id"]:
                continue
            model = str(models.get(row["model_id"][0], row["model_id"][1]))
            if _grants(row, _CHANGES):
                yield Problem(f"everybody may change {model}: {row['name']}", model)
            elif _grants(row, ("perm_read",)) and model in _SENSITIVE:
                yield Problem(f"everybody may read {model}: {row['name']}", model, severity=Severity.HIGH)


class Rules(DatabaseCheck):
    id = "RPC-14"
    title = "What outsiders may read, a record rule narrows; what has a company, keeps companies apart"
    severity = Severity.HIGH
    rationale = "An access right gives all records of a model; only a rule says which."
    fix = "An ir.rule for base.group_portal, such as [('partner_id', '=', user.partner_id.id)], and one for companies"
    asvs = ("v5.0.0-8.2.2", "v5.0.0-8.4.1")

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        custom = snapshot.custom_models()
        outside = {snapshot.group(one) for one in _OUTSIDE}
        rules = [rule for rule in snapshot.rows("rules") if rule["active"] and rule["model_id"]]
        for row in snapshot.rows("access"):
            model = row["model_id"][0] if row["model_id"] else 0
            group = row["group_id"][0] if row["group_id"] else None
            if model not in custom or not _grants(row, ("perm_read",)) or group not in {None, *outside}:
                continue
            narrowing = [
                rule
                for rule in rules
                if rule["model_id"][0] == model
                and (not rule["groups"] or set(rule["groups"]) & outside)
                and not _ALWAYS.fullmatch(str(rule["domain_force"] or "[]").strip())
            ]
            if not narrowing:
                yield Problem(f"outsiders may read every record of {custom[model]}", f"outside {custom[model]}")
        names = {row["model"] for row in snapshot.rows("company_fields")}
        narrowed = {rule["model_id"][0] for rule in rules if "company" in str(rule["domain_force"])}
        for model, name in custom.items():
            if name in names and model not in narrowed:
                text = f"{name} has a company, and no rule for it"
                yield Problem(text, f"company {name}", severity=Severity.MEDIUM)


class Wizards(DatabaseCheck):
    id = "RPC-15"
    title = "Wizards are for employees"
    severity = Severity.MEDIUM
    rationale = "A wizard acts with more than a form does; outsiders call its methods by name."
    fix = "In ir.model.access.csv give transient models to the group that uses them"
    asvs = ("v5.0.0-8.2.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        custom = snapshot.custom_models()
        wizards = {row["id"] for row in snapshot.rows("models") if row["transient"]} & set(custom)
        outside = {None, *(snapshot.group(one) for one in _OUTSIDE)}
        for row in snapshot.rows("access"):
            group = row["group_id"][0] if row["group_id"] else None
            if row["model_id"] and row["model_id"][0] in wizards and group in outside and _grants(row, _CHANGES):
                name = custom[row["model_id"][0]]
                yield Problem(f"outsiders may start the wizard {name}", name)


class SensitiveFields(DatabaseCheck):
    id = "RPC-16"
    title = "Fields with passwords, tokens and account numbers are for some groups only"
    severity = Severity.HIGH
    rationale = "Whoever may read the record reads every field of it over RPC, whatever its form shows."
    fix = "groups='base.group_system' on the field, and encrypt it: see encrypted-fields.md"
    asvs = ("v5.0.0-8.2.3",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        for row in snapshot.rows("sensitive_fields"):
            if not row["groups"] and snapshot.is_custom(str(row["modules"] or "")):
                name = f"{row['model']}.{row['name']}"
                yield Problem(f"{name} is for everybody who may read the record", name)


class HtmlFields(DatabaseCheck):
    id = "RPC-23"
    title = "HTML is cleaned when it is stored"
    severity = Severity.MEDIUM
    rationale = "A script that somebody stores runs for who looks at it."
    fix = "Take sanitize=False and sanitize_overridable=True off the field"
    asvs = ("v5.0.0-1.3.1",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        writers = snapshot.beside_administrators(_OVERRIDE)
        for row in snapshot.rows("html_fields"):
            if not snapshot.is_custom(str(row["modules"] or "")):
                continue
            name = f"{row['model']}.{row['name']}"
            if not row.get("sanitize"):
                yield Problem(f"{name} stores HTML as it comes", name)
            elif writers:
                yield Problem(f"{name} stores HTML of these as it comes: {named(writers)}", name, warning=True)


class Attachments(DatabaseCheck):
    id = "RPC-24"
    title = "Attachments of inner records are not public"
    severity = Severity.MEDIUM
    rationale = "A public attachment is fetched by counting up its number."
    fix = "Take Is public document off these attachments"
    asvs = ("v5.0.0-8.2.2",)

    def find(self, snapshot: Database, /) -> Iterator[Problem]:
        models = [str(row["res_model"]) for row in snapshot.rows("attachments") if not _PUBLIC.match(row["res_model"])]
        for model in sorted(set(models)):
            yield Problem(f"{models.count(model)} public attachments of {model}", model)
        inner = {host for row in snapshot.rows("linked_attachments") if _is_inner(host := _host(row["url"]))}
        if inner:
            yield Problem(f"attachments link to hosts of the inner network: {named(inner)}", "url", warning=True)


def _host(url: object) -> str:
    try:
        return urlsplit(str(url or "")).hostname or ""
    except ValueError:
        return ""


def _is_inner(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal", ".lan", ".localhost"))
