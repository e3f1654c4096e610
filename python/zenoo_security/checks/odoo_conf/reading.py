"""Read the options as Odoo 19 does: its command line, then the environment, then the file, then its defaults."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING, Final, NoReturn

from zenoo_security.checks.odoo_conf.options import OPTIONS, Option, Value
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Source", "from_arguments", "from_environment", "from_file", "line_numbers"]

_TRUE: Final = frozenset({"1", "yes", "true", "on"})
_FALSE: Final = frozenset({"0", "no", "false", "off"})
_NAME: Final = re.compile(r"\s*([^#;\[\s=:][^=:]{0,200}?)\s{0,256}[=:]")


class Source:
    """What one source says.

    Attributes:
        values: name -> value.
        invalid: name -> why Odoo would refuse it.
        unknown: names that Odoo has no option for; it keeps them and says so in its log.
        ignored: names that Odoo reads and does not use, with the reason.
        others: `section.name` -> value, of what is not in `[options]`; modules of others read that.
    """

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.invalid: dict[str, str] = {}
        self.unknown: dict[str, str] = {}
        self.ignored: dict[str, str] = {}
        self.others: dict[str, str] = {}

    def take(self, name: str, option: Option, text: str) -> None:
        """Read a text as Odoo reads it."""
        try:
            self.values[name] = _parse(option, text)
        except ValueError:
            self.invalid[name] = f"Odoo does not start with it: this is no {option.kind}"


def from_file(path: str, text: str) -> Source:
    """The section `[options]` of the file.

    Raises:
        ConfigurationError: Odoo itself could not parse it.
    """
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_with_line_ends(text))
        items = parser.items("options")
    except configparser.NoSectionError:
        raise ConfigurationError(f"{path}: there is no section [options], so Odoo uses none of it") from None
    except configparser.Error as error:
        # Its text quotes the line, which may hold a password.
        line = f" in line {error.lineno}" if isinstance(error, configparser.MissingSectionHeaderError) else ""
        kind = re.sub(r"(?<!^)([A-Z])", r" \1", type(error).__name__.removesuffix("Error")).lower()
        raise ConfigurationError(f"{path}: Odoo cannot parse it: {kind}{line}") from None
    source = Source()
    for name, value in items:
        _take_line(source, name, value)
    for section in parser.sections():
        if section != "options":
            source.others.update({f"{section}.{name}": value for name, value in parser.items(section)})
    return source


def from_environment(environ: Mapping[str, str]) -> Source:
    """The variables that Odoo 19 reads."""
    source = Source()
    for name, option in OPTIONS.items():
        if option.variable and option.variable in environ:
            source.take(name, option, environ[option.variable])
    return source


def from_arguments(arguments: Sequence[str]) -> Source:
    """The command line of Odoo.

    Raises:
        ConfigurationError: Odoo would not start with it.
    """
    if not arguments:
        return Source()
    import optparse  # noqa: PLC0415 - few give a command line

    class _Parser(optparse.OptionParser):
        def error(self, msg: str) -> NoReturn:
            del msg  # It may quote a password.
            raise ConfigurationError("--odoo-arguments: Odoo 19 would not start with these")

    parser = _Parser(add_help_option=False)
    for name, option in OPTIONS.items():
        if option.flags and option.flag_value is None:
            parser.add_option(*option.flags, dest=name, action="append" if name == "log_handler" else "store")
        elif option.flags:
            parser.add_option(*option.flags, dest=name, action="store_const", const=str(option.flag_value))
    parser.add_option("--without-demo", dest="without_demo")
    parser.add_option("--log-web", dest="log_handler", action="append_const", const="odoo.http:DEBUG")
    parser.add_option("--log-sql", dest="log_handler", action="append_const", const="odoo.sql_db:DEBUG")
    found, _ = parser.parse_args(_completed(arguments))
    source = Source()
    for name, value in vars(found).items():
        if name == "without_demo" and value is not None:
            _take_line(source, name, value)
        elif value is not None:
            source.take(name, OPTIONS[name], ",".join(value) if isinstance(value, list) else value)
    return source


def line_numbers(text: str) -> dict[str, int]:
    """Where the options stand: name -> line, from 1."""
    found: dict[str, int] = {}
    for number, line in enumerate(_with_line_ends(text).split("\n"), 1):
        match = _NAME.match(line)
        if match:
            found.setdefault(match[1].strip().lower(), number)
    return found


def _with_line_ends(text: str) -> str:
    """As Python opens a file, and Odoo with it: a carriage return ends a line, and with it a comment."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _completed(arguments: Sequence[str]) -> list[str]:
    """`--without-demo` may stand without a value."""
    following = [*arguments[1:], "-"]
    return [
        f"{one}=True" if one == "--without-demo" and after.startswith("-") else one
        for one, after in zip(arguments, following, strict=False)
    ]


def _take_line(source: Source, name: str, value: str) -> None:
    if name == "without_demo":
        # Odoo 19: what is no boolean, such as `all`, means without, and the word None means with.
        word = value.lower()
        source.values["with_demo"] = word in _FALSE or (word not in _TRUE and value == "None")
        return
    option = OPTIONS.get(name)
    if option is None:
        source.unknown[name] = value
    elif not option.in_file:
        source.ignored[name] = "only the command line sets it"
    elif option.kind != "bool" and value in {"False", "false"}:
        source.ignored[name] = "the word False is no value of it, so the default holds"
    else:
        source.take(name, option, value)


def _parse(option: Option, text: str) -> Value:
    if text == "None":
        return None
    if option.kind == "bool":
        return _boolean(text)
    if option.kind in {"int", "float"}:
        return int(text) if option.kind == "int" else float(text)
    if option.kind == "list":
        return [part for item in text.split(",") if (part := item.strip())]
    return text.strip() if option.kind == "path" else text


def _boolean(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise ValueError
    return word in _TRUE
