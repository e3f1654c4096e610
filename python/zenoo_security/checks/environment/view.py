"""All checks of the environment."""

from __future__ import annotations

from typing import Final

from zenoo_security.checks.environment import keys, process, settings, transport
from zenoo_security.checks.environment.snapshot import load
from zenoo_security.checks.view import View

__all__ = ["VIEW"]

VIEW: Final = View(
    name="env",
    title="the environment",
    load=load,
    checks=(
        keys.KeysPresent,
        keys.KeyStrength,
        keys.SecretsInFiles,
        keys.KeyAge,
        settings.Understood,
        process.Debugging,
        process.LeastPrivilege,
        transport.SharedStore,
        transport.StoreTransport,
        transport.OdooTransport,
        transport.ServiceAccount,
        process.SecretsKept,
        settings.Parameters,
        transport.Clock,
        process.Dependencies,
        transport.TrustedProxies,
    ),
)
