"""What a browser reports about a violated policy, taken apart and cleaned (CSP Level 3, section 5)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from zenoo_security.errors import InvalidInput

__all__ = ["REPORTING_API", "REPORT_URI", "Violation", "violations"]

REPORT_URI: Final = b"application/csp-report"
"""One report, as `report-uri` sends it."""

REPORTING_API: Final = b"application/reports+json"
"""A list of reports of any type, as `report-to` sends it."""

_MOST: Final = 16
"""Reports of one request that are looked at."""

_MAX_CHARS: Final = 200
_MAX_LINE: Final = 10_000_000
_DIRECTIVE: Final = re.compile(r"[a-z][a-z-]{2,39}")
_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]{0,30}://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?")
_PATH: Final = re.compile(r"/[A-Za-z0-9._~/%@:+*-]*")
_LONG_SEGMENT: Final = re.compile(r"(?<=/)[^/]{16,}")
"""What could be a token, as in the address of a page where a password is set anew: 96 bits in Base64."""

_KEYWORD: Final = re.compile(r"[a-z][a-z-]{1,30}")

_Json: TypeAlias = "Mapping[str, object]"


class Violation(NamedTuple):
    """One violation, with nothing in it that could be a secret or a trick.

    Attributes:
        directive: which one was violated.
        blocked: what: `inline`, `eval` and the like, or the origin of an address.
        page: the path of the page, without its query; `*` for segments that may be a secret.
        source: the origin or scheme of the script that did it.
        line: in that script, or 0.
        disposition: whether it was forbidden, or only reported.
    """

    directive: str
    blocked: str
    page: str
    source: str
    line: int
    disposition: Literal["enforce", "report"]

    @property
    def is_of_an_extension(self) -> bool:
        """Whether an extension of the browser did it, and not the page."""
        return "-extension" in self.source or "-extension" in self.blocked


def violations(media_type: bytes, body: bytes) -> list[Violation]:
    """The violations in a request, each once.

    Args:
        media_type: `REPORT_URI` or `REPORTING_API`.
        body: what was sent; its size has been checked.

    Raises:
        InvalidInput: it is no report.
    """
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidInput("the value is not valid", field="report") from None
    if media_type == REPORT_URI:
        report = _mapping(_mapping(document).get("csp-report"))
        return [_violation(report, _OLD)]
    if not isinstance(document, list):
        raise InvalidInput("the value is not valid", field="report")
    reports = [_mapping(report) for report in document[:_MOST]]
    found = [_violation(_mapping(each.get("body")), _NEW) for each in reports if each.get("type") == "csp-violation"]
    return list(dict.fromkeys(found))


class _Names(NamedTuple):
    directive: str
    blocked: str
    page: str
    source: str
    line: str


_OLD: Final = _Names("effective-directive", "blocked-uri", "document-uri", "source-file", "line-number")
_NEW: Final = _Names("effectiveDirective", "blockedURL", "documentURL", "sourceFile", "lineNumber")


def _violation(report: _Json, names: _Names) -> Violation:
    directive = _text(report, names.directive) or _text(report, "violated-directive").partition(" ")[0]
    if not _DIRECTIVE.fullmatch(directive):
        raise InvalidInput("the value is not valid", field="directive")
    line = report.get(names.line)
    return Violation(
        directive,
        _origin(_text(report, names.blocked)),
        _path(_text(report, names.page)),
        _origin(_text(report, names.source)),
        line if type(line) is int and 0 <= line <= _MAX_LINE else 0,
        "report" if report.get("disposition") == "report" else "enforce",
    )


def _mapping(value: object) -> _Json:
    if not isinstance(value, Mapping):
        raise InvalidInput("the value is not valid", field="report")
    return value


def _text(report: _Json, name: str) -> str:
    value = report.get(name, "")
    return value if isinstance(value, str) else ""


def _origin(address: str) -> str:
    """A keyword as it is, and of an address its origin; of a scheme without a host the scheme."""
    if _KEYWORD.fullmatch(address):
        return address
    scheme, colon, rest = address.partition(":")
    if not colon or not _KEYWORD.fullmatch(scheme):
        return ""
    host = rest[2:].partition("/")[0] if rest.startswith("//") else ""
    origin = f"{scheme}://{host}"
    return origin if _ORIGIN.fullmatch(origin) else scheme


def _path(address: str) -> str:
    try:
        path = _LONG_SEGMENT.sub("*", urlsplit(address).path)[:_MAX_CHARS]
    except ValueError:
        return ""
    return path if _PATH.fullmatch(path) else ""
