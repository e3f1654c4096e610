"""What all groups and commands share: their help is plain text that looks the same with every version of typer."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["App", "HelpCommand", "HelpGroup"]


class HelpCommand(TyperCommand):
    """A command."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write what it does, its arguments and its options."""
        _write(self, ctx, formatter)


class HelpGroup(TyperGroup):
    """A group of commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write what it is for, its options and a line for each command."""
        _write(self, ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries()))

    def summaries(self) -> Iterable[tuple[str, str]]:
        """The name of each command, and its first sentence."""
        for name, command in self.commands.items():
            yield name, (command.help or "").partition("\n\n")[0].partition(". ")[0].replace("\n", " ").rstrip(".")


class App(typer.Typer):
    """A group of commands, or with a single one that command.

    Args:
        text: what it is for.
        options: of `typer.Typer`.
    """

    def __init__(self, text: str | None = None, **options: Any) -> None:
        settings = {
            "cls": HelpGroup,
            "add_completion": False,
            "no_args_is_help": True,
            # rich would be imported, and its boxes are different with each version.
            "rich_markup_mode": None,
            # A traceback of typer's would show the values of local variables.
            "pretty_exceptions_enable": False,
        }
        super().__init__(help=text, **{**settings, **options})

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Add a command, as `typer.Typer` does."""
        return super().command(name, cls=HelpCommand, **options)


def _write(command: Any, ctx: Any, formatter: Any) -> None:
    parameters = [one for one in command.get_params(ctx) if not getattr(one, "hidden", False)]
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name == "option"]
    more = ["COMMAND [ARGS]..."] if isinstance(command, TyperGroup) else map(_place, arguments)
    formatter.write_usage(ctx.command_path, " ".join(["[OPTIONS]", *more]))
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(command.help or "")
    for title, rows in (("Arguments", arguments), ("Options", options)):
        if rows:
            with formatter.section(title):
                formatter.write_dl([(_name(one), _text(one)) for one in rows])


def _place(argument: Any) -> str:
    name = _metavar(argument) + "..." * (argument.nargs == -1)
    return name if argument.required else f"[{name}]"


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return _metavar(parameter)
    names = ", ".join(sorted(parameter.opts, key=len))
    return names if parameter.is_flag else f"{names} {_metavar(parameter)}"


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _text(parameter: Any) -> str:
    text, default = parameter.help or "", parameter.default
    shown = default.value if isinstance(default, Enum) else default
    if not parameter.show_default or isinstance(shown, bool) or not isinstance(shown, (int, str, Path)) or shown == "":
        return text
    return f"{text}  [default: {shown}]"
