"""The files of addons: found without following links out of the folder, read up to a size, parsed and never run."""

from __future__ import annotations

import ast
import os
import stat
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.view import Progress, Target

__all__ = ["Module", "Sources", "Text", "load", "read_sources"]

_MAX_BYTES: Final = 1_048_576
_MAX_FILES: Final = 20_000
_MAX_NESTING: Final = 200
_MAX_NODES: Final = 5_000_000
"""Of all trees together, some 300 bytes each."""
_SUFFIXES: Final = frozenset({".py", ".xml", ".csv"})
_SKIPPED: Final = frozenset({".git", ".hg", "__pycache__"})
_LEFT_OUT: Final = frozenset({"node_modules", ".venv", "venv"})


@dataclass(frozen=True, repr=False)
class Module:
    """A file of Python.

    Attributes:
        path: where it is, from the folder.
        tree: what it says.
        nodes: everything in the tree, in the order of lines.
        is_test: whether it is one of tests.
    """

    path: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    is_test: bool = False


@dataclass(frozen=True, repr=False)
class Text:
    """Another file.

    Attributes:
        path: where it is, from the folder.
        text: what is in it.
    """

    path: str
    text: str


@dataclass(frozen=True, repr=False)
class Sources:
    """All files of a folder.

    Attributes:
        file: the folder.
        modules: of Python.
        texts: of XML and CSV.
        unread: path -> why it was not read.
    """

    file: str
    modules: tuple[Module, ...] = ()
    texts: tuple[Text, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


def load(target: Target, progress: Progress) -> Sources:
    """The snapshot of a target.

    Raises:
        ConfigurationError: there is no such folder or file, or it has too many.
    """
    if target.code is None:
        raise TypeError("no folder")
    return read_sources(target.code, progress)


def read_sources(root: Path, progress: Progress = lambda _text, /: None) -> Sources:
    """The sources in a folder, or one file."""
    if not root.exists():
        raise ConfigurationError(f"--code: {root} is not there")
    modules: list[Module] = []
    texts: list[Text] = []
    unread: dict[str, str] = {}
    nodes = 0
    for number, path in enumerate(_files(root, unread), 1):
        if number > _MAX_FILES:
            raise ConfigurationError(f"--code: {root} has more than {_MAX_FILES} files: name the folder of the addons")
        if nodes > _MAX_NODES:
            raise ConfigurationError(f"--code: {root} has too much source to be looked at at once: name fewer addons")
        name = str(path.relative_to(root)) if root.is_dir() else path.name
        if number % 50 == 1:
            progress(f"{name}, file {number}")
        try:
            text = _read(path)
            if path.suffix == ".py":
                modules.append(_parse(name, text))
                nodes += len(modules[-1].nodes)
            else:
                texts.append(Text(name, text))
        except _Unread as reason:
            unread[name] = str(reason)
    if not modules and not texts and not unread:
        raise ConfigurationError(
            f"--code: {root} holds neither Python nor XML nor CSV: is this the folder of the addons?"
        )
    return Sources(str(root), tuple(modules), tuple(texts), unread)


class _Unread(Exception):
    """The file was not read; the text says why."""


def _files(root: Path, unread: dict[str, str]) -> Iterator[Path]:
    if root.is_file():
        yield root
        return

    def failed(error: OSError) -> None:
        unread[_within(root, str(error.filename))] = f"{error.strerror}"

    for folder, inner, names in os.walk(root, onerror=failed, followlinks=False):
        unread.update(
            {_within(root, folder, name): "folders of this name are left out" for name in _LEFT_OUT & {*inner}}
        )
        unread.update(
            {_within(root, folder, name): "it is a symbolic link" for name in inner if Path(folder, name).is_symlink()}
        )
        inner[:] = sorted(set(inner) - _SKIPPED - _LEFT_OUT)
        yield from (Path(folder, name) for name in sorted(names) if Path(name).suffix in _SUFFIXES)


def _within(root: Path, *parts: str) -> str:
    return os.path.relpath(Path(*parts), root)


def _read(path: Path) -> str:
    try:
        # Neither a link nor a pipe is opened.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _Unread("it is no regular file")
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _Unread("it is a symbolic link" if path.is_symlink() else f"{error.strerror}") from None
    if len(content) > _MAX_BYTES:
        raise _Unread("it has more than 1 MiB")
    if b"\0" in content:
        raise _Unread("it is binary")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Unread("it is not UTF-8") from None


def _parse(name: str, text: str) -> Module:
    if _nesting(text) > _MAX_NESTING:
        raise _Unread("its brackets are nested too deeply")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        nodes = tuple(ast.walk(tree))
    except SyntaxError as error:
        raise _Unread(f"Python does not parse line {error.lineno}") from None
    except (RecursionError, MemoryError, ValueError):
        raise _Unread("it is nested too deeply") from None
    return Module(
        name, tree, tuple(sorted(nodes, key=lambda node: getattr(node, "lineno", 0))), "tests" in Path(name).parts
    )


def _nesting(text: str) -> int:
    """How deep brackets go, those in strings counted too."""
    deepest = depth = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth = max(depth - 1, 0)
    return deepest
