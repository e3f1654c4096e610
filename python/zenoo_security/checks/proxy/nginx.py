"""Read the configuration of nginx as a tree of directives, with what it includes.

The grammar is that of nginx's own `ngx_conf_file.c`: words, quoted words, `;`, `{`, `}`, and `#` to the end of a line.
The parser for it on PyPI, crossplane, has had no release since 2022.
"""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.files import read_text_file
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Directive", "Tree", "read_nginx"]

_TOKEN: Final = re.compile(
    r"""(?P<blank>\s+)|(?P<comment>\#[^\n]*)|(?P<mark>[;{}])"""
    r"""|"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'"""
    r"""|(?P<word>(?:\$\{[^}\s]*\}|\\.|[^\s;{}\\])+)""",
    re.DOTALL,
)
_MAX_FILES: Final = 100
_MAX_DEPTH: Final = 20
_MAX_WILDCARDS: Final = 2
"""Folders and names of an include that may have one: `sites/*/*.conf`."""
_MAX_TOKENS: Final = 200_000
_NGINX_ALONE: Final = "--proxy reads nginx alone: of Caddy, Apache, Traefik and others, check what they do with --url"


@dataclass(frozen=True)
class Directive:
    """A directive: its name, its arguments, and what is in its block.

    Attributes:
        name: such as `location`.
        arguments: such as `("=", "/web/login")`.
        block: what is in its braces; None without them.
        file: where it stands.
        line: in that file, from 1.
    """

    name: str
    arguments: tuple[str, ...]
    block: tuple[Directive, ...] | None
    file: str
    line: int

    def every(self, name: str) -> list[Directive]:
        """The directives of a name directly in the block."""
        return [one for one in self.block or () if one.name == name]

    def walk(self) -> Iterator[Directive]:
        """This one and all in it."""
        yield self
        for one in self.block or ():
            yield from one.walk()


@dataclass
class Tree:
    """A configuration.

    Attributes:
        file: the file it began with.
        root: holds everything.
        missing: what it includes and is not there.
    """

    file: str
    root: Directive
    missing: list[str] = field(default_factory=list)


@dataclass
class _Token:
    text: str
    line: int
    mark: bool


class _OtherText(ConfigurationError):
    """The file is none that nginx reads."""


class _Reader:
    """Reads files into directives; counts what it has read, so that no chain of includes is endless."""

    def __init__(self, main: Path) -> None:
        self.main = main
        self.missing: list[str] = []
        self._files = 0
        self._tokens = 0

    def read(self, path: Path, depth: int) -> tuple[Directive, ...]:
        self._files += 1
        if self._files > _MAX_FILES or depth > _MAX_DEPTH:
            raise _OtherText(f"{self.main}: more than {_MAX_FILES} files, or they include each other")
        tokens = list(self._scan(str(path), read_text_file(path).text))
        directives, end = self._block(tokens, 0, str(path), depth)
        if end < len(tokens):
            raise _OtherText(f"{path}:{tokens[end].line}: a brace closes nothing")
        return directives

    def _scan(self, file: str, text: str) -> Iterator[_Token]:
        at, line = 0, 1
        while at < len(text):
            match = _TOKEN.match(text, at)
            self._tokens += 1
            if match is None or self._tokens > _MAX_TOKENS:
                raise _OtherText(f"{file}:{line}: this is no configuration of nginx")
            kind = match.lastgroup
            if kind not in {"blank", "comment"}:
                yield _Token(match[kind or 0], line, kind == "mark")
            line += match[0].count("\n")
            at = match.end()

    def _block(self, tokens: list[_Token], at: int, file: str, depth: int) -> tuple[tuple[Directive, ...], int]:
        """The directives from a place on, to the brace that closes the block, which is where it ends."""
        if depth > _MAX_DEPTH:
            raise _OtherText(f"{file}: blocks are too deep")
        found: list[Directive] = []
        words: list[_Token] = []
        while at < len(tokens):
            token = tokens[at]
            at += 1
            if not token.mark:
                words.append(token)
            elif token.text == "}":
                at -= 1
                break
            elif not words:
                raise _OtherText(f"{file}:{token.line}: there is no directive before {token.text}")
            else:
                block = None
                if token.text == "{":
                    block, at = self._block(tokens, at, file, depth + 1)
                    if at >= len(tokens):
                        raise _OtherText(f"{file}:{token.line}: a brace is not closed")
                    at += 1
                found += self._directive(words, block, file, depth)
                words = []
        if words:
            raise _OtherText(f"{file}:{words[0].line}: a directive does not end")
        return tuple(found), at

    def _directive(
        self, words: list[_Token], block: tuple[Directive, ...] | None, file: str, depth: int
    ) -> list[Directive]:
        name, *arguments = (word.text for word in words)
        if name == "include" and len(arguments) == 1 and block is None:
            return self._include(arguments[0], depth)
        return [Directive(name, tuple(arguments), block, file, words[0].line)]

    def _include(self, pattern: str, depth: int) -> list[Directive]:
        """Such a path begins in the folder of the main file."""
        full = str(self.main.parent / pattern)
        if sum(map(glob.has_magic, Path(pattern).parts)) > _MAX_WILDCARDS:
            raise _OtherText(f"{self.main}: an include looks through too many folders")
        # Path.glob takes no pattern that begins with a folder.
        found_paths = islice(glob.iglob(full), _MAX_FILES + 1) if glob.has_magic(full) else [full]  # noqa: PTH207
        paths = sorted(found_paths)
        found: list[Directive] = []
        for path in paths:
            if Path(path).is_file():
                found += self.read(Path(path), depth + 1)
            elif Path(path).name != "mime.types":
                self.missing.append(pattern)
        return found


def read_nginx(path: Path) -> Tree:
    """The configuration of nginx in a file.

    Raises:
        ConfigurationError: it cannot be read or is none; the message names the file and the line.
    """
    reader = _Reader(path)
    try:
        root = Directive("", (), reader.read(path, 0), str(path), 0)
    except _OtherText as error:
        raise ConfigurationError(f"{error}; {_NGINX_ALONE}") from None
    if not any(one.name == "server" and one.block is not None for one in root.walk()):
        raise ConfigurationError(f"{path}: there is no server block; {_NGINX_ALONE}")
    return Tree(str(path), root, reader.missing)
