"""What is read. Passwords and tokens are only ever counted: they stand in domains, never among the fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

__all__ = ["QUERIES", "Query"]

_SENSITIVE: Final = ("password", "passwd", "secret", "token", "api_key", "private_key", "iban", "ssn")


@dataclass(frozen=True)
class Query:
    """One reading of a model, archived records too.

    Args:
        model: its name.
        fields: without any of them nothing can be said.
        optional: those that not every series or module has.
        domain: which records.
        ruled: record rules hide rows of it from who is no administrator.
    """

    model: str
    fields: tuple[str, ...]
    optional: tuple[str, ...] = ()
    domain: tuple[Any, ...] = ()
    ruled: bool = False


def _any_of(field: str, words: tuple[str, ...]) -> tuple[Any, ...]:
    return (*("|",) * (len(words) - 1), *((field, "ilike", word) for word in words))


QUERIES: Final = {
    "users": Query(
        "res.users",
        ("login", "name", "active", "share", "login_date", "create_date"),
        # all_group_ids: Odoo 19; groups_id: before, with the implied ones.
        ("totp_enabled", "auth_passkey_key_ids", "all_group_ids", "groups_id"),
        ruled=True,
    ),
    "groups": Query("ir.model.data", ("module", "name", "res_id"), domain=(("model", "=", "res.groups"),)),
    "group_records": Query(
        "res.groups",
        ("name",),
        # all_implied_ids: Odoo 19; trans_implied_ids: before. The timeouts are those of auth_timeout.
        ("all_implied_ids", "trans_implied_ids", "lock_timeout", "lock_timeout_inactivity"),
    ),
    "parameters": Query("ir.config_parameter", ("key", "value")),
    "api_keys": Query(
        "res.users.apikeys", ("name", "user_id", "create_date"), ("expiration_date", "scope"), ruled=True
    ),
    "oca_api_keys": Query("auth.api.key", ("name", "user_id"), ("active",)),
    "access": Query(
        "ir.model.access",
        ("name", "model_id", "group_id", "active", "perm_read", "perm_write", "perm_create", "perm_unlink"),
    ),
    "rules": Query("ir.rule", ("name", "model_id", "groups", "domain_force", "active", "perm_read")),
    "models": Query("ir.model", ("model", "modules", "transient")),
    "modules": Query(
        "ir.module.module",
        ("name", "state", "author", "demo", "latest_version", "installed_version"),
        domain=(("state", "not in", ("uninstalled", "uninstallable")),),
    ),
    "sensitive_fields": Query(
        "ir.model.fields",
        ("model", "name", "groups", "modules"),
        domain=(("store", "=", True), ("ttype", "in", ("char", "text", "binary")), *_any_of("name", _SENSITIVE)),
    ),
    "company_fields": Query("ir.model.fields", ("model",), domain=(("name", "=", "company_id"), ("store", "=", True))),
    "html_fields": Query(
        "ir.model.fields",
        ("model", "name", "modules"),
        ("sanitize", "sanitize_overridable"),
        domain=(
            *(("ttype", "=", "html"), ("store", "=", True)),
            *("|", ("sanitize", "=", False), ("sanitize_overridable", "=", True)),
        ),
    ),
    "server_actions": Query(
        "ir.actions.server", ("name", "code", "create_uid", "write_uid"), domain=(("state", "=", "code"),)
    ),
    "mail_servers": Query("ir.mail_server", ("name", "smtp_host", "smtp_encryption", "active")),
    "mail_passwords": Query("ir.mail_server", ("name",), domain=(("smtp_pass", "!=", False),)),
    "fetch_passwords": Query("fetchmail.server", ("name",), domain=(("password", "!=", False),)),
    "payment_providers": Query(
        "payment.provider",
        ("name", "code"),
        domain=(("state", "=", "enabled"), ("code", "not in", ("none", "custom", "demo"))),
    ),
    "aliases": Query(
        "mail.alias",
        ("alias_name", "alias_contact", "alias_model_id"),
        domain=(("alias_name", "!=", False), ("alias_contact", "=", "everyone")),
        ruled=True,
    ),
    "webhooks": Query("base.automation", ("name", "active"), domain=(("trigger", "=", "on_webhook"),)),
    "websites": Query("website", ("name", "custom_code_head", "custom_code_footer")),
    "attachments": Query(
        "ir.attachment",
        ("res_model", "name"),
        domain=(("public", "=", True), ("res_model", "!=", False), ("res_id", "!=", 0)),
        ruled=True,
    ),
    "linked_attachments": Query(
        "ir.attachment", ("url",), domain=(("type", "=", "url"), ("url", "=ilike", "http%")), ruled=True
    ),
    "form_models": Query("ir.model", ("model", "website_form_access"), domain=(("website_form_access", "=", True),)),
    "scripted_views": Query(
        "ir.ui.view",
        ("name", "key", "model_data_id"),
        domain=(("type", "=", "qweb"), ("arch_db", "ilike", "<script"), ("active", "=", True)),
    ),
    "oauth": Query(
        "auth.oauth.provider", ("name", "enabled", "auth_endpoint", "validation_endpoint"), ("data_endpoint",)
    ),
    "ldap": Query("res.company.ldap", ("ldap_server", "ldap_tls", "ldap_binddn")),
    "audit_rules": Query("auditlog.rule", ("model_id", "state")),
    "audited_passwords": Query(
        "auditlog.log.line",
        ("field_name",),
        domain=(("field_name", "in", ("password", "new_password", "new_passwd", "totp_secret", "smtp_pass")),),
    ),
    "devices": Query("res.device", ("user_id", "ip_address", "last_activity"), ("country",), ruled=True),
    "backups": Query("db.backup", ("name", "method")),
    "role_lines": Query("res.users.role.line", ("user_id", "role_id", "date_to", "is_enabled")),
}
