"""What the checks of `odoo.conf` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.checks.check import Check, Problem
from zenoo_security.checks.odoo_conf.snapshot import OdooConf

if TYPE_CHECKING:
    from zenoo_security.checks.check import Severity

__all__ = ["ConfCheck", "problem"]


class ConfCheck(Check[OdooConf]):
    """A check of `odoo.conf`."""


def problem(
    conf: OdooConf, option: str, message: str, *, of: str = "", warning: bool = False, severity: Severity | None = None
) -> Problem:
    """A problem with an option, at its line; `of` tells it from others, so that accepting one accepts no other."""
    subject = f"{option} {of}" if of else option
    return Problem(message, subject, warning=warning, severity=severity, line=conf.line(option))
