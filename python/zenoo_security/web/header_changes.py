"""Deliberate exceptions from a profile, for some paths or for one response."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.csp import ContentSecurityPolicy
from zenoo_security.web.finding import request_of
from zenoo_security.web.unwanted import OBSOLETE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.web.request import Request

__all__ = ["HeaderChanges", "change_headers", "changes_of", "check_headers"]

_FOUND: Final = "header_changes"

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
_VALUE: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_POLICIES: Final = frozenset({"content-security-policy", "content-security-policy-report-only"})


@dataclass(frozen=True)
class HeaderChanges:
    """What a part of an application, or one response, has other than the profile.

    Args:
        headers: name -> value; `None` leaves a header to the application, which may then set it or not.
        csp: directive -> value; `None` takes the directive out.

    Raises:
        ParameterError: a name or a value cannot be one, or a policy is given as a text.

    >>> HeaderChanges({"X-Frame-Options": None}, csp={"frame-ancestors": "https://partner.example"}).csp
    {'frame-ancestors': 'https://partner.example'}
    """

    headers: Mapping[str, str | None] = field(default_factory=dict)
    csp: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_headers(self.headers)
        ContentSecurityPolicy({name: value for name, value in self.csp.items() if value is not None})


def check_headers(headers: Mapping[str, str | None]) -> None:
    """Refuse what cannot be a header, or is no header to be set this way.

    Raises:
        ParameterError: there is one.
    """
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or (value is not None and not _VALUE.fullmatch(value)):
            raise ParameterError("the value of a header is printable ASCII in one line, or None to leave it out")
        if name.lower() in _POLICIES and value is not None:
            raise ParameterError("change the policy by its directives: csp={'img-src': \"'self' data:\"}")
        if name.lower().encode() in OBSOLETE and value is not None:
            raise ParameterError("browsers ignore this header, or do harm with it: it is never sent")


def change_headers(source: object, changes: HeaderChanges) -> None:
    """Have one response differ from the profile. Call it before the response begins; the last call stands.

    Args:
        source: the request, as `request_of` takes it.
        changes: what is other.

    Raises:
        ParameterError: these are no `HeaderChanges`.
        ConfigurationError: no middleware of ours is around the application.
    """
    if not isinstance(changes, HeaderChanges):
        raise ParameterError("change_headers takes HeaderChanges")
    request_of(source).found[_FOUND] = changes


def changes_of(request: Request) -> HeaderChanges | None:
    """What was asked for with `change_headers`."""
    changes: HeaderChanges | None = request.found.get(_FOUND)
    return changes
