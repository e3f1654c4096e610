"""The headers of a profile, written out once so that a response costs no more than adding them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zenoo_security.web.csp import ContentSecurityPolicy
    from zenoo_security.web.header_changes import HeaderChanges

__all__ = ["CSP", "CSP_REPORT_ONLY", "HSTS", "Headers", "Rendered"]

Headers = list[tuple[bytes, bytes]]

CSP: Final = "Content-Security-Policy"
CSP_REPORT_ONLY: Final = "Content-Security-Policy-Report-Only"
HSTS: Final = "Strict-Transport-Security"


class Rendered:
    """What goes into each response.

    Args:
        headers: name -> value, without the policies.
        policies: name -> policy.
        unwanted: names of the headers that are taken out of a response, in lower case.

    Attributes:
        replaced: names of the headers of an application that do not stay as they are.
    """

    __slots__ = ("_headers", "_over_http", "_over_https", "_policies", "_unwanted", "replaced")

    def __init__(
        self,
        headers: Mapping[str, str],
        policies: Mapping[str, ContentSecurityPolicy],
        unwanted: frozenset[bytes] = frozenset(),
    ) -> None:
        self._headers: Final = dict(headers)
        self._policies: Final = dict(policies)
        self._unwanted: Final = unwanted
        self.replaced: Final = unwanted | {name.lower().encode() for name in (*headers, *policies)}
        self._over_https: Final = self._written(https=True, nonce=None)
        self._over_http: Final = self._written(https=False, nonce=None)

    def headers(self, *, https: bool, nonce: str | None) -> Sequence[tuple[bytes, bytes]]:
        """The headers of one response: names in lower case."""
        if nonce is None:
            return self._over_https if https else self._over_http
        return self._written(https=https, nonce=nonce)

    def texts(self) -> dict[str, str]:
        """The headers of a response over https, without a nonce."""
        return {**self._headers, **{name: policy.text() for name, policy in self._policies.items()}}

    def changed(self, changes: HeaderChanges) -> Rendered:
        """The same with some differences."""
        lower = {name.lower(): value for name, value in changes.headers.items()}
        headers = {name: value for name, value in self._headers.items() if name.lower() not in lower}
        headers |= {name: value for name, value in changes.headers.items() if value is not None}
        policies = {
            name: policy.changed(changes.csp) if name == CSP else policy
            for name, policy in self._policies.items()
            if name.lower() not in lower
        }
        return Rendered(headers, policies, self._unwanted)

    def _written(self, *, https: bool, nonce: str | None) -> Headers:
        pairs = [(name, value) for name, value in self._headers.items() if https or name != HSTS]
        for name, policy in self._policies.items():
            pairs.append((name, (policy if https else policy.without_upgrade()).text(nonce)))
        return [(name.lower().encode(), value.encode()) for name, value in pairs]
