"""All checks of source."""

from __future__ import annotations

from typing import Final

from zenoo_security.checks.addon_code import commands, entrances, injection, outside, xml
from zenoo_security.checks.addon_code.snapshot import load
from zenoo_security.checks.view import View

__all__ = ["VIEW"]

VIEW: Final = View(
    name="code",
    title="the source of addons",
    load=load,
    checks=(
        injection.Sql,
        injection.Evaluation,
        injection.Unpickling,
        injection.Markup,
        injection.RawTemplates,
        entrances.OpenRoutes,
        entrances.RouteCors,
        entrances.SudoInRoutes,
        entrances.SudoById,
        entrances.PublicMethods,
        entrances.MissingAccess,
        outside.HardCodedSecrets,
        outside.Unverified,
        outside.NoTimeout,
        outside.Readable,
        commands.Shell,
        xml.Entities,
        outside.SecretsInAddresses,
    ),
    timeout_s=120.0,
)
