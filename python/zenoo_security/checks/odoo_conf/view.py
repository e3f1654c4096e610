"""All checks of `odoo.conf`."""

from __future__ import annotations

from typing import Final

from zenoo_security.checks.odoo_conf import access, capacity, installation, network, operation
from zenoo_security.checks.odoo_conf.snapshot import load
from zenoo_security.checks.view import View

__all__ = ["VIEW"]

VIEW: Final = View(
    name="conf",
    title="odoo.conf",
    load=load,
    checks=(
        access.MasterPassword,
        access.MasterPasswordHashed,
        access.DatabaseManager,
        access.DatabaseFilter,
        network.ProxyMode,
        network.Interface,
        capacity.Workers,
        capacity.Limits,
        operation.Development,
        access.DemoData,
        network.DatabaseUser,
        network.DatabaseEncryption,
        capacity.Connections,
        operation.LogLevel,
        operation.LogKept,
        network.MailServer,
        installation.Permissions,
        installation.Code,
        operation.UnknownOptions,
        installation.PlainSecrets,
        installation.Supported,
    ),
)
