"""The files of addons: found without following links out of the folder, read up to a size, parsed and never run."""

from __future__ import annotations

import ast
import os
import re
import stat
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.checks.addon_code.names import dotted
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from zenoo_security.checks.addon_code.flow import Reached
    from zenoo_security.checks.check import Problem
    from zenoo_security.checks.view import Progress

__all__ = ["Module", "Sources", "Text", "read_files"]

_MAX_BYTES: Final = 1_048_576
_MAX_FILES: Final = 20_000
_MAX_NESTING: Final = 200
_NO_BRACKETS: Final = re.compile(r"[^()\[\]{}]+")
_TOLD: Final = 50
"""Files from one word of progress to the next."""
_SUFFIXES: Final = frozenset({".py", ".xml", ".csv"})
_SKIPPED: Final = frozenset({".git", ".hg", "__pycache__"})
_LEFT_OUT: Final = frozenset({"node_modules", ".venv", "venv"})


@dataclass(frozen=True, repr=False)
class Module:
    """A file of Python.

    Attributes:
        path: where it is, from the folder.
        tree: what it says.
        nodes: everything in the tree, by its type.
        is_test: whether it is one of tests.
    """

    path: str
    tree: ast.Module
    nodes: Mapping[type[ast.AST], list[Any]]
    is_test: bool = False

    def every(self, *types: type[ast.AST]) -> list[Any]:
        """The nodes of these types."""
        return [node for one in types for node in self.nodes.get(one, ())]

    @cached_property
    def calls(self) -> list[tuple[ast.Call, str]]:
        """Every call, with the dotted name of what is called."""
        return [(node, dotted(node.func)) for node in self.every(ast.Call)]

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function."""
        return self.every(ast.FunctionDef, ast.AsyncFunctionDef)

    @cached_property
    def classes(self) -> list[ast.ClassDef]:
        """Every class."""
        return self.every(ast.ClassDef)

    @cached_property
    def reached(self) -> list[Reached]:
        """The sinks that values reach."""
        from zenoo_security.checks.addon_code.flow import reached  # noqa: PLC0415 - it needs modules

        return reached(self)

    def outline(self) -> Module:
        """The classes with what is assigned in them, which is all that checks of all files need."""
        kept = [
            ast.copy_location(ast.ClassDef(one.name, one.bases, [], _assigned(one), []), one) for one in self.classes
        ]
        return Module(self.path, ast.Module([], []), {ast.ClassDef: kept}, self.is_test)


def _assigned(one: ast.ClassDef) -> list[ast.stmt]:
    return [node for node in one.body if isinstance(node, ast.Assign) and _is_name(node.targets[0])]


def _is_name(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id in {"_name", "_inherit"}


@dataclass(frozen=True, repr=False)
class Text:
    """Another file.

    Attributes:
        path: where it is, from the folder.
        text: what is in it.
    """

    path: str
    text: str


@dataclass(repr=False)
class Sources:
    """Files of a folder: one, or what is kept of all.

    Attributes:
        file: the folder.
        modules: of Python.
        texts: of XML and CSV.
        unread: path -> why it was not read.
        found: id of a check -> what it found, or why it failed.
    """

    file: str
    modules: list[Module] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    found: dict[str, list[Problem] | Exception] = field(default_factory=dict)

    def problems(self, check: str) -> list[Problem]:
        """What a check found, or the error with which it failed."""
        found = self.found[check]
        if isinstance(found, Exception):
            raise found
        return found


def read_files(root: Path, look: Callable[[Sources], None], progress: Progress = lambda _text, /: None) -> Sources:
    """Look at the sources in a folder, or at one file, one after the other: their trees take much memory.

    Args:
        root: the folder or file.
        look: is handed each file.
        progress: is told which file it is.

    Raises:
        ConfigurationError: there is no such folder or file, or it has too many.
    """
    if not root.exists():
        raise ConfigurationError(f"--code: {root} is not there")
    kept = Sources(str(root))
    number = 0
    for number, path in enumerate(_files(root, kept.unread), 1):
        if number > _MAX_FILES:
            raise ConfigurationError(f"--code: {root} has more than {_MAX_FILES} files: name the folder of the addons")
        name = str(path.relative_to(root)) if root.is_dir() else path.name
        if number % _TOLD == 1:
            progress(f"file {number}, {name}")
        try:
            one = _parse(name, _read(path)) if path.suffix == ".py" else Text(name, _read(path))
        except _Unread as reason:
            kept.unread[name] = str(reason)
            continue
        if isinstance(one, Module):
            look(Sources(kept.file, [one]))
            kept.modules.append(one.outline())
        else:
            look(Sources(kept.file, texts=[one]))
            if "ir.model.access" in name + one.text:
                kept.texts.append(one)
    if not number and not kept.unread:
        raise ConfigurationError(
            f"--code: {root} holds neither Python nor XML nor CSV: is this the folder of the addons?"
        )
    return kept


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
        nodes = _nodes(tree)
    except SyntaxError as error:
        raise _Unread(f"Python does not parse line {error.lineno}") from None
    except (RecursionError, MemoryError, ValueError):
        raise _Unread("it is nested too deeply") from None
    return Module(name, tree, nodes, "tests" in Path(name).parts)


def _nodes(tree: ast.AST) -> dict[type[ast.AST], list[ast.AST]]:
    """What `ast.walk` goes through, by its type, in a quarter of its time."""
    found: dict[type[ast.AST], list[ast.AST]] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        kind = node.__class__
        if kind in found:
            found[kind].append(node)
        else:
            found[kind] = [node]
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                waiting += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST):
                waiting.append(value)
    return found


def _nesting(text: str) -> int:
    """How deep brackets go, those in strings counted too."""
    deepest = depth = 0
    for character in _NO_BRACKETS.sub("", text):
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth = max(depth - 1, 0)
    return deepest
