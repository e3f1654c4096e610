"""A view: one side from which a deployment is looked at, and the checks that belong to it.

A view is a module that has a `VIEW`. `MODULES` names it; everything else follows: the engine, the reports and the
table of checks in the guide.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from zenoo_security.checks.check import Check

__all__ = ["MODULES", "OdooLogin", "Progress", "Server", "Snapshot", "Target", "View", "all_checks", "view"]


MODULES: Final[dict[str, str]] = {
    "env": "environment",
    "conf": "odoo_conf",
    "proxy": "proxy",
    "url": "live_url",
    "rpc": "live_rpc",
    "code": "addon_code",
}
"""Name of the view, which is also the field of `Target` that asks for it -> its module in `zenoo_security.checks`."""


class Progress(Protocol):
    """Is told what is being done."""

    def __call__(self, text: str, /) -> None:
        """Show it."""


class Server(Protocol):
    """An Odoo that can be reached."""

    def client_options(self) -> dict[str, Any]:
        """What a `SecureZenooClient` is made with to reach it."""


class OdooLogin(Protocol):
    """Who reads which database."""

    @property
    def server(self) -> Server:
        """The Odoo."""

    @property
    def database(self) -> str:
        """The name of the database."""

    @property
    def login(self) -> str:
        """The login of the user."""

    @property
    def password(self) -> str:
        """The password or API key of the user."""


class Snapshot(Protocol):
    """What a view saw: read once, before its checks run."""

    @property
    def file(self) -> str:
        """The file that lines belong to, or nothing."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown."""


@dataclass(frozen=True)
class Target:
    """What to look at; a view without its field is left out.

    Args:
        env: the environment of this process.
        conf: an `odoo.conf`.
        proxy: the configuration of nginx.
        environ: the variables of the environment.
        odoo_arguments: the command line that Odoo is started with, which comes before its file.
        advisories: a report of `pip-audit --format json`.
        url: the address of an Odoo: scheme, host and port.
        rpc: who reads the database; the right Settings (base.group_system) sees everything that is checked.
        code: a folder of addons.
        active: also try known passwords, and whether guessing them is slowed down.
    """

    env: bool = False
    conf: Path | None = None
    proxy: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    odoo_arguments: tuple[str, ...] = field(default=(), repr=False)
    advisories: Path | None = None
    url: str = ""
    rpc: OdooLogin | None = None
    code: Path | None = None
    active: bool = False

    @property
    def views(self) -> list[str]:
        """The names of the views that are asked for."""
        return [name for name in MODULES if getattr(self, name)]


@dataclass(frozen=True)
class View:
    """One side of a deployment.

    Args:
        name: what it is called.
        title: for people.
        load: reads the snapshot; a `SecurityError` or `OSError` of it makes every check of the view an error.
        checks: in the order of their ids.
        timeout_s: seconds after which what is left is an error.
    """

    name: str
    title: str
    load: Callable[[Target, Progress], Snapshot]
    checks: tuple[type[Check[Any]], ...]
    timeout_s: float = 30.0


def view(name: str) -> View:
    """Load a view by its name."""
    found = importlib.import_module(f"{__package__}.{MODULES[name]}").VIEW
    if not isinstance(found, View):
        raise TypeError(f"{name} has no view")
    return found


def all_checks() -> list[tuple[View, type[Check[Any]]]]:
    """Every check there is, with its view."""
    return [(one, check) for one in map(view, MODULES) for check in one.checks]
