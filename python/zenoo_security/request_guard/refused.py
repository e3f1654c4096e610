"""What no declaration can open to people outside: taken from Odoo 19's sources.

A method that no declaration names is refused in any case. These are what nobody should name by mistake.
"""

from __future__ import annotations

from typing import Final

from zenoo_security.policy.methods import INSTEAD, instead_of

__all__ = ["is_refused", "is_refused_model"]

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
    "action_activate_langs",
    "action_change_password_wizard",
    "action_reset_password",
    "action_revoke_all_devices",
    "action_show_accesses",
    "action_show_groups",
    "action_show_rules",
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
    "force_storage",
    "generate_access_token",
    "get_param",
    "install_l10n_modules",
    "install_lang",
    "message_route",
    "method_direct_trigger",
    "onchange",
    "on_change_login",
    "parse_preview",
    "preference_change_password",
    "preference_save",
    "regenerate_assets_bundles",
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

#: `ir.attachment` is what people upload; `ir.` is otherwise how Odoo works inside.
_OPEN: Final = frozenset(["ir.attachment"])
_FAMILIES: Final = (
    "auth.",
    "auth_totp.",
    "base.automation",
    "base.enable.",
    "base.import.",
    "base.language.",
    "base.module.",
    "base.partner.merge.",
    "base_import.",
    "bus.",
    "certificate.",
    "change.password.",
    "fetchmail.",
    "google.",
    "iap.",
    "ir.",
    "mail.alias",
    "mail.compose",
    "mail.gateway.",
    "mail.push",
    "mail.template",
    "microsoft.",
    "payment.provider",
    "payment.token",
    "properties.base.",
    "report.",
    "res.config",
    "res.device",
    "res.groups",
    "res.users.",
    "reset.view.",
    "server.action.",
    "sms.template",
    "sms.twilio.",
    "template.reset.",
    "web_editor.",
    "wizard.ir.",
)
_MODELS: Final = frozenset(
    [
        "mail.guest",
        "mail.ice.server",
        "mail.mail",
        "mail.message.schedule",
        "mail.render.mixin",
        "mail.scheduled.message",
        "publisher_warranty.contract",
        "res.company.ldap",
        "res.role",
        "sms.composer",
    ]
)


def is_refused_model(model: str) -> bool:
    """Whether a model holds code, rights, secrets or mail of the server; the guard opens none of them."""
    return model not in _OPEN and (model in _MODELS or model.startswith(_FAMILIES))


def is_refused(method: str) -> bool:
    """Whether a method is one that no declaration can open."""
    return method.startswith("_") or method in _REFUSED or instead_of(method) is not None
