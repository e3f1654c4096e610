"""The headers that tell a browser what a page may do, and what others may do with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.caching import keep_nowhere
from zenoo_security.web.control import Additions, Control
from zenoo_security.web.header_changes import HeaderChanges, changes_of, check_headers
from zenoo_security.web.nonces import spend
from zenoo_security.web.paths import Paths
from zenoo_security.web.profiles import PROFILES, ProfileName
from zenoo_security.web.rendering import CSP, CSP_REPORT_ONLY, HSTS, Rendered
from zenoo_security.web.strictness import stricter
from zenoo_security.web.unwanted import OBSOLETE, TELLING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from zenoo_security.web.csp import ContentSecurityPolicy
    from zenoo_security.web.profiles import Profile
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["SecurityHeaders"]

_REPORT_GROUP: Final = "csp"
_STAY_ENFORCED: Final = frozenset({"base-uri", "frame-ancestors", "object-src"})
_REPORT_TO: Final = re.compile(r"(?:https://[A-Za-z0-9.:-]+)?/[A-Za-z0-9._~/?=&%-]*")
_NO_STORE: Final = "no-store, max-age=0"


class SecurityHeaders(Control):
    """Adds the headers of a profile to every response, refusals and errors included, each header once.

    `app` is for pages: no script runs but those that carry the nonce of the response (`csp_nonce`). `api` is for data
    and for nothing that a browser shows. `odoo` is for Odoo's own client, which needs inline scripts and `eval`: the
    larger part of its policy is only reported.

    What the application sets itself is replaced, unless it is stricter; its own Content-Security-Policy is enforced
    beside ours. `routes` and `change_headers` loosen on purpose. Obsolete headers, and those that tell what an
    application is made of, are taken out.

    Args:
        profile: `app`, `api` or `odoo`.
        csp: changes to the policy, directive -> value; `None` takes a directive out. `'nonce'` stands for the nonce.
        headers: changes to the other headers; `None` leaves one to the application.
        permissions: changes to `Permissions-Policy`, feature -> allow-list, such as `"camera": "(self)"`.
        report_to: the path or address of a `CspReports`, to which browsers send what a policy forbade.
        report_only: enforce of the policy only what concerns frames, plug-ins and `<base>`, and have the rest reported:
            to try it on pages that have not been written for it.
        csp_report_only: changes to the policy that are only reported, beside what is enforced.
        hsts_preload: let browsers have the domain and all below it built in as https alone; hard to undo.
        routes: paths as `Paths` takes them -> what is other there. Of several the first that fits stands.
        keep: names of headers that stay although they tell what an application is made of, such as `server`.

    Raises:
        ParameterError: an argument is not what it should be.

    >>> SecurityHeaders.get_security_headers()["X-Frame-Options"]
    'deny'
    >>> SecurityHeaders("api").get_security_headers()["Content-Security-Policy"]
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
    """

    __slots__ = ("_rendered", "_routes")

    def __init__(
        self,
        profile: ProfileName = "app",
        *,
        csp: Mapping[str, str | None] | None = None,
        headers: Mapping[str, str | None] | None = None,
        permissions: Mapping[str, str] | None = None,
        report_to: str | None = None,
        report_only: bool = False,
        csp_report_only: Mapping[str, str | None] | None = None,
        hsts_preload: bool = False,
        routes: Mapping[str, HeaderChanges] | None = None,
        keep: Collection[str] = (),
    ) -> None:
        if profile not in PROFILES:
            raise ParameterError(f"the profiles are {', '.join(PROFILES)}")
        chosen = PROFILES[profile]
        plain = {**chosen.headers, **_permissions_policy(chosen, permissions or {})}
        if hsts_preload:
            plain[HSTS] += "; preload"
        policies = _policies(chosen, csp or {}, report_only=report_only, csp_report_only=csp_report_only)
        if report_to is not None:
            if not _REPORT_TO.fullmatch(report_to):
                raise ParameterError("report_to is a path such as /csp-reports, or an https:// address")
            plain["Reporting-Endpoints"] = f'{_REPORT_GROUP}="{report_to}"'
            policies = {name: policy.reporting(report_to, _REPORT_GROUP) for name, policy in policies.items()}
        if isinstance(keep, str) or not {name.lower().encode() for name in keep} <= TELLING:
            raise ParameterError("keep is a list of headers that would be taken out for what they tell, as ['server']")
        unwanted = OBSOLETE | (TELLING - {name.lower().encode() for name in keep})
        self._rendered: Final = Rendered(plain, policies, unwanted).changed(HeaderChanges(headers or {}))
        self._routes: Final = tuple(
            (Paths([path]), self._rendered.changed(changes)) for path, changes in (routes or {}).items()
        )

    def get_security_headers(self: SecurityHeaders | None = None) -> dict[str, str]:
        """The headers of a page over https that holds no inline script; on the class itself those of `app`.

        For frameworks where they are set by hand. `Cache-Control` is among them, which as a control `NoStore` sets.
        """
        headers = self if self is not None else SecurityHeaders()
        return {**headers._rendered.texts(), "Cache-Control": _NO_STORE}  # noqa: SLF001 - its own

    def after(self, request: Request, head: Head) -> None:
        """Add the headers."""
        rendered = self._rendered if not self._routes else self._at(request.path)
        changes = changes_of(request)
        if changes is not None:
            rendered = rendered.changed(changes)
        nonce = spend(request)
        if nonce is not None:
            keep_nowhere(head)  # Whoever else got the page would know the nonce.
        ours = rendered.headers(https=request.scheme == "https", nonce=nonce)
        others = [header for header in head.headers if header[0] not in rendered.replaced]
        if len(others) != len(head.headers):
            ours = [(name, stricter(name, value, head.headers)) for name, value in ours]
        head.headers = [*others, *ours]

    def additions(self) -> Additions:
        """The headers of the profile, where the response is as it is and has none of them itself."""
        minded = self._rendered.replaced
        return Additions(self._add, minded=minded, changed=minded)

    def _add(self, request: Request, head: Head) -> bool:
        if self._routes or changes_of(request) is not None or spend(request) is not None:
            return False
        head.headers += self._rendered.headers(https=request.scheme == "https", nonce=None)
        return True

    def _at(self, path: str) -> Rendered:
        return next((rendered for paths, rendered in self._routes if paths.match(path)), self._rendered)


def _permissions_policy(profile: Profile, changes: Mapping[str, str]) -> dict[str, str]:
    permissions = {**profile.permissions, **changes}
    if not permissions:
        return {}
    value = ", ".join(f"{feature}={allowed}" for feature, allowed in permissions.items())
    check_headers({"Permissions-Policy": value})
    return {"Permissions-Policy": value}


def _policies(
    profile: Profile,
    changes: Mapping[str, str | None],
    *,
    report_only: bool,
    csp_report_only: Mapping[str, str | None] | None,
) -> dict[str, ContentSecurityPolicy]:
    enforced, reported = profile.csp.changed(changes), profile.report_only
    if report_only and csp_report_only is not None:
        raise ParameterError("choose report_only or csp_report_only: a response has one policy that is only reported")
    if report_only:
        reported = reported or enforced
        enforced = enforced.changed(dict.fromkeys(set(enforced.directives) - _STAY_ENFORCED))
    if csp_report_only is not None:
        reported = (reported or enforced).changed(csp_report_only)
    return {CSP: enforced} if reported is None else {CSP: enforced, CSP_REPORT_ONLY: reported}
