"""Versions, the native module, and which extras are there."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import ssl
import sys
from typing import TYPE_CHECKING, Final

import zenoo_security
from zenoo_security import _native
from zenoo_security.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.doctor.situation import Situation

__all__ = ["probe"]

_EXTRAS: Final = {
    "rpc": ("zenoo_rpc", "zenoo-rpc"),
    "redis": ("redis", "redis"),
    "postgres": ("psycopg", "psycopg"),
    "fernet": ("cryptography", "cryptography"),
    "stdnum": ("stdnum", "python-stdnum"),
    "phone": ("phonenumbers", "phonenumbers"),
    "http": ("httpcore", "httpcore"),
    "pytest": ("pytest", "pytest"),
}
"""Extra -> the module that it brings, and its distribution."""


def probe(situation: Situation) -> Iterator[Finding]:
    """What is installed."""
    del situation
    yield from _native_module()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    yield Finding("python", State.OK, f"{python}, {ssl.OPENSSL_VERSION}, {sys.platform}")
    there = {extra: _version(*names) for extra, names in _EXTRAS.items()}
    shown = [f"{extra} ({_EXTRAS[extra][1]} {version})" for extra, version in there.items() if version]
    yield Finding("extras", State.OK, ", ".join(shown) or "none")
    if missing := [extra for extra, version in there.items() if not version]:
        hint = f"Where you need one: pip install 'zenoo-security[{missing[0]}]'"
        yield Finding("extras", State.SKIP, f"not installed: {', '.join(missing)}", hint)


def _native_module() -> Iterator[Finding]:
    version = _native.__version__
    try:
        installed = importlib.metadata.version("zenoo-security")
    except importlib.metadata.PackageNotFoundError:
        text = f"zenoo-security {version}, native module {version}, run from a folder that is not installed"
        yield Finding("package", State.WARN, text, "pip install zenoo-security")
        return
    if installed == version == zenoo_security.__version__:
        yield Finding("package", State.OK, f"zenoo-security {installed}, native module {version}")
        return
    text = f"zenoo-security {installed}, but its native module is {version}"
    yield Finding("package", State.FAIL, text, "pip install --force-reinstall zenoo-security")


def _version(module: str, distribution: str) -> str:
    """The version of what is installed, which is not imported; empty where it is not there."""
    if importlib.util.find_spec(module) is None:
        return ""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "of unknown version"
