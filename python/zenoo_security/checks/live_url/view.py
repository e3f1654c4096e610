"""All checks of an address."""

from __future__ import annotations

from typing import Final

from zenoo_security.checks.live_url import disclosure, exposure, headers, transport, tried
from zenoo_security.checks.live_url.snapshot import load
from zenoo_security.checks.view import View

__all__ = ["VIEW"]

VIEW: Final = View(
    name="url",
    title="the address",
    load=load,
    checks=(
        transport.PlainHttp,
        transport.Tls,
        transport.Hsts,
        headers.ResponseHeaders,
        transport.SessionCookie,
        exposure.DatabaseManager,
        exposure.DatabaseNames,
        exposure.NoMasterPassword,
        disclosure.Version,
        disclosure.Internals,
        exposure.RpcEndpoints,
        exposure.DirectPorts,
        disclosure.ForwardedHeaders,
        disclosure.HostName,
        disclosure.SignUp,
        tried.DefaultPasswords,
        tried.Throttling,
        exposure.Debugging,
        exposure.Debugger,
        exposure.Files,
        headers.Methods,
        headers.Cors,
        transport.Websocket,
        headers.Caching,
        headers.Scripts,
        exposure.Notices,
        exposure.Metrics,
        tried.PublicRecords,
    ),
    timeout_s=240.0,
)
