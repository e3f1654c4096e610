"""The checks of the process and of `odoo.conf`, run by the Odoo that they are about: on the options that it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zenoo_security.addon.settings import read_section, read_settings, variables_of
from zenoo_security.checks import environment, odoo_conf
from zenoo_security.checks.engine import run_view
from zenoo_security.checks.environment.machine import look_at_machine
from zenoo_security.checks.environment.snapshot import Surroundings, look_at_files
from zenoo_security.checks.odoo_conf.snapshot import read_running
from zenoo_security.checks.report import Report
from zenoo_security.checks.view import Target
from zenoo_security.clock import SYSTEM_CLOCK
from zenoo_security.config import SecurityConfig
from zenoo_security.errors import SecurityError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zenoo_security.checks.odoo_conf.options import Value
    from zenoo_security.keyring import KeyRing

__all__ = ["check_running_odoo"]

_OF_APPLICATIONS: Final = frozenset({"ENV-08", "ENV-10", "ENV-11", "ENV-13", "ENV-14", "ENV-16"})
"""About sessions, stores and the way to Odoo of a program that is none."""


def check_running_odoo(
    file: str,
    options: Mapping[str, Value],
    environ: Mapping[str, str],
    *,
    series: str,
    key_ring: Callable[[], KeyRing],
) -> Report:
    """Look at the Odoo that this process is; nothing changes.

    Args:
        file: the path of its `odoo.conf`, whether it is there or not.
        options: name -> value, as `odoo.tools.config` has them.
        environ: the variables of the process.
        series: of Odoo, such as `19.0`.
        key_ring: gives the key ring of the addon, or raises a `SecurityError`.
    """
    checks = tuple(check for check in environment.VIEW.checks if check.id not in _OF_APPLICATIONS)
    views = (
        replace(environment.VIEW, checks=checks, load=lambda *_: _surroundings(file, environ, key_ring)),
        replace(odoo_conf.VIEW, load=lambda *_: read_running(Path(file), options, environ, series)),
    )
    results = [result for view in views for result in run_view(view, Target(), lambda _: None)]
    return Report(tuple(view.name for view in views), tuple(results), SYSTEM_CLOCK.now())


def _surroundings(file: str, environ: Mapping[str, str], key_ring: Callable[[], KeyRing]) -> Surroundings:
    """This process with the settings of the addon in place of those of an application."""
    section = read_section(file)
    held = variables_of(section, environ)
    found = Surroundings(held, files=look_at_files(held), machine=look_at_machine(held))
    try:
        store = read_settings(section, environ).store_url
        config = SecurityConfig.model_construct(store_url=store) if store else SecurityConfig.model_construct()
        found = replace(found, config=config)
    except SecurityError as error:
        found = replace(found, config_error=str(error))
    try:
        return replace(found, ring=key_ring())
    except SecurityError as error:
        return replace(found, ring_error=str(error))
