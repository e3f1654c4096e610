"""The commands, each imported when it is asked for: the others cost nothing at its start."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import typer
from typer.main import get_command, get_group

from zenoo_security.cli.app import App, HelpGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CommandGroup"]


class _Place(NamedTuple):
    """Where a command is: its module in this package, the `typer.Typer` or function there, and what it is for."""

    module: str
    attribute: str
    summary: str


_COMMANDS: Final = {
    "check": _Place("check", "check", "Say what is wrong with a deployment, and what to do"),
    "doctor": _Place("doctor", "doctor", "Say whether this installation works: software, keys, store, Odoo"),
    "demo": _Place("demo", "demo", "Show the main job on a local Odoo, step by step"),
    "audit": _Place("audit", "app", "Verify audit files; list the events"),
    "blocks": _Place("blocks", "app", "List, add and remove networks that are refused"),
    "fields": _Place("jobs", "app", "Make, encrypt, rotate and verify encrypted fields in Odoo"),
    "keys": _Place("keys", "app", "Make key rings, list, rotate and verify keys"),
    "lockout": _Place("lockout", "app", "Say whether a login has to wait, and unlock it"),
    "mfa": _Place("mfa", "app", "Take away the second factor of a user who has lost it"),
    "objects": _Place("objects", "app", "Have Odoo tell in one request which records users may touch"),
    "odoo": _Place("odoo", "app", "Run a local Odoo 19, for tests and demonstrations"),
    "passwords": _Place("passwords", "app", "Build the file of stolen passwords"),
    "policy": _Place("policy", "app", "Check, explain, compare and export policies of roles"),
}
"""In the order of the help."""


class _Commands(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        place = _COMMANDS[name]
        found = getattr(importlib.import_module(f"{__package__}.{place.module}"), place.attribute)
        if isinstance(found, typer.Typer):
            command: Any = get_group(found)
        else:
            app = App()
            app.command(name)(found)
            command = get_command(app)
        command.name = name
        command.short_help = place.summary
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


class CommandGroup(HelpGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands()  # type: ignore[assignment]  # nothing is added to it

    def get_params(self, ctx: Any) -> list[Any]:
        """As typer has them, but one that few want does not take a line of the screen."""
        parameters = super().get_params(ctx)
        for parameter in parameters:
            if parameter.name == "show_completion":
                parameter.hidden = True  # type: ignore[attr-defined]
        return parameters

    def summaries(self) -> Iterator[tuple[str, str]]:
        """What the table says, without importing a command."""
        for name, place in _COMMANDS.items():
            yield name, place.summary
