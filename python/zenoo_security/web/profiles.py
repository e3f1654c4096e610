"""What browsers are told about three kinds of application.

The values are those that the OWASP Secure Headers Project proposed on 2026-09-13; `tests/web/test_profiles.py` has its
list, and the reason for each value that is another.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from zenoo_security.web.csp import NONCE, ContentSecurityPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PROFILES", "Profile", "ProfileName"]

ProfileName = Literal["api", "app", "odoo"]

_NOBODY: Final = (
    "accelerometer",
    "autoplay",
    "camera",
    "cross-origin-isolated",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "keyboard-map",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
)
_NOBODY_EITHER: Final = (
    "usb",
    "web-share",
    "xr-spatial-tracking",
    "clipboard-read",
    "clipboard-write",
    "gamepad",
    "hid",
    "idle-detection",
    "interest-cohort",
    "serial",
    "unload",
)

_ODOO_USES: Final = (
    # Barcodes, calls and screen sharing, attendances, copying, passkeys, the synchronous calls of its older widgets.
    "camera",
    "clipboard-read",
    "clipboard-write",
    "display-capture",
    "geolocation",
    "microphone",
    "publickey-credentials-get",
    "sync-xhr",
)
_ODOO_EMBEDS: Final = (
    # A video in a web page may ask for them in its frame; a header that names them would forbid it.
    "autoplay",
    "encrypted-media",
    "fullscreen",
    "picture-in-picture",
    "web-share",
)
_ODOO_PAYS: Final = ("payment", "unload")
"""Of payment providers and of themes: not ours to forbid."""


@dataclass(frozen=True)
class Profile:
    """The headers for one kind of application.

    Attributes:
        headers: name -> value, without the policies.
        permissions: feature -> allow-list, for `Permissions-Policy`; empty for no such header.
        csp: the policy that is enforced.
        report_only: a policy whose violations are only reported, if any.
    """

    headers: Mapping[str, str]
    permissions: Mapping[str, str]
    csp: ContentSecurityPolicy
    report_only: ContentSecurityPolicy | None = None


_COMMON: Final = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Permitted-Cross-Domain-Policies": "none",
}

_APP: Final = Profile(
    headers=MappingProxyType(
        {
            **_COMMON,
            "X-Frame-Options": "deny",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-DNS-Prefetch-Control": "off",
        }
    ),
    permissions=MappingProxyType(
        {**dict.fromkeys(_NOBODY, "()"), "sync-xhr": "(self)", **dict.fromkeys(_NOBODY_EITHER, "()")}
    ),
    csp=ContentSecurityPolicy(
        {
            "default-src": "'self'",
            "script-src": f"{NONCE} 'strict-dynamic'",
            "style-src": f"'self' {NONCE}",
            "form-action": "'self'",
            "base-uri": "'none'",
            "object-src": "'none'",
            "frame-ancestors": "'none'",
            "upgrade-insecure-requests": "",
        }
    ),
)

_API: Final = Profile(
    headers=MappingProxyType(
        {
            **_COMMON,
            "X-Frame-Options": "deny",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    ),
    permissions=MappingProxyType({}),
    csp=ContentSecurityPolicy(
        {
            "default-src": "'none'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
            "form-action": "'none'",
            "sandbox": "",
        }
    ),
)

_ODOO: Final = Profile(
    headers=MappingProxyType(
        {
            **_COMMON,
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
            "Cross-Origin-Resource-Policy": "same-site",
            "X-DNS-Prefetch-Control": "off",
        }
    ),
    permissions=MappingProxyType(
        {
            **{
                feature: "()"
                for feature in (*_NOBODY, *_NOBODY_EITHER)
                if feature not in {*_ODOO_EMBEDS, *_ODOO_PAYS, *_ODOO_USES}
            },
            **dict.fromkeys(_ODOO_USES, "(self)"),
        }
    ),
    csp=ContentSecurityPolicy(
        # A report is rendered with a <base> of its own address.
        {"base-uri": "'self'", "object-src": "'none'", "frame-ancestors": "'self'"}
    ),
    report_only=ContentSecurityPolicy(
        {
            "default-src": "'self'",
            # Odoo's client compiles its templates to functions, and its pages hold inline scripts.
            "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "font-src": "'self' data:",
            "media-src": "'self' data: blob:",
            "worker-src": "'self' blob:",
            "frame-src": "'self' blob:",
            "form-action": "'self'",
            "base-uri": "'self'",
            "object-src": "'none'",
            "frame-ancestors": "'self'",
        }
    ),
)

PROFILES: Final[Mapping[ProfileName, Profile]] = MappingProxyType({"app": _APP, "api": _API, "odoo": _ODOO})
