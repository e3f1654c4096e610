"""A Content-Security-Policy, whose nonces are filled in for each response (CSP Level 3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NONCE", "ContentSecurityPolicy"]

NONCE: Final = "'nonce'"
"""Stands in a directive where the nonce of the response goes."""

_DIRECTIVE: Final = re.compile(r"[a-z][a-z-]{1,40}")
_VALUE: Final = re.compile(r"[!-+\--:<-~]*(?: [!-+\--:<-~]+)*")
"""Printable ASCII in words, without the comma and the semicolon, which would end a policy or a directive."""

_HTTPS_ONLY: Final = "upgrade-insecure-requests"


class ContentSecurityPolicy:
    """Directives and their values.

    A directive may hold `'nonce'`. It becomes the nonce of the response when the page asked for one. When it did not,
    it falls away together with `'strict-dynamic'`, which means nothing without it; what is empty then is `'none'`.

    Args:
        directives: name -> value, such as `"img-src": "'self' data:"`; an empty value for those that have none.

    Raises:
        ParameterError: a name or a value cannot be one.

    >>> policy = ContentSecurityPolicy({"default-src": "'self'", "script-src": "'nonce' 'strict-dynamic'"})
    >>> policy.text()
    "default-src 'self'; script-src 'none'"
    >>> policy.text("c29tZXRoaW5n")
    "default-src 'self'; script-src 'nonce-c29tZXRoaW5n' 'strict-dynamic'"
    """

    __slots__ = ("_bare", "_template", "directives")

    def __init__(self, directives: Mapping[str, str]) -> None:
        for name, value in directives.items():
            if not _DIRECTIVE.fullmatch(name) or not _VALUE.fullmatch(value):
                raise ParameterError(
                    "a directive is lower-case letters and hyphens, its value words of printable ASCII without , and ;"
                )
        self.directives: Final = dict(directives)
        self._template: Final = _joined(self.directives)
        self._bare: Final = _joined({name: _without_nonce(value) for name, value in self.directives.items()})

    def changed(self, changes: Mapping[str, str | None]) -> ContentSecurityPolicy:
        """The same policy with other values for some directives; `None` takes one out.

        Raises:
            ParameterError: as for the class.
        """
        merged = {**self.directives, **changes}
        return ContentSecurityPolicy({name: value for name, value in merged.items() if value is not None})

    def reporting(self, uri: str, group: str) -> ContentSecurityPolicy:
        """The same policy, with violations reported to an address and to a group of `Reporting-Endpoints`."""
        return self.changed({"report-uri": uri, "report-to": group})

    def without_upgrade(self) -> ContentSecurityPolicy:
        """The policy for a response over plain http, where nothing could be upgraded to."""
        return self.changed({_HTTPS_ONLY: None})

    def text(self, nonce: str | None = None) -> str:
        """The value of the header.

        Args:
            nonce: that of the response; `None` when the page asked for none.
        """
        return self._bare if nonce is None else self._template.replace(NONCE, f"'nonce-{nonce}'")


def _joined(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}".rstrip() for name, value in directives.items())


def _without_nonce(value: str) -> str:
    if NONCE not in value:
        return value
    return " ".join(word for word in value.split() if word not in {NONCE, "'strict-dynamic'"}) or "'none'"
