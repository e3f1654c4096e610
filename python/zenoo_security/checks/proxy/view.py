"""All checks of the proxy."""

from __future__ import annotations

from typing import Final

from zenoo_security.checks.proxy import checks
from zenoo_security.checks.proxy.snapshot import load
from zenoo_security.checks.view import View

__all__ = ["VIEW"]

VIEW: Final = View(name="proxy", title="nginx", load=load, checks=(checks.InternalFiles, checks.Hardening))
