"""All checks over RPC."""

from __future__ import annotations

from typing import Final

from zenoo_security.checks.live_rpc import passwords, rights, settings, software, users
from zenoo_security.checks.live_rpc.snapshot import load
from zenoo_security.checks.view import View

__all__ = ["VIEW"]

VIEW: Final = View(
    name="rpc",
    title="the database, over RPC",
    load=load,
    checks=(
        users.GuessableLogins,
        users.Superusers,
        users.SecondFactor,
        users.EmailFactor,
        settings.PasswordLength,
        settings.HashRounds,
        settings.Cooldown,
        settings.SessionLife,
        users.ApiKeys,
        users.Integrations,
        settings.SignUp,
        users.MixedUsers,
        rights.AccessForAll,
        rights.Rules,
        rights.Wizards,
        rights.SensitiveFields,
        settings.PlainSecrets,
        settings.BaseUrl,
        software.Aliases,
        software.Code,
        software.Webhooks,
        software.WebsiteCode,
        rights.HtmlFields,
        rights.Attachments,
        users.PowerfulGroups,
        software.Oauth,
        software.Ldap,
        software.Modules,
        software.Audit,
        users.Devices,
        users.Inactive,
        software.Backups,
        software.Supported,
        software.Addon,
        users.RoleLines,
        passwords.PasswordRules,
        passwords.PasswordBesidePasskey,
    ),
    timeout_s=180.0,
)
