"""Odoo's version as clients need it: series and edition, without the build."""

from __future__ import annotations

import re
from functools import wraps
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.addon.current_request import shows_details

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PublicRelease", "hide_versions", "public_version"]

_PUBLIC: Final = re.compile(r"(?:saas[~-])?[0-9]+(?:\.[0-9]+)?(?:(?:a|b|rc)[0-9]*)?(?:\+e)?")
_SERVER: Final = "Odoo"


def public_version(version: str) -> str:
    """Series and edition of a version; nothing of one that is of another form.

    >>> public_version("19.0-20261130"), public_version("19.0+e-20261130"), public_version("saas~19.1+e")
    ('19.0', '19.0+e', 'saas~19.1+e')
    """
    found = _PUBLIC.match(version)
    return found[0] if found else ""


class PublicRelease:
    """Stands for the module `odoo.release` where it is asked for what goes out.

    Args:
        release: the module.
    """

    def __init__(self, release: Any) -> None:
        self._release = release

    @property
    def version(self) -> str:
        """The version as the client of this request may have it."""
        version: str = self._release.version
        return version if shows_details() else public_version(version)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._release, name)


def hide_versions(service: Any, rpc: Any, assetsbundle: Any, release: Any) -> None:
    """Cut the version of Odoo wherever it tells it, and leave out those of Werkzeug and Python; once for each process.

    Args:
        service: the package `odoo.service`, with `common`, `db` and `server`.
        rpc: the module `odoo.addons.rpc.controllers`.
        assetsbundle: the module, whose version the web client compares with its own.
        release: the module `odoo.release`.
    """
    if isinstance(assetsbundle.release, PublicRelease):
        return
    told = PublicRelease(release)
    assetsbundle.release = told
    rpc.odoo = SimpleNamespace(release=told)
    service.common.exp_version = _with_version(service.common.exp_version, told)
    service.common.exp_about = _about(service.common.exp_about, told)
    service.db.exp_server_version = lambda: told.version
    service.server.CommonRequestHandler.version_string = lambda _: _SERVER


def _with_version(tell: Callable[[], dict[str, Any]], told: PublicRelease) -> Callable[[], dict[str, Any]]:
    @wraps(tell)
    def exp_version() -> dict[str, Any]:
        return {**tell(), "server_version": told.version}

    return exp_version


def _about(tell: Callable[..., Any], told: PublicRelease) -> Callable[..., Any]:
    @wraps(tell)
    def exp_about(extended: bool = False) -> Any:
        about = tell(extended)
        return (about[0], told.version) if extended else about

    return exp_about
