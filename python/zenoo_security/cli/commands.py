"""The commands, each imported when it is asked for: the others cost nothing at its start."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CommandGroup"]

_COMMANDS: Final = {
    "check": "check.check",
    "demo": "demo.demo",
    "audit": "audit.app",
    "blocks": "blocks.app",
    "fields": "jobs.app",
    "keys": "keys.app",
    "objects": "objects.app",
    "odoo": "odoo.app",
    "passwords": "passwords.app",
    "policy": "policy.app",
}
"""Name -> its `typer.Typer` or function, in this package; in the order of the help."""


class _Commands(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        module, _, attribute = _COMMANDS[name].partition(".")
        found = getattr(importlib.import_module(f"{__package__}.{module}"), attribute)
        if isinstance(found, typer.Typer):
            command: Any = get_group(found)
        else:
            app = typer.Typer(add_completion=False)
            app.command(name)(found)
            command = get_command(app)
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


class CommandGroup(TyperGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands()  # type: ignore[assignment]  # nothing is added to it
