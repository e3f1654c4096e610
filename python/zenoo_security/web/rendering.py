"""The headers of a profile, written out once so that a response costs no more than adding them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        self._over_https: Final = _Written(headers, policies)
        self._over_http: Final = _Written(
            {name: value for name, value in headers.items() if name.lower() != HSTS.lower()},
            {name: policy.without_upgrade() for name, policy in policies.items()},
        )

    def headers(self, *, https: bool, nonce: str | None) -> Headers:
        """The headers of one response: names in lower case."""
        written = self._over_https if https else self._over_http
        return written.without_nonce if nonce is None else written.with_nonce(nonce)

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


class _Written:
    """Names in lower case and values, as they are sent."""

    __slots__ = ("_plain", "_policies", "without_nonce")

    def __init__(self, headers: Mapping[str, str], policies: Mapping[str, ContentSecurityPolicy]) -> None:
        self._plain: Final = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._policies: Final = [(name.lower().encode(), policy) for name, policy in policies.items()]
        self.without_nonce: Final = self.with_nonce(None)

    def with_nonce(self, nonce: str | None) -> Headers:
        return [*self._plain, *((name, policy.text(nonce).encode()) for name, policy in self._policies)]
