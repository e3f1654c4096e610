"""What no declaration can open to people outside: taken from Odoo 19's sources.

A method that no declaration names is refused in any case. These are what nobody should name by mistake.
"""

from __future__ import annotations

from typing import Final

from zenoo_security.policy.methods import INSTEAD, instead_of

__all__ = ["MODELS", "is_refused"]

#: Of `odoo/orm/models.py`: `@api.private`, which Odoo itself refuses since 19 and ran before.
_PRIVATE: Final = [
    "browse",
    "check_access",
    "concat",
    "ensure_one",
    "exists",
    "fetch",
    "filtered",
    "filtered_domain",
    "flush_model",
    "flush_recordset",
    "grouped",
    "init",
    "invalidate_model",
    "invalidate_recordset",
    "lock_for_update",
    "mapped",
    "modified",
    "new",
    "search_fetch",
    "sorted",
    "sudo",
    "try_lock_for_update",
    "union",
    "update",
    "with_company",
    "with_context",
    "with_env",
    "with_prefetch",
    "with_user",
]
#: No methods, and what holds them all.
_ATTRIBUTES: Final = ["cr", "env", "ids", "pool"]
#: They read or write what their arguments name, by ways that are not checked here, or tell of the inside.
_AROUND: Final = [
    "check_access_rights",
    "check_access_rule",
    "check_field_access_rights",
    "export_data",
    "get_base_url",
    "get_empty_list_help",
    "get_external_id",
    "get_formview_action",
    "get_formview_id",
    "get_import_templates",
    "get_metadata",
    "get_view",
    "get_views",
    "get_website_meta",
    "is_transient",
    "mail_allowed_qweb_expressions",
    "mail_get_partner_fields",
    "read_group",
    "toggle_active",
    "view_header_get",
    "formatted_read_grouping_sets",
    "read_progress_bar",
    "web_name_search",
    "web_read",
    "web_read_group",
    "web_resequence",
    "web_save",
    "web_save_multi",
    "web_search_read",
]
#: Of single models: they run code, mail to whom they are told, change rights, install, or take a password.
_SINGLE: Final = [
    "action_reset_password",
    "api_key_wizard",
    "authenticate",
    "button_immediate_install",
    "button_immediate_uninstall",
    "button_immediate_upgrade",
    "button_install",
    "button_uninstall",
    "button_upgrade",
    "change_password",
    "create_action",
    "execute",
    "execute_import",
    "get_param",
    "message_route",
    "method_direct_trigger",
    "onchange",
    "parse_preview",
    "render_template",
    "reset_password",
    "revoke_all_devices",
    "run",
    "send_mail",
    "set_param",
    "set_values",
    "unlink_action",
    "update_list",
    "web_create_users",
]

_REFUSED: Final = frozenset((*_PRIVATE, *_ATTRIBUTES, *_AROUND, *_SINGLE, *INSTEAD))

MODELS: Final = frozenset(
    [
        "base.automation",
        "base.import.module",
        "base.module.uninstall",
        "base.module.upgrade",
        "base_import.import",
        "bus.bus",
        "certificate.certificate",
        "certificate.key",
        "change.password.own",
        "change.password.user",
        "change.password.wizard",
        "fetchmail.server",
        "ir.actions.act_url",
        "ir.actions.act_window",
        "ir.actions.actions",
        "ir.actions.client",
        "ir.actions.report",
        "ir.actions.server",
        "ir.actions.todo",
        "ir.asset",
        "ir.config_parameter",
        "ir.cron",
        "ir.cron.trigger",
        "ir.default",
        "ir.logging",
        "ir.mail_server",
        "ir.model",
        "ir.model.access",
        "ir.model.data",
        "ir.model.fields",
        "ir.model.fields.selection",
        "ir.model.inherit",
        "ir.model.relation",
        "ir.module.module",
        "ir.profile",
        "ir.qweb",
        "ir.rule",
        "ir.ui.menu",
        "ir.ui.view",
        "mail.alias",
        "mail.compose.message",
        "mail.mail",
        "mail.template",
        "payment.provider",
        "payment.token",
        "report.base.report_irmodulereference",
        "res.config.settings",
        "res.device",
        "res.device.log",
        "res.groups",
        "res.groups.privilege",
        "res.users.apikeys",
        "res.users.apikeys.description",
        "res.users.apikeys.show",
        "res.users.deletion",
        "res.users.identitycheck",
        "res.users.log",
        "res.users.settings",
        "web_editor.assets",
    ]
)
"""Models that hold code, rights, secrets or mail of the server; the guard opens none of them."""


def is_refused(method: str) -> bool:
    """Whether a method is one that no declaration can open."""
    return method.startswith("_") or method in _REFUSED or instead_of(method) is not None
