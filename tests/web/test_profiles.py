"""The profiles against the list of the OWASP Secure Headers Project, each difference with its reason."""

from __future__ import annotations

import pytest

from conftest import load_vectors
from zenoo_security.web import SecurityHeaders
from zenoo_security.web.unwanted import OBSOLETE, TELLING

OSHP = load_vectors("headers")
AT_LOGOUT = "sent at logout alone: ClearSiteData"
NO_DOCUMENT = "concerns documents, and nothing can be done in one that is sandboxed and loads nothing"

# What of the list is other in a profile: header -> our value (None for no such header), and why.
DIFFERENT: dict[str, dict[str, tuple[str | None, str]]] = {
    "app": {
        "Clear-Site-Data": (None, AT_LOGOUT),
        "Content-Security-Policy": (
            (
                "default-src 'self'; script-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
                "object-src 'none'; frame-ancestors 'none'; upgrade-insecure-requests"
            ),
            "ASVS 3.4.3: base-uri 'none', and scripts by nonce; a page that asked for none has none",
        ),
    },
    "api": {
        "Clear-Site-Data": (None, AT_LOGOUT),
        "Content-Security-Policy": (
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
            "data is no document; ASVS 3.2.1 wants the sandbox",
        ),
        "Cross-Origin-Embedder-Policy": (None, NO_DOCUMENT),
        "Permissions-Policy": (None, NO_DOCUMENT),
        "X-DNS-Prefetch-Control": (None, NO_DOCUMENT),
    },
    "odoo": {
        "Clear-Site-Data": (None, AT_LOGOUT),
        "Content-Security-Policy": (
            "base-uri 'self'; object-src 'none'; frame-ancestors 'self'",
            "the client needs inline scripts and eval, reports have a <base>; what else there is, is only reported",
        ),
        "Cross-Origin-Embedder-Policy": (None, "pages show images and videos of other sites"),
        "Cross-Origin-Opener-Policy": ("same-origin-allow-popups", "payment and OAuth open windows"),
        "Cross-Origin-Resource-Policy": ("same-site", "shop and back office may be two hosts of one site"),
        "Permissions-Policy": (
            (
                "accelerometer=(), cross-origin-isolated=(), gyroscope=(), keyboard-map=(), magnetometer=(), midi=(), "
                "screen-wake-lock=(), usb=(), xr-spatial-tracking=(), gamepad=(), hid=(), idle-detection=(), "
                "interest-cohort=(), serial=(), camera=(self), clipboard-read=(self), clipboard-write=(self), "
                "display-capture=(self), geolocation=(self), microphone=(self), publickey-credentials-get=(self), "
                "sync-xhr=(self)"
            ),
            "barcodes, calls, attendances and passkeys; videos that are embedded; payment providers; themes",
        ),
        "Referrer-Policy": (
            "strict-origin-when-cross-origin",
            "payment providers and link trackers look at the origin",
        ),
        "X-Frame-Options": ("SAMEORIGIN", "the editor of web pages shows the page in a frame"),
    },
}


@pytest.mark.parametrize("profile", DIFFERENT)
@pytest.mark.asvs("v5.0.0-3.4.1", "v5.0.0-3.4.4", "v5.0.0-3.4.5", "v5.0.0-3.4.8")
def test_a_profile_is_the_list_of_oshp_but_for_what_is_said_here(profile: str) -> None:
    ours = SecurityHeaders(profile).get_security_headers()  # type: ignore[arg-type]
    expected = {**OSHP["add"], **{name: value for name, (value, _) in DIFFERENT[profile].items()}}
    reported = {"Content-Security-Policy-Report-Only"} if profile == "odoo" else set()
    assert {name: value for name, value in expected.items() if value is not None} == {
        name: value for name, value in ours.items() if name not in reported
    }
    assert reported <= set(ours)


def test_every_difference_is_one() -> None:
    """A reason that is left over when the list has come to say the same."""
    for different in DIFFERENT.values():
        for name, (value, reason) in different.items():
            assert value != OSHP["add"][name]
            assert reason


@pytest.mark.asvs("v5.0.0-3.4.3", "v5.0.0-3.4.6")
@pytest.mark.parametrize("profile", DIFFERENT)
def test_every_policy_names_who_may_frame_and_no_plugin(profile: str) -> None:
    policy = SecurityHeaders(profile).get_security_headers()["Content-Security-Policy"]  # type: ignore[arg-type]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["frame-ancestors"] == ("'self'" if profile == "odoo" else "'none'")
    assert directives.get("object-src", directives.get("default-src")) == "'none'"
    assert directives["base-uri"] == ("'self'" if profile == "odoo" else "'none'")


def test_what_tells_what_an_application_is_made_of_is_the_list_of_oshp() -> None:
    assert {name.decode() for name in TELLING} == {name.lower() for name in OSHP["remove"]}


def test_nothing_that_is_taken_out_is_sent() -> None:
    sent = {
        name.lower().encode()
        for profile in DIFFERENT
        for name in SecurityHeaders(profile).get_security_headers()  # type: ignore[arg-type]
    }
    assert not sent & (OBSOLETE | TELLING)
