"""Headers that are taken out of every response."""

from __future__ import annotations

from typing import Final

__all__ = ["OBSOLETE", "TELLING"]

OBSOLETE: Final = frozenset(
    (
        b"x-xss-protection x-webkit-csp x-content-security-policy expect-ct public-key-pins "
        b"public-key-pins-report-only feature-policy"
    ).split()
)
"""Browsers ignore them, or did harm with them: the filter of `X-XSS-Protection` could be turned against a page."""

TELLING: Final = frozenset(
    (
        b"$wsep host-header k-proxy-request liferay-portal oraclecommercecloud-version pega-host powered-by product "
        b"server sourcemap teamcity-node-id x-aspnet-version x-aspnetmvc-version x-atmosphere-error "
        b"x-atmosphere-first-request x-atmosphere-tracking-id x-b3-parentspanid x-b3-sampled x-b3-spanid "
        b"x-b3-traceid x-beserver x-backside-transport x-cf-powered-by x-cms x-calculatedbetarget x-cocoon-version "
        b"x-content-encoded-by x-datadog-origin x-datadog-parent-id x-datadog-sampling-priority x-datadog-tags "
        b"x-datadog-trace-id x-diaginfo x-envoy-attempt-count x-envoy-external-address x-envoy-internal "
        b"x-envoy-original-dst-host x-envoy-upstream-service-time x-feserver x-framework x-generated-by x-generator "
        b"x-gitlab-meta x-jitsi-release x-joomla-version x-kong-admin-latency x-kong-client-latency "
        b"x-kong-proxy-latency x-kong-request-id x-kong-response-latency x-kong-third-party-latency "
        b"x-kong-total-latency x-kong-upstream-latency x-kong-upstream-status x-kubernetes-pf-flowschema-ui "
        b"x-kubernetes-pf-prioritylevel-uid x-litespeed-cache x-litespeed-purge x-litespeed-tag x-litespeed-vary "
        b"x-litespeed-cache-control x-mod-pagespeed x-nextjs-cache x-nextjs-matched-path x-nextjs-page "
        b"x-nextjs-redirect x-owa-version x-old-content-length x-oneagent-js-injection x-page-speed x-php-version "
        b"x-powered-by x-powered-by-plesk x-powered-cms x-redirect-by x-server-powered-by x-sourcefiles x-sourcemap "
        b"x-turbo-charged-by x-tyk-trace-id x-umbraco-version x-varnish-backend x-varnish-server "
        b"x-woodpecker-version x-dtagentid x-dthealthcheck x-dtinjectedservlet x-ruxit-js-agent"
    ).split()
)
"""They tell strangers what an application is made of: the list of the OWASP Secure Headers Project, 2026-09-13."""
